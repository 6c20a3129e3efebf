"""Maps of an assessment: forest coverage, roadside greening, gaps over land cover, verdicts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import matplotlib as mpl
from matplotlib.figure import Figure

from greencover.report import fonts
from greencover.report.labels import Lang
from greencover.report.map_coverage import draw_forest_coverage
from greencover.report.map_gaps import draw_gaps_over_cover
from greencover.report.map_roadsides import draw_roadside_greening
from greencover.report.matrix import draw_verdict_matrix
from greencover.report.selection import rates
from greencover.writing import replacing

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from greencover.assessment import Assessment

__all__ = [
    "draw_forest_coverage",
    "draw_gaps_over_cover",
    "draw_roadside_greening",
    "draw_verdict_matrix",
    "write_maps",
]


def _always(_: Assessment) -> bool:
    return True


def _has_roads(assessment: Assessment) -> bool:
    sides = assessment.layers.get("road_sides")
    return sides is not None and not sides.empty


def _has_forest(assessment: Assessment) -> bool:
    return not rates(assessment.table, "forest_coverage", "township").empty


MAPS: dict[str, tuple[Callable[..., Axes], Callable[[Assessment], bool]]] = {
    "forest-coverage.png": (draw_forest_coverage, _has_forest),
    "roadside-greening.png": (draw_roadside_greening, _has_roads),
    "gaps-over-cover.png": (draw_gaps_over_cover, _has_roads),
    "verdict-matrix.png": (draw_verdict_matrix, _always),
}


def write_maps(
    assessment: Assessment, folder: str | Path, *, lang: Lang = "both", dpi: int = 150
) -> dict[str, Path]:
    """Write every map that the assessment has data for into the sub-folder ``maps``.

    Returns
    -------
    dict
        Relative name, such as ``"maps/forest-coverage.png"``, and path of each map written.
    """
    written = {}
    for name, (draw, has_data) in MAPS.items():
        if not has_data(assessment):
            continue
        ax = draw(assessment, lang=lang)
        path = Path(folder) / "maps" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as draft, mpl.rc_context(fonts.settings()):
            figure = ax.get_figure(root=True)
            assert isinstance(figure, Figure)
            figure.savefig(draft, dpi=dpi, metadata={"Software": "greencover"})
        written[f"maps/{name}"] = path
    return written
