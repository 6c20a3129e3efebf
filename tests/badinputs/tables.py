"""Tables of residents that cannot be joined to the units."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from badinputs.archives import bomb
from badinputs.case import Case, assessed

GOOD = "乡镇,人\n西林镇,1000\n东草乡,2000\n"


def joined(
    name: str,
    write: Callable[[Path], object],
    words: list[str],
    *,
    keys: str = 'name = "乡镇"\npopulation = "人"\n',
) -> Case:
    """Townships whose residents stand in a table of their own."""

    def change(county):
        county.replace('population = "residents"\n', "")
        county.replace(
            "[layers.roads]",
            f'[layers.townships.population_table]\npath = "{name}"\n{keys}[layers.roads]',
        )

    return assessed(words, change=change, damage=lambda folder: write(folder / name))


def content(text: str | bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(text if isinstance(text, bytes) else text.encode())


def sheet(frame: pd.DataFrame) -> Callable[[Path], object]:
    return lambda path: frame.to_excel(path, index=False)


PEOPLE = pd.DataFrame({"乡镇": ["西林镇", "东草乡"], "人": [1000, 2000]})

TABLES: dict[str, Case] = {
    "missing": joined("p.csv", lambda _: None, ["p.csv does not exist"]),
    "unit absent": joined(
        "p.csv", content("乡镇,人\n西林镇,1\n"), ["p.csv has no row for 东草乡", "'乡镇'"]
    ),
    "other suffix": joined(
        "p.csv", content("乡镇,人\n西林街道,1\n东草乡,2\n"), ["西林镇 (perhaps 西林街道)"]
    ),
    "slip of the pen": joined(
        "p.csv", content("乡镇,人\n西林镇,1\n东革乡,2\n"), ["东草乡 (perhaps 东革乡)"]
    ),
    "unit twice": joined(
        "p.csv", content(GOOD + "西林镇,3\n"), ["p.csv has 西林镇 more than once"]
    ),
    "figure blank": joined(
        "p.csv", content("乡镇,人\n西林镇,\n东草乡,2\n"), ["no population", "西林镇"]
    ),
    "figure in words": joined(
        "p.csv", content("乡镇,人\n西林镇,约一千\n东草乡,2\n"), ["西林镇 (约一千)"]
    ),
    "figure negative": joined(
        "p.csv", content("乡镇,人\n西林镇,-1\n东草乡,2\n"), ["negative population", "西林镇 (-1)"]
    ),
    "column absent": joined(
        "p.csv", content(GOOD.replace("人", "户")), ["no column '人'", "乡镇 and 户"]
    ),
    "ragged": joined("p.csv", content(GOOD + "a,b,c,d\n"), ["p.csv is no table"]),
    "empty": joined("p.csv", content(""), ["p.csv is no table (it is empty)"]),
    "binary": joined("p.csv", content(bytes(range(256))), ["p.csv is no text"]),
    "sheet absent": joined(
        "p.xlsx",
        sheet(PEOPLE),
        ["p.xlsx has no sheet '2022'", "Sheet1"],
        keys='sheet = "2022"\nname = "乡镇"\npopulation = "人"\n',
    ),
    "column absent from a sheet": joined(
        "p.xlsx", sheet(PEOPLE.rename(columns={"人": "户"})), ["no column '人'", "乡镇 and 户"]
    ),
    "no workbook": joined("p.xlsx", content("hello"), ["p.xlsx is damaged or no Excel file"]),
    "workbook that is a bomb": joined("p.xlsx", bomb, ["p.xlsx", "to 200 MB"]),
    "old workbook": joined("p.xls", content(b"\xd0\xcf\x11\xe0"), ["p.xls is in the old Excel"]),
    "other format": joined("p.pdf", content("%PDF"), ["p.pdf is neither CSV nor .xlsx"]),
    "no column to join by": joined(
        "p.csv", content(GOOD), ["either the column code or the column name"],
        keys='population = "人"\n',
    ),
    "on another machine": joined(
        "https://example.org/p.csv",
        lambda _: None,
        ["population_table.path", "on this machine", "https://example.org/p.csv"],
    ),
}  # fmt: skip
