"""Maps as methods of an assessment: ``assessment.plot.choropleth(ax=...)``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from greencover.verdicts import Assessment


class Plot:
    """Maps of one assessment, each a method that returns matplotlib axes.

    Every method takes the axes to draw in, or makes a page of its own, and the keywords of
    :class:`~greencover.report.style.MapStyle`: ``lang``, ``page``, ``title``, ``palette``,
    ``scheme``, ``classes``, ``approval`` and ``graticule``.

    Examples
    --------
    >>> assessment.plot.choropleth(lang="zh", title="森林覆盖率")  # doctest: +SKIP
    """

    def __init__(self, assessment: Assessment) -> None:
        self._assessment = assessment

    def __repr__(self) -> str:
        kinds = [name for name in dir(type(self)) if not name.startswith("_")]
        return f"<Maps of an assessment: {', '.join(kinds)}>"

    def choropleth(
        self,
        ax: Axes | None = None,
        *,
        indicator: str = "forest_coverage",
        level: str = "township",
        **style: Any,
    ) -> Axes:
        """One indicator by ``"township"`` or by ``"village"``."""
        return self._draw("choropleth", ax, style, indicator=indicator, level=level)

    def roadside_greening(self, ax: Axes | None = None, **style: Any) -> Axes:
        """Both sides of every road by status."""
        return self._draw("roadside_greening", ax, style)

    def gaps_over_cover(self, ax: Axes | None = None, **style: Any) -> Axes:
        """Roadside gaps over land cover."""
        return self._draw("gaps_over_cover", ax, style)

    def land_cover(self, ax: Axes | None = None, **style: Any) -> Axes:
        """Land cover with its legend."""
        return self._draw("land_cover", ax, style)

    def change(self, ax: Axes | None = None, *, earlier: Assessment, **style: Any) -> Axes:
        """Forest gained and lost since an earlier assessment."""
        return self._draw("change", ax, style, earlier=earlier)

    def park_service(
        self, ax: Axes | None = None, *, distance_m: float = 500.0, **style: Any
    ) -> Axes:
        """Parks and the ground within a straight distance of them."""
        return self._draw("park_service", ax, style, distance_m=distance_m)

    def indicators(self, ax: Axes | None = None, **style: Any) -> Axes:
        """Every indicator of the townships as a small map."""
        return self._draw("indicators", ax, style)

    def verdict_matrix(self, ax: Axes | None = None, **style: Any) -> Axes:
        """Units against indicators with their verdicts."""
        return self._draw("verdict_matrix", ax, style)

    def township(self, ax: Axes | None = None, *, unit: str, **style: Any) -> Axes:
        """One township, by its code, with a small map of the county."""
        return self._draw("township", ax, style, unit=unit)

    def _draw(self, kind: str, ax: Axes | None, style: dict[str, Any], **options: Any) -> Axes:
        from greencover.report.maps import files as maps
        from greencover.report.style import MapStyle

        draw = getattr(maps, f"draw_{kind}")
        axes: Axes = draw(self._assessment, ax, style=MapStyle(**style), **options)
        return axes
