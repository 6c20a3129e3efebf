"""What changed between two assessments: forest gained and lost, and figures by township."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
from matplotlib.patches import Patch

from greencover.ground import fonts
from greencover.ground.notes import Note
from greencover.report import palette
from greencover.report.labels import label
from greencover.report.maps import cartography as carto
from greencover.report.maps.background import cover_image
from greencover.report.maps.cover import PIXELS, fade_outside
from greencover.report.maps.furniture import difference_chart
from greencover.report.maps.labels import LabelPlacer, wordings
from greencover.report.maps.registry import Map, register
from greencover.report.maps.room import frame_subject
from greencover.report.maps.sheet import add_legend, finish, label_units, map_sheet, needed_layer
from greencover.report.maps.strokes import add_border
from greencover.report.selection import name_of, rates
from greencover.report.style import PLAIN, MapStyle

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from greencover.cover.land_cover import LandCover
    from greencover.verdicts import Assessment

TITLE = Note("labels.maps.change")
STATES = {"kept": palette.KEPT, "gained": palette.GAINED, "lost": palette.LOST}


def draw_change(
    assessment: Assessment,
    ax: Axes | None = None,
    *,
    earlier: Assessment,
    style: MapStyle = PLAIN,
) -> Axes:
    """Forest gained and lost since an earlier assessment, with the change of each township.

    Where the picture is coarser than the land cover, each of its cells shows the class at its
    middle; the figures come from the two tables.

    Parameters
    ----------
    assessment, earlier
        The later and the earlier year, of the same townships.
    ax, style
        As for :func:`draw_choropleth`.
    """
    lang = style.lang
    towns = needed_layer(assessment, "townships", TITLE)
    with mpl.rc_context(fonts.settings()):
        crs = carto.local_crs(towns)
        towns = towns.to_crs(crs).reset_index(drop=True)
        years = f"{earlier.year or ''}–{assessment.year or ''}".strip("–")
        title = Note("labels.maps.change_of", years=years) if years else TITLE
        sheet = map_sheet(assessment, title, crs, ax=ax, style=style)
        room = frame_subject(sheet.ax, towns.geometry)
        counted = _picture(sheet.ax, assessment, earlier, crs)
        fade_outside(sheet.ax, towns)
        border = add_border(sheet.ax, towns, lang)
        finish(sheet, crs, style, room)
        later_rows, earlier_rows = (
            rates(a.table, "forest_coverage", "township")["value"] for a in (assessment, earlier)
        )
        points = (later_rows - earlier_rows).reindex(towns["code"].astype(str)).to_numpy()
        towns["figure"] = [f"{p:+.1f}" if np.isfinite(p) else "" for p in points]
        label_units(LabelPlacer(sheet.ax, room=room.boxes), towns, lang)
        handles = [
            Patch(
                facecolor=STATES[state],
                edgecolor=palette.QUIET,
                linewidth=0.5,
                label=label(state, "changes", lang=lang),
            )
            for state in counted
        ]
        note = label("change_note", "words", lang=lang, between="\n")
        add_legend(sheet, [*handles, border], lang=lang, note=note)
        if sheet.chart is not None:
            order = np.argsort(-np.nan_to_num(points, nan=-1e9), kind="stable")
            rows = list(towns.itertuples(index=False))
            difference_chart(
                sheet.chart,
                [wordings(name_of(rows[k]), lang) for k in order],
                [float(points[k]) for k in order],
                title=label("change_points", "words", lang=lang),
            )
    return sheet.ax


def _picture(ax: Axes, assessment: Assessment, earlier: Assessment, crs: Any) -> list[str]:
    bounds = carto.view(ax)
    (was, seen_was), (now, seen_now) = (_forest(a, bounds, crs) for a in (earlier, assessment))
    both = seen_was & seen_now
    picture = np.zeros((*now.shape, 4))
    present = []
    for state, cells in (
        ("kept", was & now),
        ("gained", ~was & now),
        ("lost", was & ~now),
    ):
        if (cells & both).any():
            picture[cells & both] = (*mpl.colors.to_rgb(STATES[state]), 1.0)
            present.append(state)
    extent = (bounds[0], bounds[2], bounds[1], bounds[3])
    ax.imshow(picture, extent=extent, interpolation="nearest", aspect="equal", zorder=1)
    ax.set(xlim=(bounds[0], bounds[2]), ylim=(bounds[1], bounds[3]))
    return present


def _forest(
    assessment: Assessment, bounds: tuple[float, float, float, float], crs: Any
) -> tuple[np.ndarray, np.ndarray]:
    """Where forest stands, and where there is anything to see, both as masks."""
    cover: LandCover = assessment.cover
    kinds = assessment.provenance.get("parameters", {}).get("forest", ["tree"])
    codes, _ = cover_image(cover, bounds, crs, pixels=PIXELS)
    forest = [entry.code for entry in cover.legend.classes if entry.cover in kinds]
    return np.isin(codes.filled(-1), forest), ~np.ma.getmaskarray(codes)


register(Map("change", TITLE, draw_change, written="never"))
