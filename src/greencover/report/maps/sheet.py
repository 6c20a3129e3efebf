"""What all maps of an assessment have in common: page, source line, base, labels, legend."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matplotlib.lines import Line2D

from greencover.ground import fonts
from greencover.ground.errors import LayerError
from greencover.report import palette
from greencover.report.days import day_of
from greencover.report.labels import Lang, Named, Sayable, alone, join, label, said
from greencover.report.maps import cartography as carto
from greencover.report.maps.furniture import add_north_arrow, add_scale_bar, legend_block
from greencover.report.maps.geometry import add_polygons
from greencover.report.maps.graticule import add_graticule
from greencover.report.maps.labels import LabelPlacer, polygon_spots
from greencover.report.selection import unit_name
from greencover.report.style import MapStyle

if TYPE_CHECKING:
    import geopandas as gpd
    from matplotlib.axes import Axes

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
        legend = assessment.cover.legend
        cover = join(getattr(legend, "title_zh", ""), legend.title, lang=lang)
        year = getattr(assessment.cover, "year", None)
        source = f"{label('source', 'words', lang=lang)}: {cover}"
        parts.append(source + (f", {year}" if year else ""))
        parts.append(f"{label('projection', 'words', lang=lang)}: {crs.name}")
    parts.append(f"greencover {assessment.provenance.get('greencover', '')}".strip())
    parts.append(day_of(assessment.provenance))
    return parts


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


def finish(sheet: carto.Sheet, crs: Any, style: MapStyle) -> None:
    """Graticule, scale bar and north arrow: what every map has."""
    if style.graticule:
        add_graticule(sheet.ax, crs)
    add_scale_bar(sheet.ax, crs)
    add_north_arrow(sheet.ax, crs)


def add_legend(sheet: carto.Sheet, handles: list[Any], *, lang: Lang, note: str = "") -> None:
    """The legend, in the side column of a page or in a corner of axes that were given."""
    title = label("legend", "words", lang=lang)
    if sheet.legend is not None:
        legend_block(sheet.legend, handles, title=title, note=note)
    else:
        sheet.ax.legend(handles=handles, fontsize=6, loc="lower right", framealpha=0.9).set_zorder(
            25
        )


def label_units(placer: LabelPlacer, units: gpd.GeoDataFrame, lang: Lang, **look: Any) -> None:
    """Write names, with the text of a column ``figure`` if there is one, the largest unit first.

    A column ``dark`` says where the ground is dark, and text must be white.
    """
    step = 9 * carto.metres_per_point(placer.ax)
    for row in largest_first(units):
        short = fonts.drawable(unit_name(row, lang=alone(lang)))
        long = fonts.drawable(unit_name(row, lang=lang, between="\n"))
        extra = getattr(row, "figure", "")
        wordings = list(
            dict.fromkeys([f"{long}\n{extra}".strip(), f"{short}\n{extra}".strip(), short])
        )
        dark = getattr(row, "dark", False)
        placer.place(
            wordings,
            polygon_spots(row.geometry, step=step),
            rim="#21402f" if dark else "white",
            **{"size": 8, "color": "white" if dark else palette.INK, "linespacing": 1.15} | look,
        )


def largest_first(frame: gpd.GeoDataFrame) -> list[Any]:
    """Rows by falling area: a large unit gets its label before a small one."""
    order = frame.geometry.area.sort_values(ascending=False).index
    return list(frame.loc[order].itertuples(index=False))


def township_base(sheet: carto.Sheet, towns: gpd.GeoDataFrame, lang: Lang, *, fill: str) -> Line2D:
    """Townships as a quiet ground; returns their entry for the legend."""
    add_polygons(
        sheet.ax, towns.geometry, facecolor=fill, edgecolor="#8d979d", linewidth=0.7, zorder=1.5
    )
    return Line2D(
        [], [], color="#8d979d", linewidth=0.9, label=label("township_boundary", "words", lang=lang)
    )
