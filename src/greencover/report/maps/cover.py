"""Land cover: the picture under other maps, and a map of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
import shapely
from affine import Affine
from matplotlib.patches import Patch
from rasterio.features import geometry_mask

from greencover.ground import fonts
from greencover.ground.notes import Note
from greencover.report import palette
from greencover.report.labels import Lang, join, label
from greencover.report.maps import cartography as carto
from greencover.report.maps.background import cover_image, used_classes
from greencover.report.maps.geometry import add_polygons
from greencover.report.maps.labels import LabelPlacer
from greencover.report.maps.registry import Map, register
from greencover.report.maps.room import frame_subject
from greencover.report.maps.sheet import add_legend, finish, label_units, map_sheet, needed_layer
from greencover.report.maps.strokes import add_border
from greencover.report.style import PLAIN, MapStyle

if TYPE_CHECKING:
    import geopandas as gpd
    from matplotlib.axes import Axes

    from greencover.cover.land_cover import LandCover
    from greencover.verdicts import Assessment

PIXELS = 1400
_BLIND: dict[str, Any] = {
    "facecolor": palette.NO_DATA,
    "edgecolor": "#8f989d",
    "hatch": "////",
    "linewidth": 0.0,
}
TITLE = Note("labels.maps.land_cover")


def draw_land_cover(
    assessment: Assessment, ax: Axes | None = None, *, style: MapStyle = PLAIN
) -> Axes:
    """The land cover with the legend of the classes that occur.

    Parameters and result are those of :func:`draw_choropleth`.
    """
    lang = style.lang
    towns = needed_layer(assessment, "townships", TITLE)
    with mpl.rc_context(fonts.settings()):
        crs = carto.local_crs(towns)
        towns = towns.to_crs(crs)
        sheet = map_sheet(assessment, TITLE, crs, ax=ax, style=style, legend_share=0.7)
        room = frame_subject(sheet.ax, towns.geometry)
        drawn = add_cover(sheet.ax, assessment.cover, crs, towns, wash=0.2)
        fade_outside(sheet.ax, towns)
        border = add_border(sheet.ax, towns, lang)
        finish(sheet, crs, style, room)
        label_units(LabelPlacer(sheet.ax, room=room.boxes), towns, lang)
        year = getattr(assessment.cover, "year", None)
        note = f"{label('cover_year', 'words', lang=lang)}: {year}" if year else ""
        add_legend(sheet, [*cover_patches(drawn, lang, wash=0.2), border], lang=lang, note=note)
    return sheet.ax


@dataclass(frozen=True)
class Drawn:
    """What a picture of the cover shows.

    Attributes
    ----------
    classes
        Classes that occur.
    blind
        Whether ground of the units lies where nothing was observed.
    """

    classes: list[Any]
    blind: bool


def add_cover(
    ax: Axes, cover: LandCover, crs: Any, units: gpd.GeoDataFrame, *, wash: float
) -> Drawn:
    """Draw the cover under what axes show, and hatch what of the units was not observed.

    ``wash`` from 0 to 1 makes the legend's own colours paler.
    """
    bounds = carto.view(ax)
    codes, extent = cover_image(cover, bounds, crs, pixels=PIXELS)
    used = used_classes(codes, cover.legend)
    picture = np.zeros((*codes.shape, 4))
    for entry in used:
        picture[codes.filled(-1) == entry.code] = (*washed(entry.colour, wash), 1.0)
    ax.imshow(picture, extent=extent, interpolation="nearest", aspect="equal", zorder=1)
    ax.set(xlim=(bounds[0], bounds[2]), ylim=(bounds[1], bounds[3]))
    blind = _is_blind(codes, extent, units)
    if blind:
        add_polygons(ax, units.geometry, **_BLIND, zorder=0.5)
    return Drawn(used, blind)


def _is_blind(
    codes: np.ma.MaskedArray, extent: tuple[float, float, float, float], units: gpd.GeoDataFrame
) -> bool:
    unseen = np.ma.getmaskarray(codes)
    if not unseen.any():
        return False
    west, east, south, north = extent
    height, width = unseen.shape
    cells = Affine((east - west) / width, 0, west, 0, (south - north) / height, north)
    within = geometry_mask(units.geometry, unseen.shape, cells, invert=True)
    return bool((unseen & within).any())


def fade_outside(ax: Axes, towns: gpd.GeoDataFrame) -> None:
    """Make what lies outside the county paler."""
    outside = shapely.box(*carto.view(ax)).difference(towns.union_all())
    add_polygons(ax, [outside], facecolor="white", alpha=0.55, edgecolor="none", zorder=2)


def washed(colour: str, wash: float) -> tuple[float, float, float]:
    """A colour, paler."""
    red, green, blue = ((1 - wash) * part + wash for part in mpl.colors.to_rgb(colour))
    return red, green, blue


def cover_patches(drawn: Drawn, lang: Lang, *, wash: float) -> list[Patch]:
    """Entries of the legend for classes of land cover, and for ground without any."""
    handles = [
        Patch(
            facecolor=washed(entry.colour, wash),
            edgecolor=palette.QUIET,
            linewidth=0.5,
            label=fonts.drawable(join(entry.name_zh, entry.name, lang=lang)),
        )
        for entry in drawn.classes
    ]
    if drawn.blind:
        handles.append(Patch(**_BLIND, label=label("unobserved", "statuses", lang=lang)))
    return handles


register(Map("land-cover", TITLE, draw_land_cover, place=50))
