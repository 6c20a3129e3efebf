"""Change between two covers: exact transitions, gains and losses, and what is printed with them."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis.extra import numpy as npst
from rasterio.transform import from_origin

import greencover as gc
import scenes
from greencover.accuracy.adjusted import adjusted_shares
from greencover.ground.errors import LegendError, NoOverlapError, RasterError
from greencover.ground.geodesy import Ellipsoid, band_area_m2
from greencover.indicators.change import (
    CAUTION,
    adjusted_change,
    cover_change,
    transition_matrix,
    transitions,
)
from scenes import BARE, BUILT, GRASS, NOTHING, TREE, box, layer
from strategies import write_raster

PLAIN = {"west": box(0, 0, 5, 10), "east": box(5, 0, 10, 10)}


def two_years(folder: Path) -> tuple[gc.LandCover, gc.LandCover]:
    """Ten by ten cells: rows 0-5 trees, 6-9 grass; then two rows felled and one planted.

    The first cell of the second year is hidden by cloud.
    """
    old = np.full((10, 10), TREE)
    old[6:] = GRASS
    new = old.copy()
    new[0:2] = BARE
    new[9] = TREE
    new[0, 0] = NOTHING
    return (
        scenes.cover(folder, old, name="old.tif", year=2020),
        scenes.cover(folder, new, name="new.tif", year=2023),
    )


@pytest.fixture
def years(tmp_path):
    return two_years(tmp_path)


def zones() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(geometry=list(PLAIN.values()), index=list(PLAIN), crs=scenes.EQUAL_AREA)


def test_transitions_by_hand(years):
    table = transitions(zones(), *years, by="cover")
    west = table[table["zone"] == "west"].set_index(["before", "after"])["area_ha"]
    expected = {
        ("tree", "tree"): 0.20,
        ("tree", "bare"): 0.09,
        ("tree", "unobserved"): 0.01,
        ("grass", "grass"): 0.15,
        ("grass", "tree"): 0.05,
    }
    assert set(west.index) == set(expected)
    for pair, ha in expected.items():
        assert west[pair] == pytest.approx(ha, rel=1e-9)


def test_transitions_by_class_carry_codes_and_names(years):
    table = transitions(zones(), *years)
    row = table[(table["before"] == TREE) & (table["after"] == BARE)].iloc[0]
    assert (row["before_name"], row["after_name"]) == ("Trees", "Bare")
    assert set(table["zone"]) == {"west", "east"}


def test_matrix_of_all_zones(years):
    matrix = transition_matrix(transitions(zones(), *years, by="cover"))
    assert matrix.loc["tree", "bare"] == pytest.approx(0.19, rel=1e-9)
    assert matrix.to_numpy().sum() == pytest.approx(1.0, rel=1e-9)
    assert list(matrix.index) == ["tree", "grass", "bare", "unobserved"]
    assert list(matrix.columns) == list(matrix.index)
    one = transition_matrix(transitions(zones(), *years, by="cover"), "east")
    assert one.loc["tree", "bare"] == pytest.approx(0.10, rel=1e-9)


def test_margins_are_the_class_areas_of_each_year(years):
    places = zones().assign(geometry=lambda f: f.geometry.translate(3.7, -2.1))
    table = transitions(places, *years)
    for side, cover in zip(("before", "after"), years, strict=True):
        areas = gc.class_areas(places, cover)
        margins = table.pivot_table(
            index="zone", columns=side, values="area_ha", aggfunc="sum", fill_value=0.0
        )
        for code in cover.legend.codes:
            found = margins[code] if code in margins else pd.Series(0.0, index=areas.index)
            np.testing.assert_allclose(found.loc[areas.index], areas[code], rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(
            margins["unobserved"].loc[areas.index], areas["unobserved_ha"], rtol=1e-7
        )


def test_gains_and_losses_by_hand(years):
    frame = cover_change(zones(), *years)
    west, east = frame.loc["west"], frame.loc["east"]
    # The cell under cloud is compared in neither year.
    assert west["before_ha"] == pytest.approx(0.29, rel=1e-9)
    assert west["loss_ha"] == pytest.approx(0.09, rel=1e-9)
    assert west["gain_ha"] == pytest.approx(0.05, rel=1e-9)
    assert west["after_ha"] == pytest.approx(0.25, rel=1e-9)
    assert west["net_ha"] == pytest.approx(-0.04, rel=1e-9)
    assert west["unobserved_pct"] == pytest.approx(2.0, rel=1e-6)
    assert east["net_pct"] == pytest.approx(100 * -0.05 / 0.30, rel=1e-9)
    assert frame.attrs["notes"][0] == CAUTION


def test_no_forest_before_is_no_percentage(years):
    frame = cover_change(layer(box(0, 6, 10, 10)), *years)
    assert frame["gain_ha"].iloc[0] == pytest.approx(0.10, rel=1e-9)
    assert np.isnan(frame["net_pct"].iloc[0])


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    npst.arrays(np.uint8, (8, 9), elements={"min_value": 0, "max_value": 8}),
    npst.arrays(np.uint8, (8, 9), elements={"min_value": 0, "max_value": 8}),
)
def test_pairs_of_whole_cells_are_counted(tmp_path, old, new):
    before = scenes.cover(tmp_path, old, name="old.tif")
    after = scenes.cover(tmp_path, new, name="new.tif")
    table = transitions(layer(box(0, 0, 9, 8)), before, after)
    counted = pd.crosstab(old.ravel(), new.ravel())
    for row in table.itertuples():
        a = 0 if row.before == "unobserved" else row.before
        b = 0 if row.after == "unobserved" else row.after
        assert row.area_ha == pytest.approx(counted.loc[a, b] * scenes.CELL_HA, rel=1e-8)
    assert len(table) == int((counted.to_numpy() > 0).sum())


def test_signed_codes_and_masks(tmp_path):
    old = np.array([[1, 2], [1, -5]], dtype=np.int16)
    new = np.array([[2, 2], [1, 1]], dtype=np.int16)
    legend = gc.Legend.from_codes({1: ("tree", "Trees"), 2: ("grass", "Grass")}, unobserved=[-5])
    paths = [
        write_raster(tmp_path / "a.tif", old, transform=scenes.TRANSFORM, crs=scenes.EQUAL_AREA),
        write_raster(
            tmp_path / "b.tif",
            new,
            transform=scenes.TRANSFORM,
            crs=scenes.EQUAL_AREA,
            mask=[[1, 0], [1, 1]],
        ),
    ]
    before, after = (gc.LandCover.open(path, legend=legend) for path in paths)
    table = transitions(layer(box(0, 0, 2, 2)), before, after)
    pairs = {(r.before, r.after) for r in table.itertuples()}
    assert pairs == {(1, 2), (2, "unobserved"), (1, 1), ("unobserved", 1)}


def test_other_grid_is_told(tmp_path, years):
    other = write_raster(
        tmp_path / "shifted.tif",
        np.full((10, 10), TREE, dtype=np.uint8),
        transform=from_origin(scenes.WEST + 5.0, scenes.NORTH, scenes.CELL_M, scenes.CELL_M),
        crs=scenes.EQUAL_AREA,
    )
    shifted = gc.LandCover.open(other, legend=scenes.LEGEND)
    with pytest.raises(RasterError, match="do not lie on the same grid"):
        transitions(zones(), years[0], shifted)


def test_code_that_the_legend_lacks(tmp_path, years):
    bad = scenes.cover(tmp_path, np.full((10, 10), 77), name="bad.tif")
    with pytest.raises(LegendError, match="holds the code 77"):
        transitions(zones(), years[0], bad)


def test_zones_elsewhere(years):
    with pytest.raises(NoOverlapError, match="share no ground"):
        transitions(layer(box(5000, 0, 5010, 10)), *years)


def test_unequal_numbers_of_tiles(years):
    many = gc.LandCover.open([years[0].paths[0], years[1].paths[0]], legend=scenes.LEGEND)
    with pytest.raises(RasterError, match="1 rasters before and 2 after"):
        transitions(zones(), years[0], many)


def test_too_many_pairs_of_classes(tmp_path):
    old = np.repeat(np.arange(1, 17), 16).reshape(16, 16).astype(np.uint8)
    legend = gc.Legend.from_codes({code: ("tree", f"kind {code}") for code in range(1, 17)})
    covers = [
        gc.LandCover.open(
            write_raster(tmp_path / name, cells, transform=scenes.TRANSFORM, crs=scenes.EQUAL_AREA),
            legend=legend,
        )
        for name, cells in (("old.tif", old), ("new.tif", old.T.copy()))
    ]
    whole = layer(box(0, 0, 16, 16))
    with pytest.raises(RasterError, match="256 pairs of classes"):
        transitions(whole, *covers)
    assert len(transitions(whole, *covers, by="cover")) == 1


def test_minimum_patch_is_no_class_of_a_cell(years):
    with pytest.raises(RasterError, match="minimum patch"):
        transitions(zones(), years[0].with_minimum_patch(mu=1), years[1])


def test_different_legends_are_said(tmp_path):
    path = write_raster(
        tmp_path / "other.tif",
        np.full((10, 10), 4, dtype=np.uint8),
        transform=scenes.TRANSFORM,
        crs=scenes.EQUAL_AREA,
    )
    other = gc.LandCover.open(
        path, legend=gc.Legend.from_codes({4: ("built", "Houses")}, key="houses")
    )
    first = scenes.cover(tmp_path, np.full((10, 10), BUILT), name="first.tif")
    table = transitions(layer(box(0, 0, 10, 10)), first, other)
    assert (table["before"].iloc[0], table["after"].iloc[0]) == (BUILT, 4)
    assert any("different legends" in note for note in table.attrs["notes"])


def test_adjusted_change_says_what_can_be_told_apart():
    counts = pd.DataFrame([[90, 10], [5, 95]], index=["tree", "other"], columns=["tree", "other"])
    before = adjusted_shares(
        counts, pd.DataFrame({"tree": [30.0, 50.0, 70.0, 0.0], "other": [70.0, 50.0, 30.0, 0.0]}),
        ["tree"],
    )  # fmt: skip
    after = adjusted_shares(
        counts, pd.DataFrame({"tree": [60.0, 51.0, 40.0, 0.0], "other": [40.0, 49.0, 60.0, 0.0]}),
        ["tree"],
    )  # fmt: skip
    frame = adjusted_change(before, after)
    assert frame["finding"].tolist() == [
        "gain",
        "not distinguishable from no change",
        "loss",
        "no data",
    ]
    se = np.hypot(before["share_se_pct"], after["share_se_pct"])
    np.testing.assert_allclose(frame["change_se_pct"], se)


ISLANDS = gpd.GeoDataFrame(
    {"name": ["São Tomé", "Príncipe"]},
    geometry=[shapely.box(6.4, 0.0, 6.8, 0.5), shapely.box(7.3, 1.4, 7.5, 1.8)],
    crs=4326,
)
FILES = {
    2020: "ESA_WorldCover_10m_2020_v100_N00E006_Map.tif",
    2021: "ESA_WorldCover_10m_2021_v200_N00E006_Map.tif",
}
PIXELS_2021 = {
    10: 10819361, 20: 778, 30: 392489, 40: 4672, 50: 181604, 60: 124660,
    80: 153136048, 90: 4390, 95: 4637,
}  # fmt: skip


@pytest.mark.thorough
class TestSaoTome:
    """Two published maps of two islands, against pixel counts weighted by cell areas."""

    def covers(self, real_data):
        folder = real_data("worldcover-sao-tome")
        return [
            gc.LandCover.open(folder / name, legend="worldcover", year=year)
            for year, name in FILES.items()
        ]

    def test_classes_are_pixels_weighted_by_cell_areas(self, real_data):
        path = real_data("worldcover-sao-tome") / FILES[2021]
        cover = gc.LandCover.open(path, legend="worldcover")
        tile = gpd.GeoDataFrame(geometry=[shapely.box(6, 0, 9, 3)], crs=4326)
        areas = gc.class_areas(tile, cover).iloc[0]
        with rasterio.open(path) as dataset:
            height, step = dataset.height, -dataset.transform.e
            tops = dataset.transform.f - step * np.arange(height)
            cell = band_area_m2(tops - step, tops, step, Ellipsoid.of(cover.crs)) / 1e4
            pixels = np.zeros(256, dtype=np.int64)
            hectares = np.zeros(256)
            for top in range(0, height, 1000):
                rows = dataset.read(1, window=rasterio.windows.Window(0, top, 36000, 1000))
                shift = rows + (np.arange(1000, dtype=np.int32) * 256)[:, None]
                counts = np.bincount(shift.ravel(), minlength=256_000).reshape(1000, 256)
                pixels += counts.sum(axis=0)
                hectares += cell[top : top + 1000] @ counts
        for code, count in PIXELS_2021.items():
            assert pixels[code] == count
            assert areas[code] == pytest.approx(hectares[code], rel=1e-9)
        assert areas["unobserved_ha"] == pytest.approx(hectares[0], rel=1e-9)

    def test_matrix_between_the_years_with_its_caution(self, real_data):
        covers = self.covers(real_data)
        table = transitions(ISLANDS, *covers)
        matrix = transition_matrix(table)
        for axis, cover in ((1, covers[0]), (0, covers[1])):
            areas = gc.class_areas(ISLANDS, cover).sum()
            margins = matrix.sum(axis=axis)
            for code in cover.legend.codes:
                assert margins.get(code, 0.0) == pytest.approx(areas[code], rel=1e-9, abs=1e-9)
        assert any("different algorithms" in note for note in matrix.attrs["notes"])
        # The two maps differ on both sides of the forest edge, far more than in the balance.
        was, now = table["before"].isin([10, 95]), table["after"].isin([10, 95])
        gain = table.loc[~was & now, "area_ha"].sum()
        loss = table.loc[was & ~now, "area_ha"].sum()
        assert gain > 1000.0
        assert loss > 1000.0
        assert abs(gain - loss) < 0.2 * gain
