"""Which of several sources finds the vacant sites of a city whose every tree is known."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks import tree_city

import greencover as gc

INVENTORY = ("inventory, crowns", "inventory, spacing")


@pytest.fixture(scope="module")
def city():
    return tree_city.built()


@pytest.fixture(scope="module")
def judged(city):
    return dict(tree_city.judged(city))


def standing(judged, condition):
    trees = judged["inventory, crowns"].trees
    return trees[trees["condition"] == condition]


def test_coarse_cover_finds_no_vacant_site_and_an_inventory_does(judged):
    alive, vacant = standing(judged, "alive"), standing(judged, "vacant")
    trees = {name: tree_city.called_gap(road, alive) for name, road in judged.items()}
    sites = {name: tree_city.called_gap(road, vacant) for name, road in judged.items()}
    lift = {name: sites[name] / max(trees[name], 1e-9) for name in judged}
    # What calls nearly everything a gap is hardly better than chance.
    assert lift["cover of 30 m"] < 1.1
    assert lift["cover of 10 m"] < 1.6
    # One tree in twenty is not on record, so one in twenty is hidden at the least.
    assert lift["inventory with errors"] > 5
    for name in (*INVENTORY, "cover of 1 m"):
        assert trees[name] <= 0.03, name
        assert lift[name] > 20, name


@pytest.mark.parametrize("name", INVENTORY)
def test_gaps_of_an_inventory_hold_no_tree(judged, name):
    assert tree_city.treeless(judged[name], standing(judged, "alive")) >= 0.97


def test_a_lone_tree_keeps_the_ground_under_its_crown(judged):
    """Trees further from both neighbours than trees may stand apart: 3.7 % of all."""
    road, alive = judged["inventory, spacing"], standing(judged, "alive")
    lone = 0
    for (name, side), part in alive.groupby(["road", "side"]):
        part = part.sort_values("at_m")
        at = part["at_m"].to_numpy()
        apart = np.diff(at, prepend=0.0, append=float(tree_city.SIZE)) > tree_city.SPACING_M
        of = road.sides[(road.sides["road"] == name) & (road.sides["side"] == side)]
        for tree in part[apart[:-1] & apart[1:]].itertuples():
            middle = (of["from_m"] + of["to_m"]) / 2
            under = of[(middle - tree.at_m).abs() < tree.crown_m / 2]
            lone += 1
            assert not (under["status"] == "gap").any()
    assert lone / len(alive) == pytest.approx(0.037, abs=0.002)


def test_every_place_of_the_city_stands_beside_one_street(city, judged):
    """Each site is 2 m behind one kerb, and no other street is near."""
    standing = judged["inventory, crowns"].trees
    assert len(standing) == len(city.sites)
    assert standing["from_edge_m"].to_numpy() == pytest.approx(tree_city.EDGE, abs=0.01)
    assert standing["condition"].value_counts().to_dict() == (
        city.sites["state"].value_counts().to_dict()
    )


def test_vacant_sites_on_listed_gaps_have_trees_to_plant(judged):
    """The ground is built-up on every map, where nothing but the inventory knows of pits."""
    road = judged["inventory, spacing"]
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
