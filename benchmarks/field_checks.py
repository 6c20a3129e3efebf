"""How often the interval of checked station sides holds the truth.

A network of sides of unequal lengths is known whole: which are greened, which are gaps, which
cannot be planted, and what a map called them, with errors. Samples are drawn and "checked" by the
truth, and the interval of the county and of each grade is held against it. Run
``python -m benchmarks.field_checks``.
"""

from __future__ import annotations

import argparse

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

import greencover as gc

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
    """Share of draws whose interval holds the truth, and its mean half-width, by grade too."""
    sides = road.sides
    truth = {"all": rate(sides)} | {g: rate(rows) for g, rows in sides.groupby("grade")}
    held = dict.fromkeys(truth, 0)
    width = dict.fromkeys(truth, 0.0)
    where = sides.set_index("from_m")["truth"]
    for draw in range(draws):
        sample = gc.field_sample(road, n, by="grade", seed=draw)
        filled = sample.assign(found=where.loc[sample["from_m"]].to_numpy())
        whole = gc.checked_greening(road, filled).assign(grade="all")
        for row in pd.concat([whole, gc.checked_greening(road, filled, by="grade")]).itertuples():
            held[row.grade] += row.low_pct <= truth[row.grade] <= row.high_pct
            width[row.grade] += (row.high_pct - row.low_pct) / 2.0
    return pd.DataFrame(
        {
            "truth_pct": truth,
            "held_pct": {k: 100.0 * v / draws for k, v in held.items()},
            "half_width": {k: v / draws for k, v in width.items()},
        }
    )


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
