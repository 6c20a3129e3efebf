"""How often the interval of checked station sides holds the truth.

A network of sides of unequal lengths is known whole: which are greened, which are gaps, which
cannot be planted, and what a map called them, with errors. Samples are drawn and "checked" by the
truth, and the interval of the county and of each grade is held against it. Run
``python -m benchmarks.field_checks``.
"""

from __future__ import annotations

import argparse
from dataclasses import fields

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

import greencover as gc
from greencover.corridor.field_form import Checks, StratumChecks
from greencover.corridor.field_frame import frame_of

GRADES = ("national", "county", "village")


def network(sides: int, greened: float, errors: float, seed: int) -> gc.RoadsideGreening:
    """Sides with their truth in the column ``truth``; ``errors``: share that is called wrongly."""
    rng = np.random.default_rng(seed)
    length = rng.uniform(5.0, 35.0, sides)
    truth = np.where(rng.random(sides) < greened, "greened", "gap").astype(object)
    wrong = rng.random(sides) < errors
    called = np.where(wrong, np.where(truth == "gap", "greened", "gap"), truth)
    truth[rng.random(sides) < 0.1] = "excluded"
    ends = np.cumsum(length)
    table = {
        "road": "R", "side": "left", "grade": rng.choice(GRADES, sides, p=[0.2, 0.3, 0.5]),
        "from_m": ends - length, "to_m": ends, "length_m": length,
        "status": called, "truth": truth,
    }  # fmt: skip
    line = shapely.LineString([(114.0, 30.0), (114.1, 30.0)])
    return gc.RoadsideGreening(gpd.GeoDataFrame(table, geometry=[line] * sides, crs=4326), {})


def rate(sides: pd.DataFrame) -> float:
    """Greened of what is greened or a gap, in percent, by the truth."""
    length = sides.groupby("truth")["length_m"].sum()
    return float(100.0 * length.get("greened", 0.0) / length.drop("excluded").sum())


def coverage(road: gc.RoadsideGreening, n: int, draws: int) -> pd.DataFrame:
    """Share of draws whose interval holds the truth, and its mean half-width, by grade too.

    The draws are those of ``field_sample`` with seeds from 0 on; their limits, which
    ``checked_greening`` gives draw by draw, are worked out for all at once.
    """
    frame = frame_of(road, ("grade",), n)
    truth = frame.sides["truth"].to_numpy()
    drawn = []
    for draw in range(draws):
        rows = frame.drawn(n, str(draw))
        drawn.append(Checks(frame, rows, truth[rows], str(draw)))
    grade = frame.sides["grade"].to_numpy()
    table = {}
    for name in ("all", *GRADES):
        part = np.ones(len(grade), dtype=bool) if name == "all" else grade == name
        real = rate(frame.sides[part])
        low, high = limits([checks.by_stratum(part) for checks in drawn])
        held = (low <= real) & (real <= high)
        table[name] = real, 100.0 * held.mean(), ((high - low) / 2.0).mean()
    return pd.DataFrame.from_dict(
        table, orient="index", columns=["truth_pct", "held_pct", "half_width"]
    )


def limits(draws: list[StratumChecks], level: float = 0.95) -> tuple[np.ndarray, np.ndarray]:
    """Limits of the rate that each draw gives, in percent."""
    stacked = {
        one.name: np.stack([getattr(cells, one.name) for cells in draws])
        for one in fields(StratumChecks)
    }
    _, low, high = StratumChecks(**stacked).shares(level)
    return 100.0 * low, 100.0 * high


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=4000)
    parser.add_argument("--sides", type=int, default=1000)
    parser.add_argument("--n", type=int, default=200)
    given = parser.parse_args()
    for greened in (0.5, 0.9, 0.99):
        for errors in (0.05, 0.2):
            found = coverage(network(given.sides, greened, errors, 1), given.n, given.draws)
            print(f"greened {greened:.0%}, called wrongly {errors:.0%}")
            print(found.round(1).to_string(), flush=True)
