"""A sheet of one township: roadsides over land cover, and where it lies in the county."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import shapely

from greencover.ground import fonts
from greencover.ground.errors import LayerError
from greencover.ground.notes import Note
from greencover.report import palette
from greencover.report.figures import Goal
from greencover.report.judged import judged
from greencover.report.labels import Lang, alone, label, said
from greencover.report.maps import cartography as carto
from greencover.report.maps.badges import label_roads
from greencover.report.maps.cover import add_cover, cover_patches
from greencover.report.maps.geometry import add_polygons
from greencover.report.maps.labels import LabelPlacer
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
from greencover.report.maps.strokes import add_border, add_roads, add_roadsides, stroke_key
from greencover.report.selection import (
    held_against,
    name_of,
    shown,
    text_of,
    unit_symbol,
)
from greencover.report.style import PLAIN, MapStyle
from greencover.words import Listed

if TYPE_CHECKING:
    import geopandas as gpd
    from matplotlib.axes import Axes

    from greencover.verdicts import Assessment

WASH = 0.55
# A unit smaller than this in the locator would not be seen.
_TINY_PT = 7.0
# As much higher than wide as fills a page upright better than one across.
_UPRIGHT = 1.35
TITLE = Note("labels.maps.townships")


def draw_township(
    assessment: Assessment,
    ax: Axes | None = None,
    *,
    unit: str,
    style: MapStyle = PLAIN,
) -> Axes:
    """One township with its roadsides over land cover, and a small map of the county.

    Parameters
    ----------
    unit
        Code of the township.
    assessment, ax, style
        As for :func:`draw_choropleth`.

    Raises
    ------
    LayerError
        No township has the code.
    """
    lang = style.lang
    towns = needed_layer(assessment, "townships", TITLE)
    codes = towns["code"].astype(str)
    if str(unit) not in set(codes):
        known = Listed.of(codes, limit=30)
        raise LayerError("maps.no_township", code=unit, known=known)
    with mpl.rc_context(fonts.settings()):
        crs = carto.local_crs(towns)
        towns = towns.to_crs(crs)
        here = towns[codes == str(unit)]
        row = next(here.itertuples(index=False))
        style = _turned(style, here.total_bounds)
        sheet = map_sheet(assessment, name_of(row), crs, ax=ax, style=style, legend_share=0.56)
        room = frame_subject(sheet.ax, here.geometry, locator=True)
        drawn = add_cover(sheet.ax, assessment.cover, crs, here, wash=WASH)
        outside = shapely.box(*carto.view(sheet.ax)).difference(here.union_all())
        add_polygons(sheet.ax, [outside], facecolor="white", alpha=0.7, edgecolor="none", zorder=2)
        strong = {"facecolor": "none", "edgecolor": palette.INK, "linewidth": 1.4}
        add_polygons(sheet.ax, here.geometry, **strong, zorder=3.3)
        handles = _roadsides(sheet.ax, assessment, crs, lang)
        own = {"color": strong["edgecolor"], "linewidth": strong["linewidth"]}
        handles.insert(0, stroke_key(own, fonts.drawable(said(name_of(row), lang))))
        handles.append(add_border(sheet.ax, towns, lang))
        finish(sheet, crs, style, room)
        add_locator(sheet.ax, towns, here, room)
        placer = LabelPlacer(sheet.ax, room=room.boxes)
        villages = assessment.layers.get("villages")
        if villages is not None:
            villages = villages.to_crs(crs)
            inside = villages[villages.representative_point().within(here.union_all())]
            if len(inside):
                handles.append(add_border(sheet.ax, inside, lang, level="village"))
            inside = told_apart(inside)
            label_units(placer, inside.head(60), alone(lang), lead=False, size=6.5)
        _label_roads(placer, assessment, crs)
        add_legend(sheet, handles + cover_patches(drawn, lang, wash=WASH), lang=lang)
        if sheet.chart is not None:
            _figures(sheet.chart, assessment, str(unit), lang)
    return sheet.ax


def _turned(style: MapStyle, bounds: Any) -> MapStyle:
    """A page upright for a unit that is."""
    west, south, east, north = bounds
    upright = style.page.replace("landscape", "portrait")
    return replace(style, page=upright) if north - south > _UPRIGHT * (east - west) else style


def add_locator(ax: Axes, towns: gpd.GeoDataFrame, here: gpd.GeoDataFrame, room: Room) -> Axes:
    """A small map of all townships, with those shown filled, and ringed where they are tiny."""
    assert room.locator is not None
    west, south, east, north = room.locator
    place = (west, south, east - west, north - south)
    small = ax.inset_axes(place, transform=ax.transData, zorder=24)
    carto.frame_map(small, towns.total_bounds, padding=0.06)
    add_polygons(small, towns.geometry, facecolor="white", edgecolor="#8d979d", linewidth=0.4)
    add_polygons(small, here.geometry, facecolor=palette.ACCENT, edgecolor="none")
    low, high = here.total_bounds[:2], here.total_bounds[2:]
    if max(high - low) < _TINY_PT * carto.metres_per_point(small):
        middle = (low + high) / 2
        small.plot(*middle, "o", markersize=8, markerfacecolor="none", color=palette.GAP_OVER_COVER)
    return small


def _roadsides(ax: Axes, assessment: Assessment, crs: Any, lang: Lang) -> list[Any]:
    sides = assessment.layers.get("road_sides")
    if sides is None:
        return []
    sides = sides.to_crs(crs).cx[slice(*ax.get_xlim()), slice(*ax.get_ylim())]
    roads = add_roads(ax, assessment.layers.get("roads"), crs, lang)
    point = carto.metres_per_point(ax)
    return add_roadsides(ax, sides, point, lang, lengths=False) + roads


def _label_roads(placer: LabelPlacer, assessment: Assessment, crs: Any) -> None:
    roads = assessment.layers.get("roads")
    if roads is None:
        return
    west, south, east, north = carto.view(placer.ax)
    clipped = roads.to_crs(crs).clip_by_rect(west, south, east, north)
    here = [line is not None and not line.is_empty for line in clipped]
    names, shown_here = [text_of(name) for name in roads.loc[here, "road"]], list(clipped[here])
    gap_m = assessment.gaps.groupby("road")["length_m"].sum()
    label_roads(placer, names, shown_here, gap_m.to_dict())


def _figures(ax: Axes, assessment: Assessment, unit: str, lang: Lang) -> None:
    """The township's figures and verdicts as a small table."""
    columns = [one for one in judged(assessment.table) if len(one.on("township"))]
    ax.set_title(label("figures", "words", lang=lang), size=8.5, loc="left", pad=5)
    ax.set(xlim=(0, 1), ylim=(max(len(columns), 7) - 0.5, -0.5))
    for number, column in enumerate(columns):
        rows = column.on("township")
        if unit not in rows.index:
            continue
        record: Any = rows.loc[unit]
        verdict = str(record["verdict"])
        figure = shown(float(record["value"]), *held_against(record))
        figure += f" {unit_symbol(record['unit_of_measure'], lang=alone(lang))}" if figure else ""
        goal = Goal.of(record)
        word = "" if verdict == "no target" else label(verdict, "verdicts", lang=alone(lang))
        colour = palette.VERDICT_INK.get(verdict, palette.INK)
        for x, text, align in (
            (0.0, fonts.drawable(said(column.name, alone(lang))), "left"),
            (0.74, figure, "right"),
            (1.0, f"{word} {goal.text if goal else ''}".strip(), "right"),
        ):
            ink = palette.INK if align == "left" else colour
            ax.text(x, number, text, size=6.3, color=ink, va="center", ha=align)
        ax.axhline(number + 0.5, color=palette.RULE, linewidth=0.4)


def _pages(assessment: Assessment) -> list[dict[str, str]]:
    """A page for each township, in the order of the layer."""
    return [{"unit": code} for code in assessment.layers["townships"]["code"].astype(str)]


register(
    Map(
        "townships",
        TITLE,
        draw_township,
        layers=("townships",),
        written="asked",
        in_report=False,
        method="township",
        pages=_pages,
    )
)
