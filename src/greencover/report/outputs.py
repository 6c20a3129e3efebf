"""Ways to write an assessment: one file each, which registers its formats and its files.

A package outside adds its own through the entry-point group ``greencover.outputs``: a name and an
:class:`Output`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from pkgutil import walk_packages
from typing import TYPE_CHECKING, TypedDict

from greencover.ground.errors import ArgumentError
from greencover.ground.notes import tell
from greencover.report.labels import BOTH, check_lang
from greencover.report.style import MapStyle
from greencover.words import Listed

if TYPE_CHECKING:
    from greencover.report.view import View

#: Entry points of packages that bring outputs.
GROUP = "greencover.outputs"
_registered: dict[str, Output] = {}


class Wishes(TypedDict, total=False):
    """The options of outputs, as keywords of the functions that take them."""

    lang: str
    formats: Iterable[str] | None
    maps: Iterable[str] | None
    template: str | Path | None
    style: MapStyle | None
    dpi: int


@dataclass(frozen=True)
class OutputOptions:
    """What is written of an assessment, and how it looks.

    Parameters
    ----------
    lang
        A language that has a catalogue, or ``"both"``: Chinese and English. The page has a switch;
        of the Word report there is one file a language.
    formats
        Names of output formats, see :func:`formats`; when left out, those that are written unless
        told otherwise.
    maps
        Names of maps; all but those that are written only when asked for when left out.
    template
        A Word template of the office.
    style
        How the maps look; in the language of ``lang`` when left out.
    dpi
        Dots an inch of PNG maps.

    Examples
    --------
    >>> OutputOptions(lang="zh", formats=["xlsx", "xlsx"]).formats
    ('xlsx',)
    """

    lang: str = BOTH
    formats: Iterable[str] | None = None
    maps: Iterable[str] | None = None
    template: str | Path | None = None
    style: MapStyle | None = None
    dpi: int = 150

    def __post_init__(self) -> None:
        check_lang(self.lang)
        for name in ("formats", "maps"):
            given = getattr(self, name)
            if given is not None:
                object.__setattr__(self, name, tuple(dict.fromkeys(given)))

    @property
    def look(self) -> MapStyle:
        """How the maps look."""
        return self.style or MapStyle(lang=self.lang)

    @property
    def chosen(self) -> tuple[str, ...]:
        """The formats to write."""
        return formats(default=True) if self.formats is None else tuple(self.formats)

    def checked(self) -> OutputOptions:
        """Refuse what cannot be, before anything is computed; leave out what lacks its package.

        Raises
        ------
        ArgumentError
            A format or a map is unknown, or options contradict one another.
        OutputError
            The template cannot be used.
        MissingExtraError
            A format was asked for whose package is not installed.
        """
        known = Listed.of(formats(), limit=50)
        for name in self.chosen:
            if name not in formats():
                raise ArgumentError("report.unknown_format", name=name, known=known)
        if not self.chosen:
            raise ArgumentError("report.no_format", known=known)
        kept = self.chosen
        for output in outputs():
            if self.formats is None and self.template is None and not output.installed:
                tell(output.left_out, extra=output.extra, stacklevel=2)
                kept = tuple(name for name in kept if name not in output.formats)
        settled = replace(self, formats=kept)
        for output in outputs():
            output.check(settled)
        return settled


def _nothing(_options: OutputOptions) -> None:
    """Nothing to refuse."""


@dataclass(frozen=True)
class Output:
    """One way to write an assessment.

    Parameters
    ----------
    name
        What progress calls it.
    write
        Called with the view, the folder and the options; writes into the folder.
    files
        Gives the names, relative to the folder, of all files that it may write.
    formats
        Names of its formats; its own name when left out.
    default
        Which of them are written unless told otherwise; all when left out.
    place
        Place among the outputs; those of packages outside come last.
    package, left_out, extra
        A package that it needs, the code of the note that it was left out for want of it, and the
        extra that brings it.
    check
        Refuses options that cannot be, before anything is computed.
    """

    name: str
    write: Callable[[View, Path, OutputOptions], object]
    files: Callable[[], Iterable[str]]
    formats: tuple[str, ...] = ()
    default: tuple[str, ...] | None = None
    place: int = 1000
    package: str = ""
    left_out: str = ""
    extra: str = ""
    check: Callable[[OutputOptions], None] = field(default=_nothing)

    def __post_init__(self) -> None:
        if not self.formats:
            object.__setattr__(self, "formats", (self.name,))
        if self.default is None:
            object.__setattr__(self, "default", self.formats)

    @property
    def installed(self) -> bool:
        """Whether the package that it needs is there."""
        return not self.package or find_spec(self.package) is not None


def register(output: Output) -> Output:
    """Make an output known; one of the same name gives way to it.

    Examples
    --------
    >>> register(outputs()[0]).name
    'xlsx'
    """
    _registered[output.name] = output
    return output


def outputs() -> tuple[Output, ...]:
    """Every output, in the order of writing.

    Examples
    --------
    >>> [output.name for output in outputs()][:2]
    ['xlsx', 'docx']
    """
    _found()
    return tuple(sorted(_registered.values(), key=lambda output: output.place))


def formats(*, default: bool = False) -> tuple[str, ...]:
    """Names of all formats, or of those that are written unless told otherwise.

    Examples
    --------
    >>> "kml" in formats(), "kml" in formats(default=True)
    (True, False)
    """
    return tuple(
        name
        for output in outputs()
        for name in output.formats
        if not default or name in (output.default or ())
    )


def all_files() -> tuple[str, ...]:
    """Relative names of all files that an assessment may write."""
    return tuple(dict.fromkeys(name for output in outputs() for name in output.files()))


@cache
def _found() -> None:
    """Every file of this room and of the rooms in it registers what it brings, and so do others."""
    here = __package__ or ""
    for module in walk_packages([str(Path(__file__).parent)], f"{here}."):
        import_module(module.name)
    for point in sorted(entry_points(group=GROUP), key=lambda point: point.name):
        register(point.load())
