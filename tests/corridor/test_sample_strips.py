"""Roadsides of the sample county against a count by points: each wrong rule is caught somewhere."""

from __future__ import annotations

import json

import geopandas as gpd
import numpy as np
import pytest

import greencover as gc
from paths import SAMPLE

OFFSET_M = {
    "expressway": 13.0, "national": 6.0, "provincial": 5.0, "county": 4.0, "township": 3.25,
    "village": 2.25,
}  # fmt: skip
BELT_M = {**dict.fromkeys(OFFSET_M, 10.0), "township": 8.0, "village": 8.0}
RULES = {"offset_m": OFFSET_M, "belt_m": BELT_M, "threshold": 0.3}
WRONG = {
    "belts of 4 m": {"belt_m": 4.0},
    "belts of 20 m": {"belt_m": 20.0},
    "greened from 0.6": {"threshold": 0.6},
    "3 m too far out": {"offset_m": {grade: one + 3.0 for grade, one in OFFSET_M.items()}},
    "3 m too near": {"offset_m": {grade: max(one - 3.0, 0.0) for grade, one in OFFSET_M.items()}},
}


@pytest.fixture(scope="module")
def truth() -> dict:
    return json.loads((SAMPLE / "truth.json").read_text("utf-8"))["strips"]


def too_far(truth: dict, **changes: object) -> dict[tuple[str, str], float]:
    """How far greened lengths are beyond their tolerance, in metres, by road and side."""
    cover = gc.LandCover.open(SAMPLE / "cover_2023.tif", legend="worldcover", year=truth["year"])
    roads = gpd.read_file(SAMPLE / "county.gpkg", layer="roads")
    road = gc.roadside_greening(
        roads, cover, road="road", bridge="bridge", tunnel="tunnel", **{**RULES, **changes}
    )
    greened = road.sides[road.sides["status"] == "greened"]
    found = {}
    for name, sides in truth["roads"].items():
        for side, known in sides.items():
            own = greened[(greened["road"] == name) & (greened["side"] == side)]
            low, high = own["from_m"].to_numpy(), own["to_m"].to_numpy()
            metres = sum(
                np.clip(np.minimum(high, end) - np.maximum(low, start), 0.0, None).sum()
                for start, end in known["clear_m"]
            )
            found[name, side] = abs(metres - known["greened_m"]) - known["tolerance_m"]
    return found


def test_the_campaign_asks_for_these_rules():
    import tomllib

    asked = tomllib.loads((SAMPLE / "campaign.toml").read_text("utf-8"))["roadside"]
    assert {name: asked[name] for name in RULES} == RULES


def test_every_side_is_as_counted_by_points(truth):
    found = too_far(truth)
    assert sum(known["length_m"] for s in truth["roads"].values() for known in s.values()) > 200_000
    assert {where: metres for where, metres in found.items() if metres > 0.0} == {}


@pytest.mark.parametrize("wrong", list(WRONG))
def test_a_wrong_rule_is_caught(truth, wrong):
    found = too_far(truth, **WRONG[wrong])
    assert max(found.values()) > 0.0
