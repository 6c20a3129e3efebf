"""Choropleths: one indicator by township or by village."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from greencover.ground import fonts
from greencover.ground.errors import LayerError
from greencover.ground.notes import Note
from greencover.report import palette
from greencover.report.classes import (
    class_colours,
    class_of,
    class_words,
    indicator_limits,
    is_dark,
)
from greencover.report.labels import Label, Lang, alone, label
from greencover.report.maps import cartography as carto
from greencover.report.maps.furniture import bar_chart
from greencover.report.maps.geometry import add_lines, add_polygons, line_parts
from greencover.report.maps.labels import LabelPlacer, wordings
from greencover.report.maps.registry import Map, register
from greencover.report.maps.room import Room, frame_subject
from greencover.report.maps.sheet import (
    add_legend,
    finish,
    label_units,
    map_sheet,
    needed_layer,
    told_apart,
)
from greencover.report.maps.strokes import Stroke, add_border, add_stroked, stroke_key
from greencover.report.selection import (
    held_against,
    indicator_names,
    name_of,
    rates,
    shown,
    target_of,
    unit_symbol,
)
from greencover.report.style import PLAIN, MapStyle
from greencover.words import Listed

if TYPE_CHECKING:
    import geopandas as gpd
    from matplotlib.axes import Axes

    from greencover.verdicts import Assessment

LAYER_OF = {"township": "townships", "village": "villages"}
# More names than this cannot be read, and would take long to place.
MOST_LABELS = 80
MOST_BARS = 30
# Verdicts marked inside a unit: words and stroke; how far from the border, in points.
_INNER: dict[str, tuple[tuple[str, str], Stroke]] = {
    "not met": (("below_target", "words"), {"color": "#b34700", "linewidth": 1.8}),
    "uncertain": (
        ("uncertain", "verdicts"),
        {"color": palette.VERDICT_INK["uncertain"], "linewidth": 1.6, "linestyle": (0, (1, 1.2))},
    ),
}
_INSET_PT = 2.6


@dataclass(frozen=True)
class Classed:
    """Units of a choropleth with their values, in map metres."""

    units: gpd.GeoDataFrame
    rows: Any
    values: np.ndarray
    blind: np.ndarray
    limits: list[float]
    colours: tuple[str, ...]
    kind: np.ndarray
    measure: str

    def fill(self, number: int) -> str:
        """Colour of a unit by its place in the layer."""
        return self.colours[self.kind[number]] if self.kind[number] >= 0 else palette.NO_DATA


def classed(
    assessment: Assessment, crs: Any, *, indicator: str, level: str, style: MapStyle
) -> Classed:
    """Values of an indicator on the units of a level, classed as the style says.

    Raises
    ------
    LayerError
        The assessment lacks the layer, or the indicator on it.
    """
    if level not in LAYER_OF:
        raise LayerError("maps.choropleth_level", level=level)
    layer = needed_layer(assessment, LAYER_OF[level], _title(indicator, level))
    found = rates(assessment.table, indicator, level)
    if found.empty:
        has = sorted(set(assessment.table.loc[assessment.table["level"] == level, "indicator"]))
        known = Listed.of(has, limit=30)
        raise LayerError("maps.no_indicator", indicator=indicator, level=level, known=known)
    units = layer.to_crs(crs).reset_index(drop=True)
    towns = assessment.layers["townships"].to_crs(crs) if level == "village" else None
    units = told_apart(units, towns)
    found = found.reindex(units["code"].astype(str))
    values = found["value"].to_numpy(dtype=float)
    # A figure that rests on too little observed ground is not shown as if it were one.
    blind = ~np.isfinite(values) | (found["verdict"] == "no data").to_numpy()
    limits = indicator_limits(assessment.table, indicator, level=level, style=style)
    targets = set(found["target"].dropna())
    kind = np.array(
        [
            -1 if b else class_of(v, limits, style, targets=targets)
            for v, b in zip(values, blind, strict=True)
        ],
        dtype=int,
    )
    measure = found["unit_of_measure"].dropna().iloc[0] if len(found) else ""
    record = assessment.records.get(indicator)
    sequence = record.colours if record else "coverage"
    colours = class_colours(len(limits) - 1, style, colours=sequence)
    return Classed(units, found, values, blind, limits, colours, kind, str(measure))


def _title(indicator: str, level: str, name: Label | None = None) -> Note:
    return Note(f"labels.maps.by_{level}", indicator=name or Label(indicator, "indicators"))


def draw_choropleth(
    assessment: Assessment,
    ax: Axes | None = None,
    *,
    indicator: str = "forest_coverage",
    level: str = "township",
    style: MapStyle = PLAIN,
) -> Axes:
    """One indicator by township or by village, in classes.

    Parameters
    ----------
    assessment
        The assessment to show.
    ax
        Axes to draw in; a page of its own, with legend and chart, when left out.
    indicator, level
        Rows of the table to show; the level is ``"township"`` or ``"village"``.
    style
        How the map looks.

    Returns
    -------
    matplotlib.axes.Axes
        The axes that hold the map, in metres of the local UTM zone.

    Raises
    ------
    LayerError
        The assessment lacks the layer or the indicator.
    """
    lang = style.lang
    with mpl.rc_context(fonts.settings()):
        towns = needed_layer(assessment, "townships", _title(indicator, level))
        crs = carto.local_crs(towns)
        towns = towns.to_crs(crs)
        data = classed(assessment, crs, indicator=indicator, level=level, style=style)
        title = _title(indicator, level, indicator_names(assessment.table)[indicator])
        sheet = map_sheet(assessment, title, crs, ax=ax, style=style)
        room = frame_subject(sheet.ax, towns.geometry)
        if level == "village":
            add_polygons(sheet.ax, towns.geometry, facecolor=palette.LAND, edgecolor="none")
        handles: list[Any] = draw_classes(sheet.ax, data, lang)
        handles += draw_verdicts(sheet.ax, data, lang)
        handles.append(add_border(sheet.ax, towns, lang))
        finish(sheet, crs, style, room)
        _label(sheet, data, towns, level, lang, room)
        note = label(style.scheme, "schemes", lang=lang, between="\n")
        add_legend(sheet, handles, lang=lang, note=note)
        if sheet.chart is not None:
            _chart(sheet.chart, data, level, lang)
    return sheet.ax


def draw_classes(ax: Axes, data: Classed, lang: Lang, *, counts: bool = True) -> list[Patch]:
    """Fill the units by class, hatch those without data, and return the legend's entries."""
    handles = []
    unit = unit_symbol(data.measure, lang=alone(lang))
    thin = 0.9 if len(data.units) <= 60 else 0.3
    words = class_words(data.limits)
    used = data.kind[data.kind >= 0]
    # One set of classes for all levels: those beyond the figures of this one say nothing here.
    for number in range(used.min(), used.max() + 1) if len(used) else ():
        members = data.units.geometry[data.kind == number]
        look: dict[str, Any] = {"facecolor": data.colours[number], "edgecolor": palette.QUIET}
        add_polygons(ax, members, **look, linewidth=thin * 0.7)
        text = f"{words[number]} {unit}" + (f"  ({len(members)})" if counts else "")
        handles.append(Patch(**look, linewidth=0.5, label=text))
    if data.blind.any():
        style: dict[str, Any] = {
            "facecolor": palette.NO_DATA,
            "edgecolor": "#8f989d",
            "hatch": "////",
            "linewidth": 0.0,
        }
        add_polygons(ax, data.units.geometry[data.blind], **style)
        outline = {"facecolor": "none", "edgecolor": palette.QUIET, "linewidth": thin * 0.7}
        add_polygons(ax, data.units.geometry[data.blind], **outline)
        blind = label("no data", "verdicts", lang=lang)
        handles.append(
            Patch(**style, label=f"{blind}  ({int(data.blind.sum())})" if counts else blind)
        )
    return handles


def draw_verdicts(ax: Axes, data: Classed, lang: Lang, *, counts: bool = True) -> list[Line2D]:
    """A line inside the border of each unit that misses its target or cannot be judged.

    Inside, as a border on a map belongs to two neighbours. Returns the entries of the legend.
    """
    point = carto.metres_per_point(ax)
    handles = []
    for verdict, (name, stroke) in _INNER.items():
        units = data.units.geometry[(data.rows["verdict"] == verdict).to_numpy() & ~data.blind]
        if units.empty:
            continue
        # A tiny unit has no room for a line of full width.
        inset = np.minimum(_INSET_PT * point, 0.12 * np.sqrt(units.area.to_numpy()))
        lines = line_parts(units.simplify(0.3 * point).buffer(-inset).boundary)
        casing = {"colors": "white", "linewidths": stroke["linewidth"] + 1.4}
        add_lines(ax, lines, **casing, zorder=2.5)
        add_stroked(ax, lines, stroke, zorder=2.6, capstyle="butt")
        shown_as = label(*name, lang=lang)
        handles.append(stroke_key(stroke, f"{shown_as}  ({len(units)})" if counts else shown_as))
    return handles


def _label(
    sheet: carto.Sheet, data: Classed, towns: gpd.GeoDataFrame, level: str, lang: Lang, room: Room
) -> None:
    placer = LabelPlacer(sheet.ax, room=room.boxes)
    if level == "village":
        label_units(placer, towns, lang, size=8)
        if len(data.units) > MOST_LABELS:
            return
    units = data.units.copy()
    nothing = label("no data", "verdicts", lang=alone(lang))
    sign = " %" if data.measure == "%" else ""
    units["figure"] = [
        nothing if b else f"{shown(v, *held_against(record))}{sign}"
        for v, record, b in zip(data.values, data.rows.to_dict("records"), data.blind, strict=True)
    ]
    units["dark"] = [is_dark(data.fill(k)) and not data.blind[k] for k in range(len(units))]
    if level == "township":
        label_units(placer, units, lang)
    else:
        label_units(placer, units, alone(lang), lead=False, size=5.5)


def _chart(ax: Axes, data: Classed, level: str, lang: Lang) -> None:
    """Townships from the highest figure down; of many units, the lowest."""
    order = np.argsort(-np.where(data.blind, -np.inf, data.values), kind="stable")
    key = "by_township"
    if level == "village" or len(order) > MOST_BARS:
        known = order[~data.blind[order]]
        order, key = known[::-1][:15], "lowest"
    rows = list(data.units.itertuples(index=False))
    unit = unit_symbol(data.measure, lang=alone(lang))
    bar_chart(
        ax,
        [wordings(name_of(rows[k]), lang) for k in order],
        [float("nan") if data.blind[k] else float(data.values[k]) for k in order],
        [data.fill(k) for k in order],
        title=f"{label(key, 'words', lang=lang)} ({unit})",
        target=target_of(data.rows),
        lang=lang,
    )


register(
    Map(
        "forest-coverage",
        _title("forest_coverage", "township"),
        draw_choropleth,
        figures=(("forest_coverage", "township"),),
        place=10,
        method="choropleth",
    )
)
register(
    Map(
        "village-forest",
        _title("forest_coverage", "village"),
        partial(draw_choropleth, level="village"),
        layers=("villages",),
        figures=(("forest_coverage", "village"),),
        place=20,
    )
)
