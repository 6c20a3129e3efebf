"""What the county's books say was planted beside which road: simulated, as everything here.

Records follow the plan: what was planted between the two years stands in them, and so do claims on
stretches that the cover shows open, in whole or in part. Two records lack a chainage.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from .chains import Chain
from .plan import SIDES, YEARS, gaps

FILE = "plantings.csv"
COLUMNS = (
    "road", "from_km", "to_km", "side", "township", "village", "trees", "area", "species", "date",
    "responsible", "alive",
)  # fmt: skip
SIDE_WORDS = {"left": "左侧", "right": "右侧", "": "两侧"}
# A belt of ten metres in rows of trees three metres apart: two rows of them.
BELT_M, SPACING_M, ROWS, M2_OF_MU = 10.0, 3.0, 2, 10_000 / 15


@dataclass(frozen=True)
class Record:
    """A row of the books; ``alive`` is the share of the trees that a count found living."""

    road: str
    from_km: float
    to_km: float
    side: str
    species: str
    date: str
    responsible: str
    alive: float | None = None


RECORDS = (
    Record("G72", 6.0, 7.6, "", "香樟", "2021-03-12", "王某", 0.94),
    Record("G105", 13.0, 15.0, "left", "枫香", "2021-03-20", "王某", 0.91),
    Record("S223", 6.0, 8.0, "right", "木荷", "2022-03-05", "李某", 0.88),
    Record("X101", 8.6, 9.9, "right", "银杏", "2022-03-12", "张某", 0.90),
    Record("X102", 2.0, 3.4, "", "香樟", "2022-11-18", "张某", 0.93),
    Record("X103", 1.0, 2.5, "", "枫香", "2022-11-25", "陈某", 0.86),
    # Two claims on open ground, and one on ground of which a quarter is lined.
    Record("X101", 5.2, 5.9, "left", "香樟", "2023-03-03", "张某"),
    Record("S223", 8.1, 9.0, "", "木荷", "2023-03-10", "李某"),
    Record("G105", 16.0, 17.6, "right", "枫香", "2023-03-17", "王某"),
)
# One counts for its road, one for its township.
WITHOUT_PLACE: tuple[dict[str, Any], ...] = (
    {"road": "S224", "trees": 460, "species": "木荷", "date": "2023-02", "responsible": "李某"},
    {"township": "青岚乡", "village": "杉木坑村", "trees": 1200, "area": 30, "species": "杉木"}
    | {"date": "2023-02", "responsible": "陈某"},
)


def build() -> pd.DataFrame:
    """Give the records as a table."""
    rows = [_row(record) for record in RECORDS]
    table = pd.DataFrame([*rows, *WITHOUT_PLACE], columns=list(COLUMNS))
    return table.astype({"trees": "Int64", "alive": "Int64"})


def known(chains: list[Chain]) -> dict[str, Any]:
    """What the plan shows where each record with a chainage lies, and the sums of all."""
    table = build()
    named = {chain.route.road: chain for chain in chains}
    return {
        "simulated": True,
        "records": len(table),
        "trees": int(table["trees"].sum()),
        "area_mu": float(table["area"].sum()),
        "without_place": len(WITHOUT_PLACE),
        "seen": [_seen(record, named[record.road]) for record in RECORDS],
    }


def _row(record: Record) -> dict[str, Any]:
    metres = (record.to_km - record.from_km) * 1000 * len(_sides(record))
    trees = round(metres / SPACING_M) * ROWS
    return {
        "road": record.road,
        "from_km": _chainage(record.from_km),
        "to_km": _chainage(record.to_km),
        "side": SIDE_WORDS[record.side],
        "trees": trees,
        "area": round(metres * BELT_M / M2_OF_MU, 1),
        "species": record.species,
        "date": record.date,
        "responsible": record.responsible,
        "alive": None if record.alive is None else round(trees * record.alive),
    }


def _sides(record: Record) -> tuple[str, ...]:
    return (record.side,) if record.side else SIDES


def _chainage(km: float) -> str:
    """Kilometres as a marker post has them."""
    metres = round(km * 1000)
    return f"K{metres // 1000}+{metres % 1000:03d}"


def _seen(record: Record, chain: Chain) -> dict[str, Any]:
    """How much of the record's roadside is a gap in the last year, and how much can be greened."""
    barred = [(low / 1000, high / 1000) for low, high in chain.excluded()]
    whole = gap = 0.0
    for side in _sides(record):
        whole += record.to_km - record.from_km - _shared(record, barred)
        own = [(one.from_km, one.to_km) for one in gaps(record.road, side, YEARS[1])]
        gap += _shared(record, own)
    return {
        "road": record.road,
        "from_km": record.from_km,
        "to_km": record.to_km,
        "side": record.side,
        "greened_km": round(whole - gap, 6),
        "gap_km": round(gap, 6),
    }


def _shared(record: Record, stretches: list[tuple[float, float]]) -> float:
    """Kilometres of a record that lie in some stretches."""
    ends = [(max(a, record.from_km), min(b, record.to_km)) for a, b in stretches]
    return sum(max(high - low, 0.0) for low, high in ends)
