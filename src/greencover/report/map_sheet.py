"""What all maps of an assessment have in common: page, source line, base, labels, legend."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matplotlib.lines import Line2D

from greencover.errors import LayerError
from greencover.report import cartography as carto
from greencover.report import fonts, palette
from greencover.report.labels import Lang, join, label, pair
from greencover.report.map_furniture import legend_block
from greencover.report.map_geometry import add_polygons
from greencover.report.map_labels import LabelPlacer, polygon_spots
from greencover.report.selection import unit_name

if TYPE_CHECKING:
    import geopandas as gpd
    from matplotlib.axes import Axes

    from greencover.assessment import Assessment


def needed_layer(assessment: Assessment, name: str, kind: str) -> gpd.GeoDataFrame:
    """A layer that a map cannot do without."""
    layer = assessment.layers.get(name)
    if layer is None or layer.empty:
        raise LayerError(
            f'The map "{kind}" needs the layer {name}, which this assessment does not have: '
            f"add the layer to the campaign file, or leave the map out."
        )
    return layer


def source_line(assessment: Assessment, crs: Any, lang: Lang) -> str:
    """Land cover, its year, the projection, the version and the date of the assessment."""
    legend = assessment.cover.legend
    cover = join(getattr(legend, "title_zh", ""), legend.title, lang=lang)
    year = getattr(assessment.cover, "year", None)
    parts = [
        f"{label('source', 'words', lang=lang)}: {cover}" + (f", {year}" if year else ""),
        f"{label('projection', 'words', lang=lang)}: {crs.name}" if crs is not None else "",
        f"greencover {assessment.provenance.get('greencover', '')}".strip(),
        str(assessment.provenance.get("created", ""))[:10],
    ]
    return "   |   ".join(part for part in parts if part)


def map_sheet(
    assessment: Assessment, kind: str, crs: Any, *, ax: Axes | None, lang: Lang, **options: Any
) -> carto.Sheet:
    """The axes given, titled, or a page of its own with title, subtitle and source line."""
    zh, en = pair(kind, "maps")
    if ax is not None:
        ax.set_title(
            fonts.drawable(join(zh, en, lang=lang)), size=11, color=palette.INK, loc="left"
        )
        return carto.Sheet(ax, None, None)
    subtitle = join(assessment.title, assessment.title_en, lang=lang, between="   ")
    if assessment.year:
        subtitle += f"   {assessment.year}"
    return carto.new_sheet(
        (zh, en), subtitle, source_line(assessment, crs, lang), lang=lang, **options
    )


def add_legend(sheet: carto.Sheet, handles: list[Any], *, lang: Lang, note: str = "") -> None:
    """The legend, in the side column of a page or in a corner of axes that were given."""
    title = label("legend", "words", lang=lang)
    if sheet.legend is not None:
        legend_block(sheet.legend, handles, title=title, note=note)
    else:
        sheet.ax.legend(
            handles=handles, fontsize=6.5, loc="lower right", framealpha=0.9
        ).set_zorder(25)


def label_townships(
    placer: LabelPlacer, townships: gpd.GeoDataFrame, lang: Lang, **style: Any
) -> None:
    """Write names, with the text of a column ``figure`` if there is one, the largest unit first."""
    step = 9 * carto.metres_per_point(placer.ax)
    for row in largest_first(townships):
        short = fonts.drawable(unit_name(row, lang="en" if lang == "en" else "zh"))
        long = fonts.drawable(unit_name(row, lang=lang, between="\n"))
        extra = getattr(row, "figure", "")
        wordings = list(
            dict.fromkeys([f"{long}\n{extra}".strip(), f"{short}\n{extra}".strip(), short])
        )
        placer.place(
            wordings,
            polygon_spots(row.geometry, step=step),
            **{"size": 8, "color": palette.INK, "linespacing": 1.15} | style,
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
