"""Tables of residents and reference samples, as CSV and as Excel files.

The first byte says how the others are stored; an Excel file may be broken as a whole, or hold any
sheet.
"""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd

from badinputs.tables import TABLES
from fuzz.oracle import nothing_left_behind, one_input, or_one_sentence
from greencover.campaign.sample import read_sample
from greencover.campaign.sections import Accuracy
from greencover.cover import Legend
from greencover.layers import read_people

UNITS = pd.DataFrame({"code": ["T1", "T2"], "name": ["西林镇", "东草乡"]})
HOWS = ("csv", "workbook", "sheet", "book", "sample")
SHEET, BOOK = "xl/worksheets/sheet1.xml", "xl/workbook.xml"
CSV = (
    "乡镇,常住人口\n西林镇,1000\n东草乡,2000\n",
    "2023年人口\n,,\ncode;乡镇;常住人口\nT1;西林镇;１，２３４\n;东草乡;1.2万\n合计;;9",
    "乡镇\t常住人口（万人）\n西林\t0.1\n东草乡\t,\n",
)
SAMPLES = ("map,truth\n10,10\n30,10\n", ",10,30\n10,5,1\n30,2,9\n")


def prepare(folder: Path) -> Callable[[bytes], None]:
    legend = Legend.load("worldcover")

    def run(data: bytes) -> None:
        if len(data) < 2:
            return
        how, by = HOWS[data[0] % len(HOWS)], ("code", "name")[data[1] % 2]
        with one_input(folder / "input") as place:
            path = store(how, data[2:], place)
            with nothing_left_behind(place):
                if how == "sample":
                    columns = {"map": "map", "reference": "truth"} if data[1] % 2 else {}
                    section = Accuracy.model_validate({"path": str(path), **columns})
                    or_one_sentence(lambda: read_sample(section, legend))
                    return
                key = {by: {"code": "code", "name": "乡镇"}[by]}
                people = or_one_sentence(
                    lambda: read_people(path, UNITS, population="常住人口", **key)
                )
        if people is not None:
            assert people.index.equals(UNITS.index)
            assert np.isfinite(people).all()
            assert (people >= 0).all()

    return run


def store(how: str, content: bytes, folder: Path) -> Path:
    path = folder / ("table.csv" if how in ("csv", "sample") else "table.xlsx")
    inside = {"sheet": SHEET, "book": BOOK}.get(how)
    if inside is None:
        path.write_bytes(content)
        return path
    with zipfile.ZipFile(path, "w") as archive:
        for name, right in workbook().items():
            archive.writestr(name, content if name == inside else right)
    return path


def workbook(_made: dict[str, bytes] = {}) -> dict[str, bytes]:  # noqa: B006
    """The members of an Excel file that is right, made once."""
    if not _made:
        book, stream = openpyxl.Workbook(), io.BytesIO()
        for row in (["乡镇", "常住人口"], ["西林镇", 1000], ["东草乡", "1.2万"]):
            book.active.append(row)
        book.save(stream)
        with zipfile.ZipFile(stream) as archive:
            _made.update({name: archive.read(name) for name in archive.namelist()})
    return _made


def seeds() -> Iterator[bytes]:
    for text in CSV:
        for encoding in ("utf-8", "gb18030", "utf-16"):
            yield bytes([HOWS.index("csv"), 1]) + text.encode(encoding)
    for number, text in enumerate(SAMPLES, start=1):
        yield bytes([HOWS.index("sample"), number]) + text.encode()
    yield bytes([HOWS.index("sheet"), 1]) + workbook()[SHEET]
    yield bytes([HOWS.index("book"), 1]) + workbook()[BOOK]
    with tempfile.TemporaryDirectory() as name:
        for number, case in enumerate(TABLES.values()):
            place = Path(name) / str(number)
            place.mkdir()
            case.build(place)
            for path in (*place.glob("*.csv"), *place.glob("*.xlsx")):
                how = HOWS.index("csv" if path.suffix == ".csv" else "workbook")
                yield bytes([how, 1]) + path.read_bytes()
