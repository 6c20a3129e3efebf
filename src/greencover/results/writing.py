"""An assessment as files: workbook, Word report, page, tables, layers, maps and provenance."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from greencover.ground.errors import GreencoverWarning
from greencover.report.kinds import (
    DEFAULT_FORMATS,
    EXTRA_MAPS,
    FORMATS,
    MAPS,
    PICTURES,
    all_files,
    check_choice,
)

if TYPE_CHECKING:
    from greencover.report.labels import Lang
    from greencover.report.sentences import Tongue
    from greencover.report.style import MapStyle
    from greencover.verdicts import Assessment

__all__ = ["DEFAULT_FORMATS", "FORMATS", "MAPS", "check_options", "write_all"]


def write_all(
    assessment: Assessment,
    out: str | Path,
    *,
    lang: Lang = "both",
    formats: Iterable[str] | None = None,
    maps: Iterable[str] = MAPS,
    template: str | Path | None = None,
    style: MapStyle | None = None,
    dpi: int = 150,
    progress: Callable[[int, int, str], None] | None = None,
) -> dict[str, Path]:
    """Write an assessment into a folder.

    All files are made in a temporary folder beside ``out`` and moved when the last one is whole.
    Results of an earlier run are replaced, and those that were not made again go away; other
    files in the folder stay.

    Parameters
    ----------
    assessment
        The assessment to write.
    out
        Folder; made when missing.
    lang
        ``"zh"``, ``"en"`` or ``"both"``. The page has a switch; of the Word report there is one
        file a language.
    formats
        Any of ``"xlsx"``, ``"docx"``, ``"html"``, ``"parquet"``, ``"gpkg"``, ``"png"``,
        ``"svg"``, ``"pdf"`` (maps), ``"json"`` (provenance), ``"gpx"`` and ``"kml"`` (gaps for the
        field). All but SVG, PDF, GPX and KML when left out; the Word report then needs
        greencover[report] and is left out without it.
    maps
        Names of maps; ``"townships"`` makes a PDF with a page a township.
    template
        A Word template in place of the one that comes with the package.
    style
        How the maps look; in the language of ``lang`` when left out.
    dpi
        Dots an inch of PNG maps.
    progress
        Called with files done, files in all, and what comes next.

    Returns
    -------
    dict
        Relative name, such as ``"maps/forest-coverage.png"``, and path of each file written.

    Raises
    ------
    OutputError
        A file cannot be written, or the template cannot be used; the folder is then as it was.
    MissingExtraError
        The Word report was asked for and its package is not installed.
    """
    from greencover.ground.writing import replacing_folder

    chosen, maps = check_options(lang=lang, formats=formats, maps=maps, template=template)
    with replacing_folder(out, ours=all_files()) as drafts:
        steps = _steps(assessment, drafts, chosen, maps, lang, template, style, dpi)
        for done, (name, write) in enumerate(steps.items()):
            if progress is not None:
                progress(done, len(steps), name)
            write()
        made = [name for name in all_files() if (drafts / name).is_file()]
    if progress is not None:
        progress(len(steps), len(steps), "")
    return {name: Path(out) / name for name in made}


def check_options(
    *,
    lang: str = "both",
    formats: Iterable[str] | None = None,
    maps: Iterable[str] = MAPS,
    template: str | Path | None = None,
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Refuse options that cannot be, before anything is computed; return formats and maps."""
    from greencover.report.labels import check_lang

    check_lang(lang)
    chosen = check_choice(DEFAULT_FORMATS if formats is None else formats, FORMATS, "format")
    chosen_maps = check_choice(maps, (*MAPS, *EXTRA_MAPS), "map")
    if "docx" in chosen and formats is None and template is None and not find_spec("docxtpl"):
        warnings.warn(
            "The Word report was left out: install greencover[report] to have it.",
            GreencoverWarning,
            stacklevel=3,
        )
        chosen = tuple(f for f in chosen if f != "docx")
    if "docx" in chosen:
        from greencover.report.office.word import check_template, needed

        needed()
        if template is not None:
            check_template(template)
    elif template is not None:
        raise ValueError("A template is given without the format docx: add docx to the formats.")
    return chosen, chosen_maps


def _steps(
    assessment: Assessment,
    to: Path,
    formats: tuple[str, ...],
    maps: tuple[str, ...],
    lang: Lang,
    template: str | Path | None,
    style: MapStyle | None,
    dpi: int,
) -> dict[str, Callable[[], object]]:
    """What is to be written, by name, in the order of writing."""
    from greencover.report.gis.field import write_gpx, write_kml
    from greencover.report.gis.layers import write_layers
    from greencover.report.maps.files import write_maps
    from greencover.report.office.workbook import write_excel
    from greencover.report.page.html import write_page
    from greencover.report.provenance import write_provenance
    from greencover.report.style import MapStyle
    from greencover.report.tables import write_parquet

    pictures = [f for f in formats if f in PICTURES]
    look = style or MapStyle(lang=lang)
    steps: dict[str, Callable[[], object]] = {
        "xlsx": lambda: write_excel(assessment, to / "assessment.xlsx", lang=lang),
        "docx": lambda: _write_word(assessment, to, lang, template, look.approval),
        "parquet": lambda: write_parquet(assessment, to / "assessment.parquet"),
        "gpkg": lambda: write_layers(assessment, to / "gaps.gpkg"),
        "html": lambda: write_page(assessment, to / "report.html", lang=lang),
        "json": lambda: write_provenance(assessment, to / "provenance.json"),
        "gpx": lambda: write_gpx(
            assessment.gaps, to / "gaps.gpx", title=assessment.title, lang=lang
        ),
        "kml": lambda: write_kml(
            assessment.gaps, to / "gaps.kml", title=assessment.title, lang=lang
        ),
    }
    steps = {name: write for name, write in steps.items() if name in formats}
    if pictures:
        steps["maps"] = lambda: write_maps(
            assessment, to, maps=maps, formats=pictures, style=look, dpi=dpi
        )
    return steps


def _write_word(
    assessment: Assessment, to: Path, lang: Lang, template: str | Path | None, approval: str
) -> None:
    from greencover.report.office.word import write_word

    tongues: dict[Tongue, str] = {"zh": "report-zh.docx", "en": "report-en.docx"}
    for tongue, name in tongues.items():
        if lang in (tongue, "both"):
            write_word(assessment, to / name, lang=tongue, template=template, approval=approval)
