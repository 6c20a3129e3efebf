"""Residents of units: joined, shared out, and assigned where a village is split."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

import greencover as gc
import scenes
from greencover.ground.errors import GreencoverWarning, LayerError, RasterError
from greencover.people.population import (
    join_population,
    population_from_raster,
    share_out_population,
)
from scenes import BUILT, CROP, box, layer
from strategies import write_raster


def test_table_joined_by_code():
    units = layer(box(0, 0, 1, 1), box(1, 0, 2, 1), code=["1", "2"])
    table = pd.DataFrame({"id": [2.0, 1.0, 9.0], "heads": [20, 10, 5]})
    frame = join_population(units, table, code="code", table_code="id", population="heads")
    assert frame["population"].tolist() == [10.0, 20.0]
    assert "1 rows of the table of residents have no unit (5 residents): 9" in frame.attrs["notes"]


def test_units_that_the_table_lacks_are_named():
    units = layer(box(0, 0, 1, 1), box(1, 0, 2, 1), code=["1", "2"])
    table = pd.DataFrame({"code": ["1"], "population": [10]})
    with pytest.raises(LayerError, match=r"lacks the unit 2 \(1 of 2\)"):
        join_population(units, table, code="code")


def test_twice_in_the_table():
    units = layer(box(0, 0, 1, 1), code=["1"])
    table = pd.DataFrame({"code": ["1", "1"], "population": [10, 20]})
    with pytest.raises(LayerError, match="more than once"):
        join_population(units, table, code="code")


@pytest.fixture
def town(tmp_path):
    """Ten by ten cells of crops, with six cells of houses in the west and two in the east."""
    cells = np.full((10, 10), CROP)
    cells[0:3, 0:2] = BUILT
    cells[8:9, 6:8] = BUILT
    return scenes.cover(tmp_path, cells)


def test_shared_out_to_built_up_cover(town):
    total = layer(box(0, 0, 10, 10), population=[800])
    zones = layer(box(0, 0, 5, 10), box(5, 0, 10, 10))
    frame = share_out_population(total, zones, town)
    # Six cells of eight are in the west.
    assert frame["population"].tolist() == pytest.approx([600.0, 200.0], rel=1e-9)
    assert frame["population_by_area"].tolist() == [0.0, 0.0]
    assert "an estimate, not a count" in frame.attrs["notes"][0]


def test_nobody_is_lost_where_zones_cross_units(town):
    totals = layer(box(0, 0, 5, 10), box(5, 0, 10, 10), population=[700, 100])
    zones = layer(box(0, 0, 1, 10), box(1, 0, 6.5, 10), box(6.5, 0, 10, 10))
    frame = share_out_population(totals, zones, town)
    assert frame["population"].sum() == pytest.approx(800.0, rel=1e-9)
    assert frame["population"].tolist() == pytest.approx([350.0, 375.0, 75.0], rel=1e-9)


def test_unit_without_built_up_cover_goes_by_area(town):
    totals = layer(box(2, 0, 6, 8), population=[100])
    zones = layer(box(0, 0, 3, 10), box(3, 0, 10, 10))
    frame = share_out_population(totals, zones, town)
    assert frame["population"].tolist() == pytest.approx([25.0, 75.0], rel=1e-9)
    assert frame["population_by_area"].tolist() == pytest.approx([25.0, 75.0], rel=1e-9)
    assert "1 units hold no such cover" in frame.attrs["notes"][1]


def test_what_lies_outside_or_counts_twice_is_said(town):
    total = layer(box(0, 0, 10, 10), population=[800])
    part = share_out_population(total, layer(box(0, 0, 5, 10)), town)
    assert "200 residents live outside the zones" in part.attrs["notes"]
    twice = share_out_population(total, layer(box(0, 0, 10, 10), box(0, 0, 5, 10)), town)
    assert "zones overlap: 600 residents count more than once" in twice.attrs["notes"]


def test_other_system_for_the_totals(town):
    total = layer(box(0, 0, 10, 10), population=[800]).to_crs(4326)
    zones = layer(box(0, 0, 5, 10), box(5, 0, 10, 10))
    frame = share_out_population(total, zones, town)
    assert frame["population"].tolist() == pytest.approx([600.0, 200.0], rel=1e-4)


class TestGrid:
    def grid(self, folder):
        heads = np.full((4, 4), 10.0, dtype=np.float32)
        heads[:, 3] = -9.0
        return write_raster(
            folder / "people.tif",
            heads,
            transform=scenes.TRANSFORM,
            crs=scenes.EQUAL_AREA,
            nodata=-9.0,
        )

    def test_counts_by_hand(self, tmp_path):
        zones = layer(box(0, 0, 2.5, 4), box(2, 0, 4, 4), box(3, 0, 4, 4))
        frame = population_from_raster(zones, self.grid(tmp_path), kind="count")
        assert frame["population"].tolist()[:2] == pytest.approx([100.0, 40.0], rel=1e-9)
        assert np.isnan(frame["population"].iloc[2])
        assert frame["population_unobserved_pct"].tolist() == pytest.approx([0.0, 50.0, 100.0])

    def test_densities_by_hand(self, tmp_path):
        zones = layer(box(0, 0, 2.5, 4))
        frame = population_from_raster(zones, self.grid(tmp_path), kind="density", per="ha")
        # 0.1 ha at ten a hectare.
        assert frame["population"].iloc[0] == pytest.approx(1.0, rel=1e-9)

    @pytest.mark.filterwarnings("ignore:Coordinates went from the datum of PTRA08")
    def test_an_island_and_its_shore(self, real_data):
        folder = real_data("sao-miguel-azores")
        parishes = gpd.read_file(folder / "caop2024_parishes.gpkg")
        counts = population_from_raster(
            parishes, folder / "gpw_v411_2020_count_2020.tif", kind="count"
        )
        density = population_from_raster(
            parishes, folder / "gpw_v411_2020_density_2020.tif", kind="density"
        )
        # The island has 145,603 residents; counts of shore cells are spread over the sea as well.
        assert counts["population"].sum() == pytest.approx(131_864, rel=1e-2)
        assert density["population"].sum() == pytest.approx(144_801, rel=1e-2)
        parks = gpd.GeoDataFrame(
            geometry=[density.geometry.iloc[0].centroid.buffer(500)], crs=density.crs
        )
        table = gc.green_space_per_capita(density, parks, population="population")
        people = density["population"].iloc[0]
        assert table["green_m2_per_capita"].iloc[0] == pytest.approx(
            table["green_ha"].iloc[0] * 1e4 / people
        )


def test_counted_twice_and_outside_are_two_notes_and_never_cancel(tmp_path):
    """Of 400 residents 100 live in two zones and 100 in none: the sum is 400 all the same."""
    cells = np.full((10, 40), BUILT, dtype="uint8")
    cover = scenes.cover(tmp_path, cells)
    whole = layer(box(0, 0, 40, 10), population=[400])
    zones = layer(box(0, 0, 20, 10), box(10, 0, 30, 10))
    result = share_out_population(whole, zones, cover)
    assert result["population"].sum() == pytest.approx(400.0)
    notes = " ".join(result.attrs["notes"])
    assert "100 residents live outside" in notes
    assert "100 residents count more than once" in notes


def test_nested_totals_are_told(tmp_path):
    cover = scenes.cover(tmp_path, np.full((10, 40), BUILT, dtype="uint8"))
    nested = layer(box(0, 0, 40, 10), box(0, 0, 20, 10), population=[400, 200])
    result = share_out_population(nested, layer(box(0, 0, 40, 10)), cover)
    assert any("totals overlap" in note and "2" in note for note in result.attrs["notes"])


@pytest.mark.parametrize(("second", "said"), [(9.95, False), (7.0, True), (5.0, True)])
def test_totals_that_share_ground_are_told_and_slivers_are_not(second, said, tmp_path):
    """Ground of two totals holds residents of both."""
    cover = scenes.cover(tmp_path, np.full((10, 40), BUILT, dtype="uint8"))
    totals = layer(box(0, 0, 10, 10), box(second, 0, 20, 10), population=[400, 200])
    result = share_out_population(totals, layer(box(0, 0, 40, 10)), cover)
    codes = [note.code for note in result.attrs["notes"]]
    assert ("people.nested" in codes) is said


@pytest.mark.parametrize(("hidden", "said"), [(0, False), (2, True), (5, True), (6, True)])
def test_a_total_that_was_not_seen_wholly_is_told(hidden, said, tmp_path):
    cells = np.full((10, 40), BUILT, dtype="uint8")
    cells[:, 10 - hidden : 10] = scenes.NOTHING
    totals = layer(box(0, 0, 10, 10), box(10, 0, 20, 10), population=[400, 200])
    zones = layer(box(0, 0, 10, 10), box(10, 0, 20, 10))
    result = share_out_population(totals, zones, scenes.cover(tmp_path, cells))
    notes = {note.code: note for note in result.attrs["notes"]}
    assert ("people.unseen" in notes) is said
    if said:
        assert "row 1" in notes["people.unseen"]
    assert result["population"].tolist() == pytest.approx([400.0, 200.0])


GRID = layer(box(0, 0, 10, 10), box(10, 10, 20, 20))


def counted(tmp_path, cells, **options):
    path = write_raster(
        tmp_path / "people.tif", cells, transform=scenes.TRANSFORM, crs=scenes.EQUAL_AREA
    )
    return population_from_raster(GRID, path, kind="count", **options)


@pytest.mark.parametrize("lost", [-99999.0, -1.0, -3.4028234663852886e38, 65535.0, 3.4e38])
def test_cells_that_cannot_be_residents_are_unobserved_and_said(lost, tmp_path):
    cells = np.full((20, 20), 5.0, dtype="float32")
    cells[:4, :10] = lost
    with pytest.warns(GreencoverWarning, match=r"0\.4 ha in 1 zones hold values .* cannot be"):
        frame = counted(tmp_path, cells)
    assert frame["population"].tolist() == pytest.approx([300.0, 500.0], rel=1e-9)
    assert frame["population_unobserved_pct"].tolist() == pytest.approx([40.0, 0.0], abs=1e-7)


@pytest.mark.filterwarnings("error")
def test_nothing_is_said_of_cells_outside_the_zones_or_of_declared_nodata(tmp_path):
    cells = np.full((20, 20), 5.0, dtype="float32")
    cells[:10, 10:] = -99999.0
    assert counted(tmp_path, cells)["population"].tolist() == pytest.approx([500.0, 500.0])
    cells[5:10, :10] = np.nan
    assert counted(tmp_path, cells)["population"].tolist() == pytest.approx([250.0, 500.0])


@pytest.mark.parametrize("value", [np.inf, -np.inf])
def test_infinite_cells_are_refused(value, tmp_path):
    cells = np.full((20, 20), 5.0, dtype="float32")
    cells[3, 3] = value
    with pytest.raises(RasterError, match="cells that are infinite"):
        counted(tmp_path, cells)


def test_densities_beyond_reason_too(tmp_path):
    cells = np.full((20, 20), 5_000.0, dtype="float64")
    cells[10:, 10:] = 4294967295.0
    path = write_raster(
        tmp_path / "people.tif", cells, transform=scenes.TRANSFORM, crs=scenes.EQUAL_AREA
    )
    with pytest.warns(GreencoverWarning, match="1 ha in 1 zones"):
        frame = population_from_raster(GRID, path, kind="density", per="km2")
    assert frame["population"][0] == pytest.approx(50.0, rel=1e-6)
    assert np.isnan(frame["population"][1])


def test_unseen_ground_may_hold_houses_or_none(tmp_path):
    """A unit of 100 cells: 40 houses and 20 unseen cells, of which a zone holds 5 and 15."""
    cells = np.full((10, 10), CROP, dtype="uint8")
    cells[:, :4] = BUILT
    cells[:5, 4:8] = scenes.NOTHING
    total = layer(box(0, 0, 10, 10), population=[600])
    # Columns 3 to 6 of the first five rows: 5 houses, 15 unseen; the rest is the other zone.
    part = box(3, 0, 7, 5)
    rest = shapely.difference(box(0, 0, 10, 10), part)
    frame = share_out_population(total, layer(part, rest), scenes.cover(tmp_path, cells))
    assert frame["population"].tolist() == pytest.approx([600 * 5 / 40, 600 * 35 / 40])
    assert frame["population_least"].tolist() == pytest.approx([600 * 5 / 45, 600 * 35 / 55])
    assert frame["population_most"].tolist() == pytest.approx([600 * 20 / 55, 600 * 40 / 45])


def test_of_a_unit_without_houses_nobody_knows_where_they_live(tmp_path):
    cells = np.full((10, 10), CROP, dtype="uint8")
    cover = scenes.cover(tmp_path, cells)
    total = layer(box(0, 0, 10, 10), population=[600], population_most=[900.0])
    halves = share_out_population(total, layer(box(0, 0, 5, 10), box(5, 0, 10, 10)), cover)
    assert halves["population"].tolist() == pytest.approx([300.0, 300.0])
    assert halves["population_least"].tolist() == [0.0, 0.0]
    assert halves["population_most"].tolist() == pytest.approx([900.0, 900.0])
    whole = share_out_population(total, layer(box(0, 0, 10, 10)), cover)
    bounds = whole[["population_least", "population_most"]].iloc[0].tolist()
    assert bounds == pytest.approx([600.0, 900.0])


def test_what_is_wholly_seen_has_no_bounds_of_its_own(tmp_path):
    cells = np.full((10, 10), BUILT, dtype="uint8")
    total = layer(box(0, 0, 10, 10), population=[600])
    zones = layer(box(0, 0, 3.3, 7.7), box(3.3, 0, 10, 10))
    frame = share_out_population(total, zones, scenes.cover(tmp_path, cells))
    for column in ("population_least", "population_most"):
        assert (frame[column] == frame["population"]).all()
