"""An assessment as files: workbook, GeoParquet, GeoPackage, maps, page and provenance."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from greencover.assessment import Assessment
    from greencover.report.labels import Lang

__all__ = ["OUTPUTS", "write_all"]

#: Relative names of all files that :func:`write_all` may make.
OUTPUTS = (
    "assessment.xlsx",
    "assessment.parquet",
    "gaps.gpkg",
    "maps/forest-coverage.png",
    "maps/roadside-greening.png",
    "maps/gaps-over-cover.png",
    "maps/verdict-matrix.png",
    "report.html",
    "provenance.json",
)


def write_all(
    assessment: Assessment,
    out: str | Path,
    *,
    lang: Lang = "both",
    progress: Callable[[int, int, str], None] | None = None,
) -> dict[str, Path]:
    """Write every output of an assessment into a folder.

    All files are made in a temporary folder beside ``out`` and moved when the last one is whole.
    Results of an earlier run are replaced, and those that this assessment has no data for go
    away; other files in the folder stay.

    Parameters
    ----------
    assessment
        The assessment to write.
    out
        Folder; made when missing.
    lang
        Language of workbook and maps: ``"zh"``, ``"en"`` or ``"both"``. The page has a switch.
    progress
        Called with files done, files in all, and what comes next.

    Returns
    -------
    dict
        Relative name, such as ``"maps/forest-coverage.png"``, and path of each file written.

    Raises
    ------
    OutputError
        A file cannot be written; the folder is then as it was before.
    """
    from greencover.report.excel import write_excel
    from greencover.report.labels import check_lang
    from greencover.report.layers import write_layers
    from greencover.report.maps import write_maps
    from greencover.report.page import write_page
    from greencover.report.placing import changing_folder
    from greencover.report.provenance import write_provenance
    from greencover.report.tables import write_parquet

    check_lang(lang)
    steps: dict[str, Callable[[Path], object]] = {
        "assessment.xlsx": lambda to: write_excel(assessment, to / "assessment.xlsx", lang=lang),
        "assessment.parquet": lambda to: write_parquet(assessment, to / "assessment.parquet"),
        "gaps.gpkg": lambda to: write_layers(assessment, to / "gaps.gpkg"),
        "maps": lambda to: write_maps(assessment, to, lang=lang),
        "report.html": lambda to: write_page(assessment, to / "report.html"),
        "provenance.json": lambda to: write_provenance(assessment, to / "provenance.json"),
    }
    with changing_folder(out, ours=OUTPUTS) as drafts:
        for done, (name, write) in enumerate(steps.items()):
            if progress is not None:
                progress(done, len(steps), name)
            write(drafts)
        made = [name for name in OUTPUTS if (drafts / name).is_file()]
    if progress is not None:
        progress(len(steps), len(steps), "")
    return {name: Path(out) / name for name in made}
