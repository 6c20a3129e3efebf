"""Every cover indicator on a scene with an answer by hand, and on the sample county."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

import greencover as gc
import scenes
from greencover.ground.errors import CrsError, LayerError, LegendError
from greencover.indicators.canopy import (
    canopy_cover,
    canopy_near,
    car_park_canopy,
    street_canopy_cover,
)
from greencover.indicators.forest import water_source_forest
from greencover.indicators.formulas import share
from greencover.indicators.green_space import built_up_green_coverage
from greencover.indicators.shelterbelt import shelterbelt_control
from greencover.indicators.village import village_greening
from greencover.standards import Target
from greencover.verdicts.verdicts import judge
from paths import SAMPLE
from scenes import BARE, BUILT, CROP, GRASS, NOTHING, SHRUB, TREE, WATER, WETLAND, box, layer


@pytest.fixture
def mosaic(tmp_path: Path) -> gc.LandCover:
    """Ten columns by ten rows: a column of each class, and two of trees.

    Columns: tree, tree, shrub, grass, crop, wetland, water, built, bare, unobserved.
    """
    columns = [TREE, TREE, SHRUB, GRASS, CROP, WETLAND, WATER, BUILT, BARE, NOTHING]
    return scenes.cover(tmp_path, np.tile(columns, (10, 1)))


WHOLE = box(0, 0, 10, 10)


class TestForestCoverage:
    def test_by_hand(self, mosaic):
        row = gc.forest_coverage(layer(WHOLE), mosaic).iloc[0]
        # 90 cells were observed, 20 of them trees.
        assert row["land_ha"] == pytest.approx(0.90, rel=1e-9)
        assert row["forest_ha"] == pytest.approx(0.20, rel=1e-9)
        assert row["forest_pct"] == pytest.approx(100 * 20 / 90, rel=1e-9)
        assert row["unobserved_pct"] == pytest.approx(10.0, rel=1e-9)

    def test_inland_water_is_no_land_where_asked(self, mosaic):
        row = gc.forest_coverage(layer(WHOLE), mosaic, excluded=("water",)).iloc[0]
        assert row["forest_pct"] == pytest.approx(100 * 20 / 80, rel=1e-9)

    def test_share_of_land_without_inland_water(self, mosaic):
        row = gc.forest_share_of_land(layer(WHOLE), mosaic).iloc[0]
        assert row["land_ha"] == pytest.approx(0.80, rel=1e-9)
        assert row["forest_pct"] == pytest.approx(25.0, rel=1e-9)

    def test_small_patches_are_no_forest(self, tmp_path):
        cells = np.full((20, 20), CROP)
        cells[:, :5] = TREE
        # Six cells of 100 m² stay below a mu of 667 m², seven do not.
        cells[2:5, 10:12] = TREE
        cells[10, 10:17] = TREE
        cover = scenes.cover(tmp_path, cells).with_minimum_patch(mu=1)
        row = gc.forest_coverage(layer(box(0, 0, 20, 20)), cover).iloc[0]
        assert row["forest_ha"] == pytest.approx(1.07, rel=1e-6)
        whole = gc.tree_cover_rate(layer(box(0, 0, 20, 20)), cover).iloc[0]
        assert whole["tree_cover_ha"] == pytest.approx(1.13, rel=1e-6)

    def test_shrubs_count_where_they_are_named(self, mosaic):
        row = gc.forest_coverage(layer(WHOLE), mosaic, forest=("tree", "shrub")).iloc[0]
        assert row["forest_ha"] == pytest.approx(0.30, rel=1e-9)

    def test_wetland_beyond_the_limit_leaves_the_land(self, mosaic):
        row = gc.forest_coverage(layer(WHOLE), mosaic, wetland_limit_pct=5.0).iloc[0]
        # 10 cells of wetland and 10 of water, which is wetland too; 5 % of 90 is 4.5.
        assert row["land_ha"] == pytest.approx(0.745, rel=1e-9)
        assert row["forest_pct"] == pytest.approx(100 * 20 / 74.5, rel=1e-9)

    def test_what_is_natural_wetland_is_an_input(self, mosaic):
        rule = {"wetland_limit_pct": 5.0, "natural_wetland": ("wetland",)}
        row = gc.forest_coverage(layer(WHOLE), mosaic, **rule).iloc[0]
        # 10 cells of wetland; 5 % of 90 is 4.5, so 5.5 cells leave the land.
        assert row["land_ha"] == pytest.approx(0.845, rel=1e-9)
        assert row["forest_pct"] == pytest.approx(100 * 20 / 84.5, rel=1e-9)

    def test_wetland_below_the_limit_stays(self, mosaic):
        row = gc.forest_coverage(layer(WHOLE), mosaic, wetland_limit_pct=23.0).iloc[0]
        assert row["land_ha"] == pytest.approx(0.90, rel=1e-9)

    def test_a_zone_that_covers_cells_in_part(self, mosaic):
        row = gc.forest_coverage(layer(box(1.5, 0, 3.25, 4)), mosaic).iloc[0]
        assert row["forest_pct"] == pytest.approx(100 * 0.5 / 1.75, rel=1e-9)

    def test_nothing_observed_is_no_figure(self, mosaic):
        row = gc.forest_coverage(layer(box(9, 0, 10, 10), box(0, 0, 1, 1)), mosaic).iloc[0]
        assert np.isnan(row["forest_pct"])
        assert row["unobserved_pct"] == pytest.approx(100.0)

    def test_outside_of_the_raster_is_no_figure(self, mosaic):
        frame = gc.forest_coverage(layer(box(50, 0, 60, 10), box(0, 0, 1, 1)), mosaic)
        assert np.isnan(frame["forest_pct"].iloc[0])
        assert frame["unobserved_pct"].iloc[0] == pytest.approx(100.0)

    def test_columns_and_index_of_the_zones_stay(self, mosaic):
        zones = layer(WHOLE, name=["a"]).set_index(pd.Index([7], name="id"))
        frame = gc.forest_coverage(zones, mosaic)
        assert list(frame.index) == [7]
        assert frame.loc[7, "name"] == "a"
        assert frame.crs == zones.crs

    def test_cover_types_that_do_not_exist(self, mosaic):
        with pytest.raises(LegendError, match="no cover type 'trees'"):
            gc.forest_coverage(layer(WHOLE), mosaic, forest=("trees",))
        with pytest.raises(LegendError, match="no class of moss"):
            gc.forest_coverage(layer(WHOLE), mosaic, forest=("moss",))
        with pytest.raises(LegendError, match="no cover type 'lake'"):
            gc.forest_coverage(layer(WHOLE), mosaic, excluded=("lake",))


class TestTreeCoverRate:
    def test_by_hand(self, mosaic):
        row = gc.tree_cover_rate(layer(WHOLE), mosaic).iloc[0]
        assert row["tree_cover_pct"] == pytest.approx(100 * 30 / 90, rel=1e-9)

    def test_scattered_trees_as_a_column(self, mosaic):
        zones = layer(WHOLE, trees=[165])
        row = gc.tree_cover_rate(zones, mosaic, scattered="trees").iloc[0]
        # 165 trees at 1,650 a hectare are 0.1 ha.
        assert row["scattered_ha"] == pytest.approx(0.1)
        assert row["tree_cover_ha"] == pytest.approx(0.40, rel=1e-9)
        assert row["tree_cover_pct"] == pytest.approx(100 * 40 / 90, rel=1e-9)

    def test_scattered_trees_as_points_skip_what_the_raster_shows(self, mosaic):
        zones = layer(box(0, 0, 5, 10), box(5, 0, 10, 10))
        # Two on trees and one on shrubs are in the raster; one on grass, two on built are not.
        spots = [(0.5, 5), (1.5, 5), (2.5, 5), (3.5, 5), (7.5, 2), (7.5, 3)]
        trees = layer(*(scenes.point(*s) for s in spots))
        frame = gc.tree_cover_rate(zones, mosaic, scattered=trees, trees_per_ha=100.0)
        assert frame["scattered_trees"].tolist() == [1.0, 2.0]
        assert frame["scattered_ha"].tolist() == [0.01, 0.02]
        assert frame["tree_cover_pct"].tolist() == pytest.approx([62.0, 5.0])

    def test_points_may_stand_for_many_trees_in_another_system(self, mosaic):
        trees = layer(scenes.point(7.5, 5), trees=[40]).to_crs(4326)
        row = gc.tree_cover_rate(layer(WHOLE), mosaic, scattered=trees).iloc[0]
        assert row["scattered_trees"] == 40.0

    def test_scattered_trees_never_pass_the_land(self, mosaic):
        zones = layer(WHOLE, trees=[1_000_000])
        assert gc.tree_cover_rate(zones, mosaic, scattered="trees").iloc[0][
            "tree_cover_pct"
        ] == pytest.approx(100.0)

    def test_missing_numbers_of_trees_are_told(self, mosaic):
        with pytest.raises(LayerError, match=r"number of trees .* row 1 "):
            gc.tree_cover_rate(layer(WHOLE, trees=[-1]), mosaic, scattered="trees")
        with pytest.raises(LayerError, match="must hold points"):
            gc.tree_cover_rate(layer(WHOLE), mosaic, scattered=layer(WHOLE))


class TestGreenCoverage:
    def test_by_hand(self, mosaic):
        row = gc.green_coverage(layer(WHOLE), mosaic).iloc[0]
        # Trees, shrubs, grass, wetland; crops are not green here.
        assert row["green_pct"] == pytest.approx(100 * 50 / 90, rel=1e-9)

    def test_crops_count_where_they_are_named(self, mosaic):
        row = gc.green_coverage(layer(WHOLE), mosaic, green=("tree", "crop")).iloc[0]
        assert row["green_pct"] == pytest.approx(100 * 30 / 90, rel=1e-9)

    def test_built_up_area(self, mosaic):
        units = layer(box(0, 0, 5, 10), box(5, 0, 10, 10), box(0, 0, 1, 1))
        built_up = layer(box(3, 5, 8, 10), box(3, 5, 4, 10))
        frame = built_up_green_coverage(units, built_up, mosaic)
        # West: a column of grass and one of crops; east: wetland, water and built.
        assert frame["land_ha"].tolist() == pytest.approx([0.10, 0.15, 0.0])
        assert frame["green_pct"].tolist()[:2] == pytest.approx([50.0, 100 / 3])
        assert np.isnan(frame["green_pct"].iloc[2])


class TestWaterSource:
    def test_open_water_is_no_land(self, mosaic):
        sources = layer(box(0, 0, 7, 2))
        row = water_source_forest(layer(WHOLE), sources, mosaic).iloc[0]
        assert row["land_ha"] == pytest.approx(0.12, rel=1e-9)
        assert row["forest_pct"] == pytest.approx(100 * 4 / 12, rel=1e-9)


class TestCanopy:
    def test_cover(self, mosaic):
        row = canopy_cover(layer(WHOLE), mosaic).iloc[0]
        assert row["canopy_pct"] == pytest.approx(100 * 20 / 90, rel=1e-9)

    def test_car_parks(self, mosaic):
        frame = car_park_canopy(layer(box(1, 0, 3, 2), box(7, 0, 9, 2)), mosaic)
        assert frame["canopy_pct"].tolist() == pytest.approx([50.0, 0.0])

    def test_streets_as_lines(self, mosaic):
        # A street across all columns, 20 m wide, 100 m long: ten cells by two.
        streets = layer(scenes.line((0, 5), (10, 5)), width=[20.0])
        for width in (20.0, "width"):
            row = street_canopy_cover(layer(WHOLE), streets, mosaic, width_m=width).iloc[0]
            # The grid's metres are true in area, not in length, so the width is nearly 20 m.
            assert row["canopy_pct"] == pytest.approx(100 * 2 / 9, rel=1e-3)
            assert row["unobserved_pct"] == pytest.approx(10.0, rel=1e-3)

    def test_streets_as_polygons_count_ground_once(self, mosaic):
        streets = layer(box(0, 4, 10, 6), box(1, 0, 3, 10))
        units = layer(WHOLE, box(5, 0, 10, 3))
        frame = street_canopy_cover(units, streets, mosaic)
        # Cells: 20 + 20 - 4; trees among them: columns 0 and 1 of the first, column 1 of the other.
        assert frame["land_ha"].iloc[0] == pytest.approx(0.34, rel=1e-9)
        assert frame["canopy_ha"].iloc[0] == pytest.approx(0.12, rel=1e-9)
        assert np.isnan(frame["canopy_pct"].iloc[1])

    def test_width_that_is_missing(self, mosaic):
        streets = layer(scenes.line((0, 5), (10, 5)), width=[None])
        with pytest.raises(LayerError, match=r"width_m is missing or not above 0 in row 1"):
            street_canopy_cover(layer(WHOLE), streets, mosaic, width_m="width")

    def test_circle_round_a_dwelling(self, tmp_path):
        # Trees west of the dwelling, built east of it: half of any circle is crowns.
        cells = np.full((100, 100), BUILT)
        cells[:, :50] = TREE
        cover = scenes.cover(tmp_path, cells)
        homes = layer(scenes.point(50, 50), scenes.point(98, 50), scenes.point(0, 50))
        frame = canopy_near(homes, cover, radius_m=200.0)
        assert frame["canopy_pct"].iloc[0] == pytest.approx(50.0, abs=0.01)
        assert frame["canopy_pct"].iloc[1] == 0.0
        assert frame["canopy_pct"].iloc[2] == pytest.approx(100.0)
        assert frame["unobserved_pct"].iloc[2] == pytest.approx(50.0, abs=0.1)

    def test_dwellings_must_be_points(self, mosaic):
        with pytest.raises(LayerError, match="must hold points"):
            canopy_near(layer(WHOLE), mosaic)
        with pytest.raises(CrsError, match="layer of dwellings"):
            canopy_near(gpd.GeoDataFrame(geometry=[shapely.Point(1, 1)]), mosaic)


class TestVillages:
    def test_by_hand(self, mosaic):
        villages = layer(box(1, 0, 9, 2), box(3, 5, 5, 9), kind=["集中居住型", "dispersed"])
        frame = village_greening(villages, mosaic, settlement="kind")
        # First: tree, shrub, grass, crop, wetland, water, built, bare.
        assert frame["woody_pct"].tolist() == pytest.approx([25.0, 0.0])
        assert frame["green_pct"].tolist() == pytest.approx([50.0, 50.0])
        assert frame["settlement"].tolist() == ["clustered", "dispersed"]

    def test_own_words(self, mosaic):
        villages = layer(box(1, 0, 9, 2), kind=["compact"])
        frame = village_greening(
            villages, mosaic, settlement="kind", words={"Compact": "clustered"}
        )
        assert frame["settlement"].tolist() == ["clustered"]

    def test_words_that_nobody_knows(self, mosaic):
        with pytest.raises(LayerError, match=r"settlement type 'linear' in column 'kind'"):
            village_greening(layer(WHOLE, kind=["linear"]), mosaic, settlement="kind")
        with pytest.raises(LayerError, match=r"\(blank\)"):
            village_greening(layer(WHOLE, kind=[""]), mosaic, settlement="kind")


class TestShelterbelts:
    def test_by_hand(self, tmp_path):
        cells = np.full((40, 100), CROP)
        cells[:, 90:] = GRASS
        cover = scenes.cover(tmp_path, cells)
        # A belt down column 20; 100 m of reach is ten columns on each side, nearly: see below.
        belts = layer(scenes.line((20, -50), (20, 90)), reach=[100.0])
        unit = layer(box(0, 0, 100, 40), box(95, 0, 100, 40))
        plane = belts.to_crs(4326).geometry.iloc[0].centroid
        # East-west, the grid's metre is longer than a metre on the ground by this factor.
        stretch = 10.0 / ground_metres(plane.y, plane.x)
        for reach in (100.0, "reach"):
            frame = shelterbelt_control(unit, belts, cover, reach_m=reach)
            assert frame["cropland_ha"].iloc[0] == pytest.approx(36.0, rel=1e-9)
            assert frame["controlled_ha"].iloc[0] == pytest.approx(8.0 * stretch, rel=1e-3)
            assert frame["control_pct"].iloc[0] == pytest.approx(800 / 36 * stretch, rel=1e-3)
            assert np.isnan(frame["control_pct"].iloc[1])

    def test_no_belts_control_nothing(self, mosaic):
        belts = layer(scenes.line((0, 0), (0, 10))).iloc[:0]
        row = shelterbelt_control(layer(WHOLE), belts, mosaic, reach_m=50.0).iloc[0]
        assert row["control_pct"] == 0.0

    def test_reach_that_is_missing(self, mosaic):
        belts = layer(scenes.line((0, 0), (0, 10)), reach=[None])
        with pytest.raises(LayerError, match=r"reach_m is missing or not above 0 in row 1"):
            shelterbelt_control(layer(WHOLE), belts, mosaic, reach_m="reach")


def ground_metres(lat: float, lon: float) -> float:
    """Ground length of ten metres of the grid's easting."""
    import pyproj

    back = pyproj.Transformer.from_crs(4326, scenes.EQUAL_AREA, always_xy=True)
    x, y = back.transform(lon, lat)
    west, _ = back.transform(x, y, direction="INVERSE")
    east, _ = back.transform(x + 10.0, y, direction="INVERSE")
    return float(pyproj.Geod(ellps="WGS84").inv(west, lat, east, lat)[2])


class TestPerCapita:
    def test_parks_by_hand(self):
        units = layer(box(0, 0, 10, 10), box(10, 0, 20, 10), residents=[50, 0])
        # Two parks that overlap, one of them across the border.
        parks = layer(box(0, 0, 4, 5), box(2, 0, 12, 2))
        frame = gc.green_space_per_capita(units, parks, population="residents")
        # West: 20 + 16 - 4 cells; east: 4 cells.
        assert frame["green_ha"].tolist() == pytest.approx([0.32, 0.04], rel=1e-9)
        assert frame["green_m2_per_capita"].iloc[0] == pytest.approx(64.0, rel=1e-9)
        assert np.isnan(frame["green_m2_per_capita"].iloc[1])

    def test_cover_by_hand(self, mosaic):
        units = layer(WHOLE, residents=[100])
        row = gc.green_cover_per_capita(units, mosaic, population="residents").iloc[0]
        assert row["green_m2_per_capita"] == pytest.approx(50.0, rel=1e-9)
        assert row["unobserved_pct"] == pytest.approx(10.0, rel=1e-9)

    def test_residents_that_are_wrong(self, mosaic):
        with pytest.raises(LayerError, match="negative population"):
            gc.green_cover_per_capita(layer(WHOLE, pop=[-5]), mosaic)


@pytest.fixture(scope="module")
def truth():
    return json.loads((SAMPLE / "truth.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def townships():
    return gpd.read_file(SAMPLE / "county.gpkg", layer="townships").set_index("code")


@pytest.fixture(scope="module", params=["2020", "2023"])
def year(request):
    return request.param


@pytest.fixture(scope="module")
def cover(year):
    return gc.LandCover.open(SAMPLE / f"cover_{year}.tif", legend="worldcover")


class TestSampleCounty:
    """Figures of the sample against what is known of it by construction."""

    def test_township_along_cell_edges(self, truth, townships, cover, year):
        known = truth["aligned_township"]
        row = gc.forest_coverage(townships, cover).loc[known["code"]]
        assert row["land_ha"] == pytest.approx(known["area_ha"], rel=1e-9)
        assert row["forest_ha"] == pytest.approx(known["years"][year]["area_ha"]["10"], rel=1e-9)
        assert row["forest_pct"] == pytest.approx(known["years"][year]["tree_pct"], rel=1e-9)

    def test_tree_cover_and_green_of_that_township(self, truth, townships, cover, year):
        known = truth["aligned_township"]
        ha = known["years"][year]["area_ha"]
        woody = gc.tree_cover_rate(townships, cover).loc[known["code"], "tree_cover_ha"]
        assert woody == pytest.approx(ha["10"] + ha["20"], rel=1e-9)
        green = gc.green_coverage(townships, cover).loc[known["code"], "green_ha"]
        assert green == pytest.approx(ha["10"] + ha["20"] + ha["30"] + ha["90"], rel=1e-9)

    def test_ground_under_cloud(self, truth, townships):
        cover = gc.LandCover.open(SAMPLE / "cover_2023.tif", legend="worldcover")
        known = truth["unobserved"]
        frame = gc.forest_coverage(townships, cover)
        code = known["township_code"]
        assert frame.loc[code, "unobserved_pct"] == pytest.approx(known["unobserved_pct"], rel=1e-6)
        assert (frame["unobserved_pct"].drop(code) == 0.0).all()

    def test_parks_of_each_township(self, truth, townships):
        parks = gpd.read_file(SAMPLE / "county.gpkg", layer="parks")
        frame = gc.green_space_per_capita(townships, parks, population="residents")
        for code, known in truth["townships"].items():
            assert frame.loc[code, "green_m2_per_capita"] == pytest.approx(
                known["park_m2_per_resident"], rel=2e-5
            )
        assert frame["green_ha"].sum() == pytest.approx(truth["county"]["park_ha"], rel=2e-5)


AREAS = st.lists(
    st.lists(st.just(0.0) | st.floats(1e-6, 1e5), min_size=9, max_size=9), min_size=2, max_size=5
).map(lambda rows: pd.DataFrame(rows, columns=[*LEGEND_CODES, "unobserved_ha"]))
LEGEND_CODES = list(scenes.LEGEND.codes)


@settings(max_examples=30, deadline=None)
@given(AREAS, st.floats(1e-3, 1e3))
def test_scaling_all_areas_leaves_rates(areas, factor):
    record = gc.definition("forest_coverage")
    before = share(areas, scenes.LEGEND, record, ["tree"], wetland_limit_pct=5.0)
    after = share(areas * factor, scenes.LEGEND, record, ["tree"], wetland_limit_pct=5.0)
    np.testing.assert_allclose(after["value"], before["value"], rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(after["unobserved_pct"], before["unobserved_pct"], rtol=1e-9)


@settings(max_examples=30, deadline=None)
@given(AREAS)
def test_merging_units_gives_the_weighted_figure(areas):
    record = gc.definition("village_greening")
    each = share(areas, scenes.LEGEND, record, ["tree", "shrub"])
    both = share(areas.sum().to_frame().T, scenes.LEGEND, record, ["tree", "shrub"]).iloc[0]
    land = each["denominator"]
    if land.sum() == 0.0:
        assert np.isnan(both["value"])
        return
    weighted = (each["value"].fillna(0.0) * land).sum() / land.sum()
    assert both["value"] == pytest.approx(weighted, rel=1e-9, abs=1e-12)


@settings(max_examples=50, deadline=None)
@given(
    st.floats(0.0, 1e5), st.floats(1.0, 1e5), st.floats(0.0, 1.0), st.floats(0.0, 100.0),
    st.floats(0.0, 3e3),
)  # fmt: skip
def test_a_verdict_never_falls_when_forest_is_added(forest, other, turned, target, blind):
    def verdict(grown: float) -> str:
        areas = pd.DataFrame(
            [[forest + grown, 0, 0, 0, 0, 0, 0, other - grown, blind]],
            columns=[*LEGEND_CODES, "unobserved_ha"],
        )
        shown = share(areas, scenes.LEGEND, gc.definition("forest_coverage"), ["tree"])
        figures = shown.assign(measure="ha", unit_of_measure="%")
        asked = Target("forest_coverage", "township", target)
        return str(judge(figures, asked, "x", unobserved_limit_pct=5.0)["verdict"].iloc[0])

    before, after = verdict(0.0), verdict(turned * other)
    order = ["not met", "met"]
    if before == "no data":
        assert after == "no data"
    else:
        assert order.index(after) >= order.index(before)
