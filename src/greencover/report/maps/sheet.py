"""What all maps of an assessment have in common: page, source line, base, labels, legend."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matplotlib.lines import Line2D

from greencover.ground import fonts
from greencover.ground.errors import LayerError
from greencover.ground.notes import Note
from greencover.report import palette
from greencover.report.days import day_of
from greencover.report.grounds import cover_credit
from greencover.report.labels import Lang, Named, Sayable, alone, join, label, said
from greencover.report.maps import cartography as carto
from greencover.report.maps.furniture import add_north_arrow, add_scale_bar, legend_block
from greencover.report.maps.geometry import add_polygons
from greencover.report.maps.graticule import add_graticule
from greencover.report.maps.labels import LabelPlacer, polygon_spots
from greencover.report.maps.room import Room
from greencover.report.maps.strokes import add_border
from greencover.report.selection import unit_name
from greencover.report.style import MapStyle

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from matplotlib.axes import Axes
    from pyproj import CRS

    from greencover.verdicts import Assessment


def needed_layer(assessment: Assessment, name: str, title: Sayable) -> gpd.GeoDataFrame:
    """A layer that a map cannot do without."""
    layer = assessment.layers.get(name)
    if layer is None or layer.empty:
        raise LayerError("maps.layer_missing", map=title, layer=name)
    return layer


def source_parts(assessment: Assessment, crs: Any, style: MapStyle) -> list[str]:
    """Approval number, land cover with its year, projection, version and date."""
    lang = style.lang
    parts = []
    if style.approval:
        parts.append(f"{label('approval', 'words', lang=lang)}: {style.approval}")
    if crs is not None:
        cover = said(cover_credit(assessment), lang)
        parts.append(f"{label('source', 'words', lang=lang)}: {cover}")
        parts.append(f"{label('projection', 'words', lang=lang)}: {_system(crs, lang)}")
    parts.append(f"greencover {assessment.provenance.get('greencover', '')}".strip())
    parts.append(day_of(assessment.provenance))
    return parts


def _system(crs: CRS, lang: Lang) -> str:
    """Name of the system that a map is drawn in."""
    if crs.utm_zone is None:
        return str(crs.name)
    datum = crs.name.split(" / ")[0]
    return said(Note("labels.words.utm", datum=datum, zone=crs.utm_zone), alone(lang))


def subtitle_of(assessment: Assessment, style: MapStyle) -> str:
    """Title and year of the campaign."""
    words = join(assessment.title, assessment.title_en, lang=style.lang, between="   ")
    return f"{words}   {assessment.year}" if assessment.year else words


def map_sheet(
    assessment: Assessment,
    title: Sayable,
    crs: Any,
    *,
    ax: Axes | None,
    style: MapStyle,
    **options: Any,
) -> carto.Sheet:
    """The axes given, titled, or a page of its own with title, subtitle and source line."""
    title = Named(style.title) if style.title else title
    if ax is not None:
        # The title of axes made elsewhere has a font without Chinese characters.
        ax.set_title(
            fonts.drawable(said(title, style.lang)),
            size=10,
            color=palette.INK,
            loc="left",
            family=list(fonts.font_families()),
        )
        return carto.Sheet(ax, None, None)
    return carto.new_sheet(
        title,
        subtitle_of(assessment, style),
        source_parts(assessment, crs, style),
        lang=style.lang,
        page=style.layout,
        **options,
    )


def finish(sheet: carto.Sheet, crs: Any, style: MapStyle, room: Room) -> None:
    """Graticule, scale bar and north arrow: what every map has."""
    if style.graticule:
        add_graticule(sheet.ax, crs)
    add_scale_bar(sheet.ax, crs, at=room.bar[:2])
    west, south, east, north = room.arrow
    # The letter above the arrow makes it longer upward than downward.
    add_north_arrow(sheet.ax, crs, at=((west + east) / 2, south + 0.38 * (north - south)))


def add_legend(sheet: carto.Sheet, handles: list[Any], *, lang: Lang, note: str = "") -> None:
    """The legend, in the side column of a page or in a corner of axes that were given."""
    title = label("legend", "words", lang=lang)
    if sheet.legend is not None:
        low = legend_block(sheet.legend, handles, title=title, note=note)
        if sheet.chart is not None and not _beside(sheet):
            _stretch(sheet.chart, low)
    else:
        sheet.ax.legend(handles=handles, fontsize=6, loc="lower right", framealpha=0.9).set_zorder(
            25
        )


def _beside(sheet: carto.Sheet) -> bool:
    """Whether the chart stands beside the legend rather than under it."""
    assert sheet.chart is not None
    assert sheet.legend is not None
    return bool(sheet.chart.get_position().x0 > sheet.legend.get_position().x1)


def _stretch(chart: Axes, top: float) -> None:
    """Give a chart the room that the legend above it leaves, up to ``top`` in pixels."""
    place = chart.get_position()
    height = chart.figure.bbox.height
    free = (top - 0.42 * chart.figure.dpi) / height
    if free > place.y0:
        chart.set_position((place.x0, place.y0, place.width, free - place.y0))


def lower_part(chart: Axes, share: float) -> Axes:
    """Axes in the lower part of a chart's room, which the chart gives up."""
    place = chart.get_position()
    between = 0.3 * chart.figure.dpi / chart.figure.bbox.height
    high = share * (place.height - between)
    chart.set_position(
        (place.x0, place.y0 + high + between, place.width, place.height - high - between)
    )
    return chart.figure.add_axes((place.x0, place.y0, place.width, high))


def label_units(
    placer: LabelPlacer, units: gpd.GeoDataFrame, lang: Lang, *, lead: bool = True, **look: Any
) -> None:
    """Write names, with the text of a column ``figure`` if there is one, the largest unit first.

    A name stands in its own unit, or is led out of it to ground of none; one that has room in
    neither place is left out. A column ``dark`` says where the ground is dark, and text must be
    white.
    """
    step = 9 * carto.metres_per_point(placer.ax)
    placer.keep_clear(units.simplify(0.05 * step))
    for row in largest_first(units):
        short = fonts.drawable(unit_name(row, lang=alone(lang)))
        long = fonts.drawable(unit_name(row, lang=lang, between="\n"))
        extra = getattr(row, "figure", "")
        wordings = list(
            dict.fromkeys([f"{long}\n{extra}".strip(), f"{short}\n{extra}".strip(), short])
        )
        dark = getattr(row, "dark", False)
        shared: dict[str, Any] = {"size": 8, "linespacing": 1.15} | look
        own = {"color": "white" if dark else palette.INK} | shared
        rim = "#21402f" if dark else "white"
        spots = polygon_spots(row.geometry, step=step)
        if placer.place(wordings, spots, rim=rim, home=row.geometry, **own) is None and lead:
            words = " ".join(filter(None, (short, extra)))
            placer.lead_out(words, row.geometry, **{"color": palette.INK} | shared)


def told_apart(units: gpd.GeoDataFrame, towns: gpd.GeoDataFrame | None = None) -> gpd.GeoDataFrame:
    """Units whose names differ: those that share one say their township, else their code too.

    Parameters
    ----------
    units
        Units with ``code``, ``name`` and perhaps ``name_en``.
    towns
        Townships that units lie in, in the same system.
    """
    columns = [column for column in ("name", "name_en") if column in units]
    shared = {column: _shared(units[column]) for column in columns}
    if not any(mask.any() for mask in shared.values()):
        return units
    found = units.copy()
    for column, mask in shared.items():
        if towns is not None and mask.any():
            spots = units.representative_point()[mask]
            which = towns.sindex.nearest(spots, return_all=False)[1]
            found.loc[mask, column] += " (" + towns[column].iloc[which].to_numpy() + ")"
            mask = _shared(found[column])
        found.loc[mask, column] += " (" + units.loc[mask, "code"].astype(str) + ")"
    return found


def _shared(names: pd.Series) -> pd.Series:
    return names.duplicated(keep=False) & names.notna() & (names != "")


def largest_first(frame: gpd.GeoDataFrame) -> list[Any]:
    """Rows by falling area: a large unit gets its label before a small one."""
    order = frame.geometry.area.sort_values(ascending=False).index
    return list(frame.loc[order].itertuples(index=False))


def township_base(sheet: carto.Sheet, towns: gpd.GeoDataFrame, lang: Lang, *, fill: str) -> Line2D:
    """Townships as a quiet ground with their borders; returns their entry for the legend."""
    add_polygons(sheet.ax, towns.geometry, facecolor=fill, edgecolor="none", zorder=1.5)
    return add_border(sheet.ax, towns, lang)
