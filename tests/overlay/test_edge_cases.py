"""Zones at the edge of what an overlay can see, here and in two other libraries.

Each row is a row of the table in docs/engine.md; figures are cells of each class.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import shapely
from exactextract import exact_extract
from rasterstats import zonal_stats

import greencover as gc
from paths import ROOT
from strategies import CELL_HA, CODES, cells_box, cover_of, stripes, write_raster, zones_of

DOCS = ROOT / "docs" / "engine.md"


class Case(NamedTuple):
    """A zone and the cells of each class that three libraries find in it."""

    name: str
    zone: Any
    ours: dict[int, float]
    unobserved: float
    exactextract: dict[int, float]
    rasterstats: dict[int, float]


CASES = [
    Case(
        "smaller than a cell, off its centre",
        cells_box(1.05, 4.05, 1.25, 4.55),
        {2: 0.1},
        0.0,
        {2: 0.1},
        {},
    ),
    Case(
        "on cell boundaries",
        cells_box(1, 1, 3, 4),
        {2: 3, 3: 3},
        0.0,
        {2: 3, 3: 3},
        {2: 3, 3: 3},
    ),
    Case(
        "corners on cell centres",
        cells_box(0.5, 0.5, 1.5, 1.5),
        {1: 0.5, 2: 0.5},
        0.0,
        {1: 0.5, 2: 0.5},
        {2: 2},
    ),
    Case(
        "line-thin, through cell centres",
        cells_box(0.5, 2.5, 6.5, 2.501),
        {1: 0.0015, 2: 0.002, 3: 0.0015, 7: 0.001},
        0.0,
        {1: 0.0015, 2: 0.002, 3: 0.0015, 7: 0.001},
        {1: 1, 2: 2, 3: 2, 7: 1},
    ),
    Case(
        "line-thin, between cell centres",
        cells_box(0.5, 2.0, 6.5, 2.001),
        {1: 0.0015, 2: 0.002, 3: 0.0015, 7: 0.001},
        0.0,
        {1: 0.0015, 2: 0.002, 3: 0.0015, 7: 0.001},
        {},
    ),
    Case("touching the raster's corner", cells_box(-2, -2, 0, 0), {}, 4.0, {}, {}),
    Case(
        "partly outside", cells_box(22, 18, 26, 22), {3: 2, 7: 2}, 12.0, {3: 2, 7: 2}, {3: 2, 7: 2}
    ),
    Case("wholly outside", cells_box(100, 100, 102, 102), {}, 4.0, {}, {}),
]


@pytest.fixture(scope="module")
def raster(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_raster(tmp_path_factory.mktemp("edge") / "cover.tif", stripes(), nodata=0)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_ours(case: Case, raster: Path) -> None:
    """What is covered is counted to the last part of a cell, and the rest is unobserved."""
    zones = zones_of(case.zone, cells_box(0, 0, 1, 1))
    row = gc.class_areas(zones, cover_of(raster), area="grid").iloc[0] / CELL_HA

    found = {code: row[code] for code in CODES if row[code]}
    assert found == pytest.approx(case.ours, rel=1e-7)
    assert row["unobserved_ha"] == pytest.approx(case.unobserved, rel=1e-9)
    # Coordinates of millions of metres hold the sides of a strip to 1e-8 of a cell.
    assert row.sum() == pytest.approx(shapely.area(case.zone) / 100.0, rel=1e-9, abs=1e-8)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_exactextract(case: Case, raster: Path) -> None:
    """The same parts of cells in single precision; it does not say what is outside."""
    operations = ["count", "unique", "frac"]
    found = exact_extract(str(raster), zones_of(case.zone), operations)[0]["properties"]
    cells = dict(zip(found["unique"].tolist(), found["frac"] * found["count"], strict=True))

    assert cells == pytest.approx(case.exactextract, rel=1e-6)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
@pytest.mark.filterwarnings("ignore")
def test_rasterstats(case: Case, raster: Path) -> None:
    """Whole cells whose centre is inside: a zone may vanish or grow a thousandfold."""
    found = zonal_stats(zones_of(case.zone), str(raster), categorical=True)[0]

    assert {int(code): count for code, count in found.items()} == case.rasterstats


def cells_text(cells: dict[int, float]) -> str:
    return ", ".join(f"{code}: {count:g}" for code, count in cells.items()) or "nothing"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_documentation_has_the_row(case: Case) -> None:
    ours = cells_text(case.ours)
    if case.unobserved:
        ours = (
            f"unobserved: {case.unobserved:g}"
            if not case.ours
            else (f"{ours}, unobserved: {case.unobserved:g}")
        )
    row = [case.name, ours, cells_text(case.exactextract), cells_text(case.rasterstats)]
    text = re.sub(r"[ ]+", " ", DOCS.read_text(encoding="utf-8"))

    assert f"| {' | '.join(row)} |" in text
