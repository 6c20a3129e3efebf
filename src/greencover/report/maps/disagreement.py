"""Forest on paper and forest on the map: where the two agree, and where one alone has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
from matplotlib.patches import Patch

from greencover.ground import fonts
from greencover.ground.errors import OutputError
from greencover.ground.notes import Note
from greencover.report import palette
from greencover.report.labels import label
from greencover.report.maps import cartography as carto
from greencover.report.maps.background import cover_image
from greencover.report.maps.cover import PIXELS, fade_outside
from greencover.report.maps.labels import LabelPlacer
from greencover.report.maps.registry import Map, register
from greencover.report.maps.room import frame_subject
from greencover.report.maps.sheet import add_legend, finish, label_units, map_sheet, needed_layer
from greencover.report.maps.strokes import add_border
from greencover.report.style import PLAIN, MapStyle

if TYPE_CHECKING:
    import numpy.typing as npt
    from matplotlib.axes import Axes

    from greencover.cover.land_cover import LandCover
    from greencover.verdicts import Assessment

    Flags = npt.NDArray[np.bool_]

TITLE = Note("labels.maps.disagreement")
# In grey print: dark, middle, light.
_COLOURS = {"both": "#1b6b3a", "books_only": "#d55e00", "seen_only": "#56b4e9"}


def draw_disagreement(
    assessment: Assessment, ax: Axes | None = None, *, style: MapStyle = PLAIN
) -> Axes:
    """Forest that both have, that the books alone have, and that the map alone has.

    For looking at: figures are those of ``Assessment.two_covers``. Parameters and result are those
    of :func:`draw_choropleth`.
    """
    lang = style.lang
    towns = needed_layer(assessment, "townships", TITLE)
    if assessment.books is None:
        raise OutputError("maps.no_books")
    forest = ("tree",) if assessment.campaign is None else assessment.campaign.cover.forest
    with mpl.rc_context(fonts.settings()):
        crs = carto.local_crs(towns)
        towns = towns.to_crs(crs)
        sheet = map_sheet(assessment, TITLE, crs, ax=ax, style=style)
        room = frame_subject(sheet.ax, towns.geometry)
        bounds = carto.view(sheet.ax)

        def wooded(cover: LandCover) -> tuple[Flags, Flags, tuple[float, float, float, float]]:
            codes, extent = cover_image(cover, bounds, crs, pixels=PIXELS)
            seen = ~np.ma.getmaskarray(codes)
            return seen & np.isin(codes.filled(-1), cover.legend.codes_of(*forest)), seen, extent

        paper, entered, _ = wooded(assessment.books)
        shown, seen, extent = wooded(assessment.cover)
        kinds = {
            "both": paper & shown,
            "books_only": paper & seen & ~shown,
            "seen_only": shown & entered & ~paper,
        }
        picture = np.zeros((*paper.shape, 4))
        for kind, where in kinds.items():
            picture[where] = mpl.colors.to_rgba(_COLOURS[kind])
        sheet.ax.imshow(picture, extent=extent, interpolation="nearest", aspect="equal", zorder=1)
        sheet.ax.set(xlim=(bounds[0], bounds[2]), ylim=(bounds[1], bounds[3]))
        fade_outside(sheet.ax, towns)
        border = add_border(sheet.ax, towns, lang)
        finish(sheet, crs, style, room)
        label_units(LabelPlacer(sheet.ax, room=room.boxes), towns, lang)
        handles = [
            Patch(
                facecolor=_COLOURS[kind],
                edgecolor=palette.QUIET,
                linewidth=0.5,
                label=fonts.drawable(label(kind, "two_covers", lang=lang)),
            )
            for kind in kinds
        ]
        add_legend(sheet, [*handles, border], lang=lang)
    return sheet.ax


class _OfTwo(Map):
    """A map that needs a second land cover."""

    def fits(self, assessment: Assessment) -> bool:
        """Whether there is one."""
        return super().fits(assessment) and getattr(assessment, "books", None) is not None


register(_OfTwo("disagreement", TITLE, draw_disagreement, layers=("townships",), place=90))
