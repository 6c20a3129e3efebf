"""Maps as methods of an assessment: ``assessment.plot.choropleth(ax=...)``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from functools import wraps
from typing import TYPE_CHECKING, Any

from greencover.report.maps.registry import maps
from greencover.report.style import MapStyle

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from greencover.verdicts import Assessment

_LOOKS = {look.name for look in fields(MapStyle)}


class Plot:
    """Maps of one assessment, each a method that returns matplotlib axes.

    Every method takes the axes to draw in, or makes a page of its own, and the keywords of
    :class:`~greencover.report.style.MapStyle`: ``lang``, ``page``, ``title``, ``palette``,
    ``scheme``, ``classes``, ``approval`` and ``graticule``. ``dir(assessment.plot)`` lists the
    methods, one for each map that is known.

    Examples
    --------
    >>> assessment.plot.choropleth(lang="zh", title="森林覆盖率")  # doctest: +SKIP
    """

    def __init__(self, assessment: Assessment) -> None:
        self._assessment = assessment

    def __repr__(self) -> str:
        return f"<Maps of an assessment: {', '.join(dir(self))}>"

    def __dir__(self) -> list[str]:
        return sorted(one.method for one in maps().values())

    def __getattr__(self, method: str) -> Callable[..., Axes]:
        draw = next((one.draw for one in maps().values() if one.method == method), None)
        if draw is None or method.startswith("_"):
            raise AttributeError(f"{self!r} has no {method!r}.")

        @wraps(draw, assigned=("__doc__",), updated=())
        def drawn(ax: Axes | None = None, **options: Any) -> Axes:
            looks = {name: options.pop(name) for name in _LOOKS & set(options)}
            return draw(self._assessment, ax, style=MapStyle(**looks), **options)

        return drawn
