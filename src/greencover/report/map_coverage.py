"""Choropleth of forest coverage by township."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
from matplotlib.patches import Patch

from greencover.report import cartography as carto
from greencover.report import fonts, palette
from greencover.report.labels import Lang, check_lang, label
from greencover.report.map_furniture import add_north_arrow, add_scale_bar, bar_chart
from greencover.report.map_geometry import add_polygons
from greencover.report.map_labels import LabelPlacer
from greencover.report.map_sheet import add_legend, label_townships, map_sheet, needed_layer
from greencover.report.selection import rates, shown, target_of, unit_name

if TYPE_CHECKING:
    import geopandas as gpd
    from matplotlib.axes import Axes

    from greencover.assessment import Assessment


def draw_forest_coverage(
    assessment: Assessment, ax: Axes | None = None, *, lang: Lang = "both"
) -> Axes:
    """Choropleth of forest coverage by township.

    Parameters
    ----------
    assessment
        The assessment to show.
    ax
        Axes to draw in; a page of its own, with legend and chart, when left out.
    lang
        ``"zh"``, ``"en"`` or ``"both"``.

    Returns
    -------
    matplotlib.axes.Axes
        The axes that hold the map, in metres of the local UTM zone.
    """
    check_lang(lang)
    layer = needed_layer(assessment, "townships", "forest coverage")
    with mpl.rc_context(fonts.settings()):
        crs = carto.local_crs(layer)
        towns = layer.to_crs(crs)
        found = rates(assessment.table, "forest_coverage", "township").reindex(
            towns["code"].astype(str)
        )
        values = found["value"].to_numpy(dtype=float)
        # A figure that rests on too little observed ground is not shown as if it were one.
        blind = ~np.isfinite(values) | (found["verdict"] == "no data").to_numpy()
        seen = values[~blind]
        breaks = palette.coverage_breaks(list(seen)) if len(seen) else [0.0, 100.0]
        colours = palette.coverage_colours(len(breaks) - 1)
        kind = np.array(
            [-1 if b else palette.class_of(v, breaks) for v, b in zip(values, blind, strict=True)]
        )
        sheet = map_sheet(assessment, "forest_coverage", crs, ax=ax, lang=lang)
        carto.frame_map(sheet.ax, towns.total_bounds)
        handles = _draw_classes(sheet.ax, towns, kind, breaks, colours)
        if blind.any():
            handles.append(_draw_blind(sheet.ax, towns[blind], lang))
        add_polygons(
            sheet.ax, towns.geometry, facecolor="none", edgecolor=palette.QUIET, linewidth=0.7
        )
        low = (found["verdict"] == "not met").to_numpy()
        if low.any():
            handles.append(_draw_low(sheet.ax, towns[low], lang))
        add_scale_bar(sheet.ax, crs)
        add_north_arrow(sheet.ax, crs)
        nothing = label("no data", "verdicts", lang="en" if lang == "en" else "zh")
        towns["figure"] = [
            nothing if b else f"{shown(v, t)} %"
            for v, t, b in zip(values, found["target"], blind, strict=True)
        ]
        label_townships(LabelPlacer(sheet.ax), towns, lang)
        add_legend(sheet, handles, lang=lang, note=label("classes", "words", lang=lang))
        if sheet.chart is not None:
            order = np.argsort(-np.where(np.isfinite(values), values, -1.0), kind="stable")
            rows = list(towns.itertuples(index=False))
            bar_chart(
                sheet.chart,
                [fonts.drawable(unit_name(rows[k], lang=lang)) for k in order],
                [float(values[k]) for k in order],
                [colours[kind[k]] if kind[k] >= 0 else palette.NO_DATA for k in order],
                title=f"{label('by_township', 'words', lang=lang)} (%)",
                target=target_of(found),
                lang=lang,
            )
    return sheet.ax


def _draw_classes(
    ax: Axes,
    towns: gpd.GeoDataFrame,
    kind: np.ndarray,
    breaks: list[float],
    colours: tuple[str, ...],
) -> list[Patch]:
    handles = []
    for number, colour in enumerate(colours):
        members = towns.geometry[kind == number]
        add_polygons(ax, members, facecolor=colour, edgecolor="white", linewidth=0.9)
        text = f"{breaks[number]:g} – {breaks[number + 1]:g} %  ({len(members)})"
        handles.append(Patch(facecolor=colour, edgecolor=palette.QUIET, linewidth=0.5, label=text))
    return handles


def _draw_blind(ax: Axes, towns: gpd.GeoDataFrame, lang: Lang) -> Patch:
    style: dict[str, Any] = {
        "facecolor": palette.NO_DATA,
        "edgecolor": "#8f989d",
        "hatch": "////",
        "linewidth": 0.0,
    }
    add_polygons(ax, towns.geometry, **style)
    return Patch(**style, label=f"{label('no data', 'verdicts', lang=lang)}  ({len(towns)})")


def _draw_low(ax: Axes, towns: gpd.GeoDataFrame, lang: Lang) -> Patch:
    style: dict[str, Any] = {
        "facecolor": "none",
        "edgecolor": palette.STATUS_COLOUR["gap"],
        "linewidth": 1.8,
    }
    add_polygons(ax, towns.geometry, **style)
    return Patch(**style, label=f"{label('below_target', 'words', lang=lang)}  ({len(towns)})")
