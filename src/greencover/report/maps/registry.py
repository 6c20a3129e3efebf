"""Maps of an assessment: one file each, which registers what it is called and what it needs.

A package outside adds its own through the entry-point group ``greencover.maps``: a name and a
:class:`Map`. Names of files, the command line, plot methods and captions of the Word report follow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any, Literal

from greencover.report.labels import Sayable
from greencover.report.selection import rates

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from greencover.verdicts import Assessment

#: Entry points of packages that bring maps.
GROUP = "greencover.maps"
_registered: dict[str, Map] = {}


@dataclass(frozen=True)
class Map:
    """One kind of map.

    Parameters
    ----------
    name
        Name of its file and on the command line, such as ``"park-service"``.
    title
        What it shows, in any language: its title, and its caption in the Word report.
    draw
        Called with the assessment, axes or None, and keywords ``style`` and its own; returns axes.
    layers
        Layers without which it cannot be drawn.
    tables
        Tables of the assessment, by name, without which it cannot be drawn.
    figures
        Indicators and levels without which it cannot be drawn.
    written
        ``"always"`` unless told otherwise, ``"asked"`` only when named, ``"never"``: as a plot
        method alone.
    in_report
        Whether the Word report shows it.
    place
        Place among the maps; those of packages outside come last.
    method
        Name among the plot methods; that of the file, with underscores, when left out.
    pages
        For an atlas: keywords for ``draw``, one set a page of its PDF.

    Examples
    --------
    >>> from greencover.report.labels import Named
    >>> Map("waste-land", Named("荒地图", "Waste land"), print).method
    'waste_land'
    """

    name: str
    title: Sayable
    draw: Callable[..., Axes]
    layers: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    figures: tuple[tuple[str, str], ...] = ()
    written: Literal["always", "asked", "never"] = "always"
    in_report: bool = True
    place: int = 1000
    method: str = ""
    pages: Callable[[Assessment], Iterable[Mapping[str, Any]]] | None = None

    def __post_init__(self) -> None:
        if not self.method:
            object.__setattr__(self, "method", self.name.replace("-", "_"))

    def fits(self, assessment: Assessment) -> bool:
        """Whether an assessment has what the map needs."""
        layers = (assessment.layers.get(name) for name in self.layers)
        tables = (getattr(assessment, name) for name in self.tables)
        return (
            all(layer is not None and not layer.empty for layer in layers)
            and not any(table.empty for table in tables)
            and not any(rates(assessment.table, *figure).empty for figure in self.figures)
        )


def register(one: Map) -> Map:
    """Make a map known; one of the same name gives way to it.

    Examples
    --------
    >>> register(maps()["park-service"]).method
    'park_service'
    """
    _registered[one.name] = one
    return one


def maps() -> dict[str, Map]:
    """Every map by name, in the order of a report.

    Examples
    --------
    >>> maps()["park-service"].layers
    ('parks',)
    """
    _found()
    ordered = sorted(_registered.values(), key=lambda one: one.place)
    return {one.name: one for one in ordered}


def names(*, default: bool = False) -> tuple[str, ...]:
    """Names of the maps that can be written, or of those that are unless told otherwise.

    Examples
    --------
    >>> "townships" in names(), "townships" in names(default=True)
    (True, False)
    """
    kinds = ("always",) if default else ("always", "asked")
    return tuple(name for name, one in maps().items() if one.written in kinds)


@cache
def _found() -> None:
    """Every file of this room registers what it brings, and so do packages outside."""
    here = __package__ or ""
    for module in iter_modules([str(Path(__file__).parent)], f"{here}."):
        import_module(module.name)
    for point in sorted(entry_points(group=GROUP), key=lambda point: point.name):
        register(point.load())
