"""Work packages as a workbook: a list to fill in and send back, and what it sums to."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd

from greencover.corridor._planting_ground import planting_rules
from greencover.corridor.work_packages import work_summary
from greencover.ground.saving import workbook
from greencover.ground.writing import replacing
from greencover.report.labels import BOTH, Lang, Sentence, check_lang, label, said
from greencover.report.office.workbook_cells import Column, Writer
from greencover.report.outputs import Output, OutputOptions, register

if TYPE_CHECKING:
    from greencover.report.view import View

__all__ = ["write_work_packages"]

FILE = "work-packages.xlsx"
_TEXT, _METRES, _AREA, _COUNT = "text", "#,##0", "#,##0.00", "#,##0"
_COLUMNS = (
    Column("gap_id", 22, _TEXT),
    Column("township", 14, _TEXT),
    Column("township_en", 18, _TEXT),
    Column("village", 14, _TEXT),
    Column("road", 14, _TEXT),
    Column("grade", 16, _TEXT, "grades"),
    Column("side", 10, _TEXT, "sides"),
    Column("chainage", 20, _TEXT),
    Column("length_m", 10, _METRES),
    Column("plant_mu", 10, _AREA),
    Column("trees", 9, _COUNT),
    Column("trees_to_check", 12, _COUNT),
    Column("priority", 9, _COUNT),
    Column("season", 14, _TEXT),
    Column("responsible", 20, _TEXT),
    Column("work_status", 18, _TEXT, "work_statuses"),
    Column("done_on", 14, _TEXT),
    Column("trees_planted", 12, _COUNT),
    Column("note", 30, _TEXT),
)
_SUMMARY = (
    Column("township", 16, _TEXT),
    Column("season", 14, _TEXT),
    Column("responsible", 22, _TEXT),
    Column("work_status", 18, _TEXT, "work_statuses"),
    Column("gaps", 9, _COUNT),
    Column("length_m", 12, _METRES),
    Column("plant_ha", 12, _AREA),
    Column("plant_mu", 12, _AREA),
    Column("trees", 10, _COUNT),
    Column("trees_to_check", 14, _COUNT),
)
_HEADING_ROW, _FIRST_ROW = 2, 4


def write_work_packages(packages: gpd.GeoDataFrame, path: str | Path, *, lang: Lang = BOTH) -> Path:
    """Write work packages as a workbook that can be filled in and named as the campaign's form.

    The first sheet has a row a package, the second sums by township, season, person and status.
    The names of the columns stand in a hidden row, so that the form is read back in any language.

    Parameters
    ----------
    packages
        ``Assessment.packages``.
    path
        Workbook to make or to replace.
    lang
        A language that has a catalogue, or ``"both"``.

    Examples
    --------
    >>> import greencover as gc
    >>> with Path("campaign.toml").open("a", encoding="utf-8") as file:
    ...     _ = file.write("[planting]\\nrows = 1\\n")
    >>> packages = gc.assess("campaign.toml").packages
    >>> write_work_packages(packages, "work-packages.xlsx", lang="en").name
    'work-packages.xlsx'
    """
    check_lang(lang)
    rows = pd.DataFrame(packages).drop(columns=["geometry", "belt", "places"], errors="ignore")
    with replacing(path) as draft, workbook(draft) as book:
        writer = Writer(book, lang)
        sheet = writer.sheet(label("packages", "sheets", lang=lang))
        writer.text(sheet, 0, 0, label("packages", "sheets", lang=lang), "title")
        writer.text(sheet, 1, 0, said(Sentence("field.how_to_report_work"), lang), "key")
        columns = [one for one in _COLUMNS if one.key in rows]
        for place, column in enumerate(columns):
            sheet.set_column(place, place, column.width)
            head = label(column.key, "columns", lang=lang, between="\n")
            writer.text(sheet, _HEADING_ROW, place, head, "head")
            writer.text(sheet, _HEADING_ROW + 1, place, column.key, "cell")
        sheet.set_row(_HEADING_ROW, 33)
        sheet.set_row(_HEADING_ROW + 1, None, None, {"hidden": True})
        for number, record in enumerate(rows.to_dict("records"), start=_FIRST_ROW):
            for place, column in enumerate(columns):
                writer.cell(sheet, number, place, column, record)
        _offer(sheet, [one.key for one in columns], len(rows), lang)
        sheet.freeze_panes(_FIRST_ROW, 1)
        sheet.repeat_rows(_HEADING_ROW)
        by = ("township", "season", "responsible", "work_status")
        summary = work_summary(rows, by=by) if len(rows) else rows
        title = label("package_sums", "sheets", lang=lang)
        writer.table(title, summary, _SUMMARY, legend=False, frozen=1)
    return Path(path)


def _offer(sheet: Any, keys: list[str], rows: int, lang: Lang) -> None:
    """Statuses to choose from."""
    place = keys.index("work_status")
    words = [label(one, "work_statuses", lang=lang) for one in planting_rules()["work_status"]]
    choice = {"validate": "list", "source": words, "ignore_blank": True}
    sheet.data_validation(_FIRST_ROW, place, _FIRST_ROW + max(rows, 1) - 1, place, choice)


def _write(view: View, folder: Path, options: OutputOptions) -> None:
    packages = view.assessment.packages
    if len(packages):
        write_work_packages(packages, folder / FILE, lang=options.lang)


register(Output("packages", _write, lambda: (FILE,), place=55))
