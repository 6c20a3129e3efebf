"""Banks of rivers and lakes against scenes with an exact answer."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from affine import Affine

import greencover as gc
from corridor_scenes import GRASS, TREE, WATER, Scene, everywhere, trees_where
from greencover.ground.errors import LayerError
from greencover.rasters import ArrayCells

RULES = {"belt_m": 10.0, "threshold": 0.5}


@pytest.fixture
def scene(tmp_path):
    return Scene(tmp_path)


def layer(scene, *shapes, **columns):
    table = {"name": [f"W{i}" for i in range(len(shapes))], **columns}
    return gpd.GeoDataFrame(table, geometry=list(shapes), crs=scene.crs)


def test_both_banks_of_a_line_lie_half_its_width_away(scene):
    river = layer(scene, scene.line((-500, 0), (500, 0)), width=[30.0])
    cover = scene.cover(
        lambda x, y: np.where(np.abs(y) < 15, WATER, np.where((y > 0) & (x < -130), TREE, GRASS))
    )
    bank = gc.waterside_greening(river, cover, width_m="width", **RULES)
    by_side = bank.rates_by("side").set_index("side")
    assert by_side.loc["left", "greening_pct"] == pytest.approx(37.0, abs=1e-6)
    assert by_side.loc["right", "greening_pct"] == 0.0
    assert bank.rates.loc[0, ["water", "side_km"]].tolist() == ["W0", pytest.approx(2.0, abs=1e-4)]
    assert list(bank.gaps["water"]) == ["W0", "W0"]
    assert bank.gaps["chainage"].iloc[0] == "K0+370–K1+000"


def test_the_bank_of_a_lake_is_its_outline_outward(scene):
    angle = np.linspace(0, 2 * np.pi, 121)[:-1]
    lake = shapely.Polygon(scene.curve(200 * np.cos(angle), 200 * np.sin(angle)).coords)
    shore = 120 * 2 * 200 * np.sin(np.pi / 120)
    for drawn in (lake, lake.reverse()):
        bank = gc.waterside_greening(
            layer(scene, drawn),
            scene.cover(trees_where(lambda x, y: np.hypot(x, y) > 200)),
            **RULES,
        )
        row = bank.rates.iloc[0]
        assert row["side_km"] * 1000 == pytest.approx(shore, rel=1e-4)
        assert row["greening_pct"] == 100.0
        assert set(bank.sides["side"]) == {"bank"}
        ring = np.pi * (210**2 - 200**2)
        assert bank.sides["strip_ha"].sum() * 1e4 == pytest.approx(ring, rel=2e-3)


@pytest.mark.parametrize("date", ["2023", "2001"])
def test_a_canopy_sees_the_row_on_a_bank_that_the_cover_missed(scene, date):
    """A row of 4 m along the left bank of a line and round a pond; one too old tells nothing."""
    x, y = 800 * (np.arange(1600) / 1600 - 0.5), 800 * (0.5 - np.arange(1600) / 1600)
    x, y = np.meshgrid(x + 0.25, y - 0.25)
    pond = (np.abs(x - 200) < 64) & (np.abs(y - 150) < 64)
    high = ((x < 0) & (y > 16) & (y < 20)) | (
        pond & ~((np.abs(x - 200) < 60) & (np.abs(y - 150) < 60))
    )
    sx, sy = scene.scale
    height = ArrayCells.of(
        np.where(high, 8.0, 0.0).astype("float32"),
        transform=Affine(0.5 / sx, 0, scene.east - 400 / sx, 0, -0.5 / sy, scene.north + 400 / sy),
        crs=scene.crs,
        name="heights",
    )
    waters = layer(
        scene, scene.line((-300, 0), (300, 0)), scene.box(140, 90, 260, 210), width=[30.0, 0.0]
    )
    bank = gc.waterside_greening(
        waters,
        scene.cover(everywhere(GRASS)),
        width_m="width",
        belt_m=10.0,
        threshold=0.3,
        canopy=gc.LandCover.from_height(height, min_height_m=3),
        dates={"canopy": date},
        max_age_years=5,
        as_of="2024",
    )
    counts = bank.sides["status"] == "greened"
    greened = bank.sides[counts].groupby("side")["length_m"].sum().to_dict()
    expected = {"left": 300, "bank": 480} if date == "2023" else {}
    assert greened == pytest.approx(expected, abs=0.5)
    assert set(bank.sides.loc[counts, "evidence"]) <= {"canopy"}
    assert bank.disagreements["length_m"].sum() == pytest.approx(780, abs=0.5)


def test_islands_have_banks_of_their_own(scene):
    outer, inner = scene.box(-300, -300, 300, 300), scene.box(-100, -100, 100, 100)
    lake = shapely.difference(outer, inner)
    cover = scene.cover(trees_where(lambda x, y: (np.abs(x) < 100) & (np.abs(y) < 100)))
    with_island = gc.waterside_greening(layer(scene, lake), cover, **RULES).rates_by().iloc[0]
    assert with_island["side_km"] == pytest.approx(3.2, abs=1e-3)
    assert with_island["greened_km"] == pytest.approx(0.8, abs=1e-3)
    without = gc.waterside_greening(layer(scene, lake), cover, islands=False, **RULES)
    assert without.rates_by()["side_km"].item() == pytest.approx(2.4, abs=1e-3)


def test_a_lake_in_two_pieces_has_no_bank_between_them(scene):
    halves = layer(
        scene, scene.box(-200, -100, 0, 100), scene.box(0, -100, 200, 100), name=["L", "L"]
    )
    bank = gc.waterside_greening(halves, scene.cover(everywhere(TREE)), **RULES)
    assert bank.rates["side_km"].item() == pytest.approx(1.2, abs=1e-3)


def test_lines_and_polygons_in_one_layer(scene):
    waters = layer(scene, scene.line((-500, 300), (500, 300)), scene.box(-100, -100, 100, 100))
    bank = gc.waterside_greening(waters, scene.cover(everywhere(TREE)), width_m=10.0, **RULES)
    assert bank.sides.groupby("water")["length_m"].sum().round(0).to_dict() == {
        "W0": 2000.0, "W1": 800.0,
    }  # fmt: skip
    assert bank.sides["station"].nunique() == 100 + 80


def test_units_cut_the_banks_and_sum_to_the_whole(scene):
    units = gpd.GeoDataFrame(
        {"code": ["W", "E"]},
        geometry=[scene.box(-600, -600, 33, 600), scene.box(33, -600, 600, 600)],
        crs=scene.crs,
    )
    lake = layer(scene, scene.box(-200, -100, 200, 100))
    bank = gc.waterside_greening(lake, scene.cover(everywhere(GRASS)), units=units, **RULES)
    parts = bank.rates_by("unit").set_index("unit")["side_km"]
    assert parts["W"] == pytest.approx(0.233 * 2 + 0.2, abs=2e-3)
    assert parts.sum() == pytest.approx(bank.rates["side_km"].item(), rel=1e-12)


def test_mistakes_are_named(scene):
    cover = scene.cover(everywhere(TREE))
    with pytest.raises(LayerError, match="water layer"):
        gc.waterside_greening(layer(scene, scene.line((0, 0), (9, 0))), cover, water="river")
    with pytest.raises(LayerError, match="water layer has no column 'w'"):
        gc.waterside_greening(layer(scene, scene.line((0, 0), (9, 0))), cover, width_m="w")
    with pytest.raises(LayerError, match="Points"):
        gc.waterside_greening(layer(scene, shapely.Point(scene.east, scene.north)), cover)


def test_a_river_as_polygon_and_as_line_has_its_banks_once(scene):
    river, centre = scene.box(-300, -10, 200, 10), scene.line((-400, 0), (300, 0))
    waters = layer(scene, river, centre)
    banks = gc.waterside_greening(waters, scene.cover(everywhere(TREE)), width_m=20.0, **RULES)
    # The outline of the polygon, and both banks of 100 m of line beyond it at either end.
    assert banks.rates_by()["side_km"].item() == pytest.approx(1.04 + 0.4, abs=2e-3)
    (chain,) = banks.chains[banks.chains["loop"] == False].itertuples()  # noqa: E712
    assert chain.length_m == pytest.approx(700.0, abs=0.01)
    assert any(note.code == "corridor.in_other_water" for note in banks.notes)


@pytest.mark.parametrize("gap", [0.0, 0.05, -3.0])
def test_a_lake_cut_in_two_has_no_bank_at_the_cut(scene, gap):
    halves = scene.box(-200, -100, -gap, 100), scene.box(0, -100, 200, 100)
    waters = layer(scene, *halves).assign(name=["L", "M"])
    banks = gc.waterside_greening(waters, scene.cover(everywhere(TREE)), **RULES)
    sides = banks.rates_by("water").set_index("water")["side_km"]
    assert sides.sum() == pytest.approx(1.2, abs=2e-3)
    assert sides["L"] == pytest.approx(0.6 - 0.002 * min(gap, 0.0), abs=2e-3)
    # The belts lie on the land.
    water = shapely.buffer(shapely.union_all(halves), -1e-6)
    assert not shapely.intersects(banks.sides.geometry.to_numpy(), water).any()
