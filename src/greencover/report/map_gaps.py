"""Roadside gaps over the land-cover image."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
import shapely
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from greencover.report import cartography as carto
from greencover.report import fonts, palette
from greencover.report.background import cover_image, used_classes
from greencover.report.labels import Lang, check_lang, join, label
from greencover.report.map_furniture import add_north_arrow, add_scale_bar
from greencover.report.map_geometry import add_lines, add_polygons, line_parts, shifted
from greencover.report.map_labels import LabelPlacer
from greencover.report.map_sheet import add_legend, label_townships, map_sheet, needed_layer

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from greencover.assessment import Assessment


def draw_gaps_over_cover(
    assessment: Assessment, ax: Axes | None = None, *, lang: Lang = "both"
) -> Axes:
    """Roadside gaps over the land-cover image, with the legend of the classes that occur.

    Parameters and result are those of :func:`draw_forest_coverage`.
    """
    check_lang(lang)
    towns = needed_layer(assessment, "townships", "gaps over land cover")
    needed_layer(assessment, "road_sides", "gaps over land cover")
    with mpl.rc_context(fonts.settings()):
        crs = carto.local_crs(towns)
        towns, gaps = towns.to_crs(crs), assessment.gaps.to_crs(crs)
        sheet = map_sheet(assessment, "gaps_over_cover", crs, ax=ax, lang=lang, legend_share=0.52)
        carto.frame_map(sheet.ax, towns.total_bounds)
        codes, extent = cover_image(assessment.cover, _view(sheet.ax), crs, pixels=1400)
        used = used_classes(codes, assessment.cover.legend)
        sheet.ax.imshow(
            _washed(codes, used), extent=extent, interpolation="nearest", aspect="equal", zorder=1
        )
        carto.frame_map(sheet.ax, towns.total_bounds)
        outside = shapely.box(*_view(sheet.ax)).difference(towns.union_all())
        add_polygons(sheet.ax, [outside], facecolor="white", alpha=0.55, edgecolor="none", zorder=2)
        kilometres = gaps["length_m"].sum() / 1000
        handles: list[Any] = [
            Line2D(
                [],
                [],
                color=palette.GAP_OVER_COVER,
                linewidth=2.6,
                label=f"{label('roadside_gap', 'words', lang=lang)}  {kilometres:.1f} km",
            ),
            Line2D(
                [],
                [],
                color="#20282d",
                linewidth=0.7,
                label=label("road_centreline", "words", lang=lang),
            ),
        ]
        add_polygons(
            sheet.ax, towns.geometry, facecolor="none", edgecolor="#3b464c", linewidth=0.8, zorder=3
        )
        roads = assessment.layers.get("roads")
        if roads is not None:
            add_lines(
                sheet.ax,
                line_parts(roads.to_crs(crs).geometry),
                colors="#20282d",
                linewidths=0.7,
                zorder=4,
            )
        point = carto.metres_per_point(sheet.ax)
        lines = []
        for side, sign in (("left", 1), ("right", -1)):
            simple = gaps.geometry[gaps["side"] == side].simplify(0.6 * point)
            lines += [shifted(xy, sign * 1.7 * point) for xy in line_parts(simple)]
        add_lines(sheet.ax, lines, colors="white", linewidths=3.8, zorder=5, capstyle="round")
        add_lines(
            sheet.ax,
            lines,
            colors=palette.GAP_OVER_COVER,
            linewidths=2.2,
            zorder=6,
            capstyle="projecting",
        )
        add_scale_bar(sheet.ax, crs)
        add_north_arrow(sheet.ax, crs)
        label_townships(LabelPlacer(sheet.ax, avoid=gaps.geometry), towns, lang)
        handles += [
            Patch(
                facecolor=_wash(c.colour),
                edgecolor=palette.QUIET,
                linewidth=0.5,
                label=fonts.drawable(join(c.name_zh, c.name, lang=lang)),
            )
            for c in used
        ]
        add_legend(sheet, handles, lang=lang)
        if sheet.chart is not None:
            _longest(sheet.chart, assessment, lang)
    return sheet.ax


def _view(ax: Axes) -> tuple[float, float, float, float]:
    (west, east), (south, north) = ax.get_xlim(), ax.get_ylim()
    return west, south, east, north


def _wash(colour: str) -> tuple[float, float, float]:
    """The legend's own colour, paler, so that the gaps stand out over it."""
    r, g, b = mpl.colors.to_rgb(colour)
    return tuple(0.55 * c + 0.45 for c in (r, g, b))  # type: ignore[return-value]


def _washed(codes: np.ma.MaskedArray, used: list[Any]) -> np.ndarray:
    picture = np.ones((*codes.shape, 4))
    picture[..., 3] = 0.0
    for entry in used:
        picture[(codes.filled(-1) == entry.code), :] = (*_wash(entry.colour), 1.0)
    return picture


def _longest(ax: Axes, assessment: Assessment, lang: Lang) -> None:
    gaps = assessment.gaps.sort_values("length_m", ascending=False).head(10)
    ax.set_title(
        label("longest_gaps", "words", lang=lang), size=8.5, color=palette.INK, loc="left", pad=5
    )
    ax.set(xlim=(0, 1), ylim=(10.5, -0.5))
    for row, gap in enumerate(gaps.itertuples(index=False)):
        side = label(gap.side, "sides", lang="en" if lang == "en" else "zh")
        road = str(gap.road)
        road = road if len(road) <= 10 else road[:9] + "…"
        for x, text, align in (
            (0.0, road, "left"),
            (0.36, str(gap.chainage), "left"),
            (0.84, side, "center"),
            (1.0, f"{gap.length_m:,.0f} m", "right"),
        ):
            ax.text(
                x, row, fonts.drawable(text), size=6.5, color=palette.INK, va="center", ha=align
            )
        ax.axhline(row + 0.5, color=palette.RULE, linewidth=0.4)
