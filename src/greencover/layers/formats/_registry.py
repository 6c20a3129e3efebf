"""Which format a file is of, by the ending of its name."""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import TYPE_CHECKING, TypeVar

from greencover.ground.plugins import brought

if TYPE_CHECKING:
    import pandas as pd

#: Entry points of packages that bring a format: each names a subclass of ``Format``.
GROUP = "greencover.formats"


class Format(ABC):
    """A format of vector files.

    Attributes
    ----------
    suffixes
        Endings of its files, in small letters; an empty one stands for all that no format has.
    in_archives
        Those by which an archive is known to hold a layer.
    remote
        Whether it is read from another machine.
    """

    suffixes: tuple[str, ...] = ()
    in_archives: tuple[str, ...] = ()
    remote = False

    def check(self, path: Path) -> None:  # noqa: B027 - most formats have nothing to refuse
        """Refuse a file that lacks a part, or hides something."""

    def vet(self, source: str, given: str | Path) -> None:  # noqa: B027 - as above
        """Refuse content that is of another format than the name says.

        Parameters
        ----------
        source
            File, also inside an archive by its GDAL name.
        given
            The file as it was named, for the message.
        """

    def located(self, path: Path) -> Path:
        """Return the file to be read, where another part of it was named."""
        return path

    def layers(self, source: str, given: str | Path) -> list[str] | None:  # noqa: ARG002
        """Return the names of the layers of a file; None where it is one layer without a name."""
        return None

    def likely(self, source: str, names: list[str], kind: str) -> list[str]:  # noqa: ARG002
        """Return the layers that may be meant where none is named, by the kind of geometry."""
        return names

    @abstractmethod
    def read(self, source: str, layer: str | None, where: str) -> pd.DataFrame:
        """Read every row; with geometry a GeoDataFrame, which may lack its system.

        Parameters
        ----------
        source, layer
            File, also inside an archive by its GDAL name (see ``content_of``), and layer.
        where
            How messages call the layer.

        Raises
        ------
        LayerError
            The file is damaged or is no such file.
        """


Kind = TypeVar("Kind", bound=type[Format])
_own: list[Format] = []


def layer_format(kind: Kind) -> Kind:
    """Make a format of this folder known; a decorator of its class."""
    _own.append(kind())
    return kind


@cache
def _known() -> tuple[Format, ...]:
    """Formats that packages bring, which go before ours, and ours."""
    for module in iter_modules([str(Path(__file__).parent)]):
        import_module(f"{__package__}.{module.name}")
    return (*(kind() for kind in brought(GROUP)), *_own)


def format_of(path: str | Path) -> Format:
    """Return the format of a file."""
    suffix = Path(path).suffix.lower()
    fitting = [one for end in (suffix, "") for one in _known() if end in one.suffixes]
    return fitting[0]


def inside_archives() -> tuple[str, ...]:
    """Return the endings of files that an archive is searched for."""
    return tuple(suffix for one in _known() for suffix in one.in_archives)
