"""Which of several sources finds the vacant sites of a city whose every tree is known."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely

import greencover as gc
import tree_city
from tree_city import BELT, CRS, NORTH, OFFSET, SIZE, WEST


@pytest.fixture(scope="module")
def city():
    return tree_city.built()


@pytest.fixture(scope="module")
def judged(city):
    """Greening by each source, and what stands where."""
    extent = gpd.GeoDataFrame(
        geometry=[shapely.box(WEST, NORTH - SIZE, WEST + SIZE, NORTH)], crs=CRS
    )
    rules = {"grade": None, "offset_m": OFFSET, "belt_m": BELT}
    inventory = {"trees": city.sites, "status": "state", "crown_m": "crown", "surveyed": extent}
    given = {
        "30 m": (30, {}),
        "10 m": (10, {}),
        "1 m": (1, {}),
        "crowns": (30, inventory),
        "spacing": (30, {**inventory, "spacing_m": 18}),
    }
    return {
        name: gc.roadside_greening(city.streets, city.cover(cell), **rules, **more)
        for name, (cell, more) in given.items()
    }


def called_gap(road, places) -> float:
    """Share of places on sides called a gap; one between two sides must have gaps on both."""
    on = []
    sides = dict(tuple(road.sides.groupby(["road", "side"])))
    for key, part in places.groupby(["road", "side"]):
        of = sides[key]
        at = part["at_m"].to_numpy()[:, None]
        touches = (of["from_m"].to_numpy() <= at + 0.01) & (of["to_m"].to_numpy() >= at - 0.01)
        gap = (of["status"] == "gap").to_numpy()
        on.append((touches & ~gap).sum(axis=1) == 0)
    return float(np.concatenate(on).mean())


def test_coarse_cover_finds_no_vacant_site_and_an_inventory_does(judged):
    standing = judged["crowns"].trees
    alive = standing[standing["condition"] == "alive"]
    vacant = standing[standing["condition"] == "vacant"]
    trees = {name: called_gap(road, alive) for name, road in judged.items()}
    sites = {name: called_gap(road, vacant) for name, road in judged.items()}
    lift = {name: sites[name] / max(trees[name], 1e-9) for name in judged}
    # What calls nearly everything a gap is hardly better than chance.
    assert lift["30 m"] < 1.1
    assert lift["10 m"] < 1.6
    assert trees["crowns"] <= 0.03
    assert trees["spacing"] <= 0.03
    assert min(lift["crowns"], lift["spacing"], lift["1 m"]) > 20


@pytest.mark.parametrize("rule", ["crowns", "spacing"])
def test_gaps_of_an_inventory_hold_no_tree(judged, rule):
    road = judged[rule]
    alive = road.trees[road.trees["condition"] == "alive"]
    gaps = road.sides[road.sides["status"] == "gap"]
    empty = 0.0
    for (name, side), part in gaps.groupby(["road", "side"]):
        at = np.sort(alive.loc[(alive["road"] == name) & (alive["side"] == side), "at_m"])
        first = np.searchsorted(at, part["from_m"] + 0.01)
        last = np.searchsorted(at, part["to_m"] - 0.01)
        empty += part.loc[first == last, "length_m"].sum()
    assert empty / gaps["length_m"].sum() >= 0.97


def test_every_place_of_the_city_stands_beside_one_street(city, judged):
    """Each site is 2 m behind one kerb, and no other street is near."""
    standing = judged["crowns"].trees
    assert len(standing) == len(city.sites)
    assert standing["from_edge_m"].to_numpy() == pytest.approx(tree_city.EDGE, abs=0.01)
    assert standing["condition"].value_counts().to_dict() == (
        city.sites["state"].value_counts().to_dict()
    )


def test_vacant_sites_on_listed_gaps_have_trees_to_plant(judged):
    """The ground is built-up on every map, where nothing but the inventory knows of pits."""
    road = judged["spacing"]
    listed = gc.planting_list(road)
    vacant = road.trees[road.trees["condition"] == "vacant"]
    on, served = 0, 0
    for place in vacant.itertuples():
        here = listed[
            (listed["road"] == place.road)
            & (listed["side"] == place.side)
            & (listed["from_m"] <= place.at_m + 1e-6)
            & (listed["to_m"] >= place.at_m - 1e-6)
        ]
        on += len(here) > 0
        served += bool((here["trees"] > 0).any())
    assert on > 1000
    assert served >= 0.98 * on
    assert listed["sites"].sum() == on
    assert (listed["trees"] >= listed["sites"]).all()
