"""Ground that two units claim or none does is measured in hectares and told."""

from __future__ import annotations

import time
import warnings

import geopandas as gpd
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from greencover.campaign import Campaign
from greencover.ground.errors import GreencoverWarning, LayerError
from greencover.layers import check_geometry, geometry, read_layer
from greencover.layers.nesting import outside_ha, report_outside
from greencover.layers.topology import measure_fit, report_fit
from small_county import CELL, MIDDLE_X, NORTH, SOUTH, WEST, SmallCounty

GEOD = pyproj.Geod(ellps="WGS84")


def units(*shapes, crs=4326):
    return gpd.GeoDataFrame(geometry=list(shapes), crs=crs)


def hectares(shape):
    return abs(GEOD.geometry_area_perimeter(shape)[0]) / 10_000.0


WHOLE = shapely.box(118.0, 30.0, 118.2, 30.1)
WESTERN, EASTERN = shapely.box(118.0, 30.0, 118.1, 30.1), shapely.box(118.1, 30.0, 118.2, 30.1)


def test_units_that_fit_have_nothing_to_tell():
    fit = measure_fit(units(WESTERN, EASTERN))

    assert (fit.overlap_ha, fit.gap_ha, fit.overlap_places, fit.gap_places) == (0, 0, 0, 0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        report_fit(units(WESTERN, EASTERN), "layer", names=["甲", "乙"])


def test_an_overlap_has_its_own_area_and_names():
    reaching = shapely.box(118.09, 30.0, 118.2, 30.1)
    fit = measure_fit(units(WESTERN, reaching))

    assert fit.overlap_ha == pytest.approx(hectares(shapely.box(118.09, 30.0, 118.1, 30.1)))
    assert fit.overlapping == ((0, 1),)
    assert fit.sliver_places == 0
    with pytest.warns(
        GreencoverWarning, match=r"overlap by 1,06\d\.\d\d ha in 1 place \(甲 and 乙"
    ):
        report_fit(units(WESTERN, reaching), "layer", names=["甲", "乙"])


def test_a_sliver_is_called_one():
    reaching = shapely.box(118.0999, 30.0, 118.2, 30.1)

    fit = measure_fit(units(WESTERN, reaching))

    assert fit.sliver_places == 1
    with pytest.warns(GreencoverWarning, match="1 of all pieces slivers"):
        report_fit(units(WESTERN, reaching), "layer", names=["甲", "乙"])


def test_a_gap_has_its_own_area_and_place():
    gap = shapely.box(118.09, 30.04, 118.11, 30.06)
    fit = measure_fit(units(WESTERN - gap, EASTERN - gap))

    assert fit.gap_ha == pytest.approx(hectares(gap))
    assert fit.gap_places == 1
    assert shapely.contains_xy(gap, *fit.largest_gap)
    with pytest.warns(GreencoverWarning, match=r"leaves 4\d\d\.\d\d ha in 1 place between"):
        report_fit(units(WESTERN - gap, EASTERN - gap), "layer", names=["甲", "乙"])


def test_a_hole_drawn_into_one_unit_is_no_gap():
    lake = shapely.box(118.04, 30.04, 118.06, 30.06)

    assert measure_fit(units(WESTERN - lake, EASTERN)).gap_places == 0


def test_an_enclave_that_fills_its_hole_is_no_gap():
    town = shapely.box(118.04, 30.04, 118.06, 30.06)

    fit = measure_fit(units(WESTERN - town, EASTERN, town))

    assert (fit.gap_places, fit.overlap_places) == (0, 0)


def test_less_than_a_square_metre_is_left_out():
    assert measure_fit(
        units(WESTERN, shapely.box(118.1 - 1e-11, 30.0, 118.2, 30.1))
    ) == measure_fit(units(WESTERN, EASTERN))


def test_projected_layers_are_measured_on_the_ground():
    in_zone = units(WESTERN, shapely.box(118.09, 30.0, 118.2, 30.1)).to_crs(4529)

    fit = measure_fit(in_zone)

    assert fit.overlap_ha == pytest.approx(
        hectares(shapely.box(118.09, 30.0, 118.1, 30.1)), rel=1e-4
    )


@settings(max_examples=25, deadline=None)
@given(
    west=st.floats(-0.02, 0.02).filter(lambda x: abs(x) > 1e-6),
    south=st.floats(0.0, 0.05),
)
def test_what_units_share_and_lack_adds_up(west, south):
    """Units of one outline: their areas less overlaps plus gaps are the outline's area."""
    line = 118.1 + west
    one = shapely.box(118.0, 30.0, line, 30.1) | shapely.box(118.0, 30.0, 118.2, 30.001)
    two = (shapely.box(118.1, 30.0, 118.2, 30.1) | shapely.box(118.0, 30.099, 118.2, 30.1)) - (
        shapely.box(118.12, 30.002, 118.13, 30.01 + south)
    )
    fit = measure_fit(units(one, two))

    union = shapely.union_all([one, two])
    filled = shapely.multipolygons(
        [shapely.polygons(shapely.get_exterior_ring(part)) for part in shapely.get_parts(union)]
    )
    lake = hectares(shapely.box(118.12, 30.002, 118.13, 30.01 + south))
    measured = hectares(one) + hectares(two) - fit.overlap_ha + fit.gap_ha
    assert measured == pytest.approx(hectares(filled) - lake, rel=1e-6)


@pytest.mark.parametrize(
    ("name", "overlaps"),
    [
        ("cambridge-ma/DEMOGRAPHICS_BlockGroups2020.geojson", 22),
        ("cambridge-ma/BOUNDARY_CDDNeighborhoods.geojson", 1),
        ("sao-miguel-azores/caop2024_parishes.gpkg", 0),
    ],
)
def test_real_units_lose_their_overlaps_when_dissolved(real_data, name, overlaps):
    """The oracle: the units' areas exceed the area of their union by what they share."""
    folder, file = name.split("/")
    frame = read_layer(real_data(folder) / file, geometry="polygon")

    fit = measure_fit(frame)

    lonlat = frame.to_crs(4326).geometry
    excess = sum(map(hectares, lonlat)) - hectares(lonlat.union_all())
    assert fit.overlap_places == overlaps
    assert fit.overlap_ha == pytest.approx(excess, abs=2e-3)


def test_an_assessment_carries_overlaps_among_its_notes(tmp_path):
    import greencover as gc

    county = SmallCounty()
    county.townships.loc[1, "geometry"] = shapely.box(
        MIDDLE_X - CELL, SOUTH, WEST + 40 * CELL, NORTH
    )

    assessment = gc.assess(county.write(tmp_path))

    (note,) = [note for note in assessment.notes if "overlap" in note]
    assert "西林镇 and 东草乡" in note
    assert "0.43 ha" in note
    opened = pytest.warns(GreencoverWarning, match="overlap by 0.43 ha")
    with opened:
        Campaign.read(tmp_path / "campaign.toml").open()


@pytest.mark.parametrize(
    ("shape", "crs", "message"),
    [
        (shapely.box(-179.0, 60.0, 179.0, 61.0), 4326, "crosses the 180th meridian in row 1"),
        (shapely.box(10.0, 89.5, 20.0, 90.0), 4326, "reaches a pole in row 1"),
        (shapely.Point(0, 0).buffer(1000.0), 3413, "pole"),
        (shapely.box(-2_000.0, -2_000.0, 2_000.0, 2_000.0), 3031, "pole"),
        (shapely.box(600_000, 6_600_000, 800_000, 6_700_000), 32660, "180th meridian"),
    ],
)
def test_poles_and_the_date_line_are_refused(shape, crs, message):
    with pytest.raises(LayerError, match=message):
        check_geometry(units(shape, crs=crs), "layer")


def test_units_on_both_sides_of_the_date_line_are_taken():
    frame = units(shapely.box(179.0, 60.0, 180.0, 61.0), shapely.box(-180.0, 60.0, -179.0, 61.0))

    assert len(check_geometry(frame, "layer", geometry="polygon")) == 2


def test_oversized_layers_are_refused(monkeypatch):
    monkeypatch.setattr(geometry, "MOST_VERTICES", 4)

    with pytest.raises(LayerError, match="has 5 vertices, more than the 4 that are read"):
        check_geometry(units(WESTERN), "layer")


def test_measures_and_heights_are_dropped(tmp_path):
    path = tmp_path / "m.csv"
    path.write_text('WKT\n"LINESTRING ZM (118 30 5 0, 119 30 6 100)"\n')
    found = read_layer(path, crs="EPSG:4326", geometry="line")

    assert not found.has_z.any()
    assert shapely.length(found.geometry).tolist() == [1.0]


def test_ground_beyond_ones_own_township_is_measured():
    towns = units(WESTERN, EASTERN)
    villages = units(
        shapely.box(118.0, 30.0, 118.11, 30.1), shapely.box(118.11, 30.0, 118.2, 30.1), EASTERN
    )

    found = outside_ha(villages, towns, [0, 1, 1])

    over = hectares(shapely.box(118.1, 30.0, 118.11, 30.1))
    assert found.tolist() == pytest.approx([over, 0.0, 0.0])
    with pytest.warns(
        GreencoverWarning, match=r"1 unit that reaches 1,06\d\.\d\d ha .* \(甲村 1,06"
    ):
        report_outside(villages, towns, "layer", within=[0, 1, 1], names=["甲村", "乙村", "丙村"])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        report_outside(villages[1:], towns, "layer", within=[1, 1], names=["乙村", "丙村"])


def village_county(*, keys, first):
    """Villages of the small county: ``first`` of the west township and one of the east."""
    county = SmallCounty()
    east = shapely.box(MIDDLE_X, SOUTH, WEST + 40 * CELL, NORTH)
    villages = gpd.GeoDataFrame(
        {"code": ["V1", "V2"], "name": ["甲村", "乙村"], "town": ["T1", "T2"]},
        geometry=[first, east],
        crs=4326,
    )
    county.text += f'[layers.villages]\npath = "villages.gpkg"\n{keys}'
    return county, villages


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ('township = "town"\n', ["overlap by 0.43 ha", "reaches 0.43 ha beyond the township"]),
        ("", ["overlap by 0.43 ha"]),
    ],
)
def test_a_campaign_tells_how_villages_fit(tmp_path, keys, told):
    county, villages = village_county(
        keys=keys, first=shapely.box(WEST, SOUTH, MIDDLE_X + CELL, NORTH)
    )
    path = county.write(tmp_path)
    villages.to_file(tmp_path / "villages.gpkg")

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        Campaign.read(path).open()

    said = [str(one.message) for one in caught if "villages.gpkg" in str(one.message)]
    said = [sentence for sentence in said if "ha " in sentence]
    assert len(said) == len(told)
    for sentence, words in zip(said, told, strict=True):
        assert words in sentence
        assert "甲村" in sentence


def wandering(columns, rows, size=0.01):
    """Squares whose borders have many vertices and do not quite meet."""
    squares = []
    for i in range(columns):
        for j in range(rows):
            x, y = 114.0 + i * size, 30.0 + j * size
            box = shapely.box(x, y, x + size * 1.001, y + size)
            squares.append(shapely.segmentize(box, size / 50))
    return units(*squares)


def effort_s(frame):
    """Processor seconds that measuring takes; other programs do not count, but for their noise."""
    started = time.process_time()
    measure_fit(frame)
    outside_ha(frame, units(shapely.box(114.0, 30.0, 115.0, 31.0)), [0] * len(frame))
    return time.process_time() - started


@pytest.mark.thorough
def test_four_times_the_villages_take_no_sixteen_times_the_effort():
    """Every pair of 3,000 villages looked at would."""
    few, many = wandering(30, 25), wandering(60, 50)

    fewest = min(effort_s(few) for _ in range(3))

    assert effort_s(many) < 12.0 * fewest


def test_thousands_of_villages_are_measured():
    columns, rows = 60, 50
    frame = wandering(columns, rows)

    fit = measure_fit(frame)
    outside = outside_ha(frame, units(shapely.box(114.0, 30.0, 115.0, 31.0)), [0] * len(frame))

    assert fit.overlap_places == (columns - 1) * rows
    assert fit.sliver_places == fit.overlap_places
    assert outside.sum() == 0.0
