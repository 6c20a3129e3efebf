"""Chainage as people write it, and roads calibrated by it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import greencover as gc
from corridor_scenes import TREE, Scene, everywhere
from greencover.corridor.chainage import chainage_km
from greencover.ground.errors import LayerError

RULES = {"grade": None, "offset_m": 5.0, "belt_m": 10.0, "threshold": 0.5}


@pytest.mark.parametrize(
    "text",
    ["12.3", "K12+300", "k12+300", "K12 + 300", "Ｋ１２＋３００", "12.3km", "12.3 KM", "12.3公里",
     "１２.３", "12,300", "12,3", "12300m", "12,300 m", "12 300 m",
     "12+300.0", "AK12+300", "K12.3", 12.3],
)  # fmt: skip
def test_a_chainage_is_read_in_every_way_of_writing_it(text):
    assert chainage_km(pd.Series([text]), "roads") == pytest.approx([12.3], abs=1e-12)


def test_empty_cells_are_not_known_and_minus_is_minus():
    column = pd.Series([None, np.nan, "", "  ", pd.NA, "K-1+200"], dtype=object)
    np.testing.assert_array_equal(chainage_km(column, "roads"), [np.nan] * 5 + [-1.2])


def test_a_column_decides_what_a_comma_is():
    assert chainage_km(pd.Series(["1,234", "0,5"]), "roads").tolist() == [1.234, 0.5]
    assert chainage_km(pd.Series(["1,234.5"]), "roads").tolist() == [1234.5]


@pytest.mark.parametrize("text", ["x", "1,234", np.inf, "K12+3000", "12.3.4", "K"])
def test_what_is_no_chainage_is_refused_by_row(text):
    with pytest.raises(LayerError, match=r"(?s)start.*row 2.*K12\+300"):
        chainage_km(pd.Series(["1.5", text], name="start", dtype=object), "road layer")


def of(scene, lines, km):
    roads = scene.roads(*lines, name="R", km=km)
    cover = scene.cover(everywhere(TREE))
    return gc.roadside_greening(roads, cover, start_km="km", **RULES)


def test_a_road_follows_its_chainage_against_the_drawing(tmp_path):
    scene = Scene(tmp_path)
    lines = [scene.line((-200, 0), (0, 0)), scene.line((0, 0), (300, 0))]
    road = of(scene, lines, ["K10+500", "K10+300"])
    # Chainage is that of the first point of each piece: it falls eastward from K10+500.
    assert road.chains["from_m"].item() == pytest.approx(10000.0, abs=0.1)
    assert road.chains["to_m"].item() == pytest.approx(10500.0, abs=0.1)
    assert road.chains.geometry.item().coords[0][0] > scene.east
    assert [note.code for note in road.notes] == ["corridor.chainage_falls"]


def test_chainages_that_contradict_the_length_are_told(tmp_path):
    scene = Scene(tmp_path)
    lines = [scene.line((-200, 0), (0, 0)), scene.line((0, 0), (300, 0))]
    told = of(scene, lines, ["10.0", "10.4"])
    assert [note.code for note in told.notes] == ["corridor.chainage_apart"]
    assert not of(scene, lines, ["10.0", "10.205"]).notes
