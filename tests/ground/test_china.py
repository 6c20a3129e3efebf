"""Shifted web maps and nameless Gauss-Kruger zones are told, and never guessed."""

from __future__ import annotations

import warnings

import geopandas as gpd
import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

import greencover as gc
from greencover.campaign import Campaign
from greencover.campaign.explain import explain, page
from greencover.campaign.shift import shifted_layers, shifted_roads
from greencover.ground.china import (
    bd09_to_gcj02,
    bd09_to_wgs84,
    gcj02_to_bd09,
    gcj02_to_wgs84,
    inside_china,
    looks_swapped,
    propose_crs,
    wgs84_to_bd09,
    wgs84_to_gcj02,
)
from greencover.ground.errors import CrsError, GreencoverWarning, LayerError, NoOverlapError
from greencover.layers import read_layer
from small_county import CELL, EAST, NORTH, WEST, SmallCounty

METRES = 111_320.0
LON, LAT = st.floats(73.0, 136.0), st.floats(17.0, 54.0)


# Published examples of coordtransform and eviltransform.
@pytest.mark.parametrize(
    ("shift", "given_", "published", "tolerance"),
    [
        (wgs84_to_gcj02, (116.404, 39.915), (116.41024449916938, 39.91640428150164), 1e-12),
        (wgs84_to_gcj02, (121.5272106, 31.1774276), (121.531541859215, 31.17530398364597), 1e-6),
        (wgs84_to_gcj02, (113.912316, 22.543847), (113.9171764808363, 22.540796131694766), 1e-6),
        (wgs84_to_gcj02, (116.377817, 39.911954), (116.38404722455657, 39.91334545536069), 1e-6),
        (gcj02_to_bd09, (116.404, 39.915), (116.41036949371029, 39.92133699351021), 1e-12),
        # The published inverses take one step only: they are good to some metres.
        (gcj02_to_wgs84, (116.404, 39.915), (116.39775550083061, 39.91359571849836), 1e-5),
        (bd09_to_gcj02, (116.404, 39.915), (116.39762729119315, 39.90865673957631), 1e-5),
        (bd09_to_wgs84, (120.019809, 29.199786), (120.00877901149691, 29.196131605295484), 1e-4),
    ],
)
def test_published_pairs_are_met(shift, given_, published, tolerance):
    assert [float(one) for one in shift(*given_)] == pytest.approx(published, abs=tolerance)


@given(lon=LON, lat=LAT)
def test_there_and_back_is_where_one_was(lon, lat):
    for there, back in ((wgs84_to_gcj02, gcj02_to_wgs84), (wgs84_to_bd09, bd09_to_wgs84)):
        x, y = back(*there(lon, lat))
        assert np.hypot(x - lon, y - lat) * METRES < 1e-6


@given(lon=LON, lat=LAT)
def test_web_maps_shift_by_metres_not_by_kilometres(lon, lat):
    x, y = wgs84_to_gcj02(lon, lat)
    shift = np.hypot((x - lon) * np.cos(np.radians(lat)), y - lat) * METRES

    assert 15.0 < shift < 750.0


def test_arrays_keep_their_shape():
    lon, lat = np.full((2, 3), 110.0), np.full((2, 3), 30.0)

    assert gcj02_to_wgs84(lon, lat)[0].shape == (2, 3)
    assert gcj02_to_wgs84([], [])[1].shape == (0,)


@pytest.mark.parametrize(
    ("lon", "lat"),
    [
        (116.4, 39.9),
        (75.99, 39.47),
        (122.5, 52.97),
        (109.5, 18.25),
        (91.1, 29.65),
        (97.85, 24.0),
        (88.9, 27.48),
        (134.3, 48.37),
        (87.6, 43.8),
        (117.4, 49.6),
    ],
)
def test_places_in_china_are_inside(lon, lat):
    assert inside_china(lon, lat)


@pytest.mark.parametrize(
    ("lon", "lat"),
    [
        (89.64, 27.47),  # Thimphu, which boxes take for China
        (105.85, 21.03),
        (106.9, 47.92),
        (127.0, 37.5),
        (85.32, 27.7),
        (131.9, 43.1),
        (76.9, 43.24),
        (97.4, 25.38),
        (125.75, 39.03),
        (135.07, 48.48),
    ],
)
def test_neighbours_are_outside(lon, lat):
    assert not inside_china(lon, lat)


def box_in(crs, lon, lat):
    """A tenth of a degree around a place, in another system."""
    there = pyproj.Transformer.from_crs("EPSG:4326", crs, always_xy=True)
    x, y = there.transform([lon - 0.05, lon + 0.05], [lat - 0.05, lat + 0.05])
    return (x[0], y[0], x[1], y[1])


ZONES = [
    *((f"EPSG:{4513 + zone - 25}", 3 * zone, f"CGCS2000 3-degree zone {zone}")
      for zone in range(25, 46)),
    *((f"EPSG:{4491 + zone - 13}", 6 * zone - 3, f"CGCS2000 6-degree zone {zone}")
      for zone in range(13, 24)),
]  # fmt: skip


@pytest.mark.parametrize(("crs", "meridian", "meaning"), ZONES)
def test_zones_with_their_number_are_recognised(crs, meridian, meaning):
    proposals = propose_crs(box_in(crs, meridian + 0.7, 33.0))

    assert (proposals[0].crs, proposals[0].meaning) == (crs, meaning)
    assert [pyproj.CRS(one.crs).geodetic_crs.name for one in proposals] == [
        "China Geodetic Coordinate System 2000",
        "Xian 1980",
        "Beijing 1954",
    ]
    # All three are the same zone on three ellipsoids: a hundred metres apart, not a county.
    for one in proposals:
        false_eastings = {
            parameter.value
            for parameter in pyproj.CRS(one.crs).coordinate_operation.params
            if parameter.name == "False easting"
        }
        assert false_eastings == {crs_easting(crs)}
        assert crs_meridian(one.crs) == meridian


def crs_parameter(crs, name):
    params = pyproj.CRS(crs).coordinate_operation.params
    return next(one.value for one in params if one.name == name)


def crs_easting(crs):
    return crs_parameter(crs, "False easting")


def crs_meridian(crs):
    return crs_parameter(crs, "Longitude of natural origin")


@pytest.mark.parametrize("meridian", range(75, 136, 3))
def test_zones_without_their_number_are_told_by_the_land_cover(meridian):
    crs = f"EPSG:{4534 + (meridian - 75) // 3}"
    box = box_in(crs, meridian - 1.2, 41.0)

    proposals = propose_crs(box, near=(meridian - 1.0, 41.1))

    assert proposals[0].crs == crs
    assert [crs_meridian(one.crs) for one in proposals] == [meridian] * 3
    assert [crs_easting(one.crs) for one in proposals] == [500_000.0] * 3


def test_without_the_land_cover_no_meridian_is_made_up():
    (proposal,) = propose_crs((480_000, 3_300_000, 520_000, 3_340_000))

    assert proposal.crs == ""
    assert "without its number" in proposal.meaning


def test_a_layer_of_another_county_gets_no_meridian():
    far = propose_crs((480_000, 3_300_000, 520_000, 3_340_000), near=(114.0, 50.0))

    assert far == ()


@pytest.mark.parametrize(
    "box", [(0, 0, 1, 1), (1e7, 3e6, 1.1e7, 4e6), (-74, 40, -73, 41), (38e6, 3e6, 41e6, 4e6)]
)
def test_what_is_no_chinese_system_is_not_called_one(box):
    assert propose_crs(box) == ()


def test_northing_first_is_told():
    x0, y0, x1, y1 = box_in("EPSG:4526", 114.2, 30.0)

    proposal = propose_crs((y0, x0, y1, x1))[0]

    assert (proposal.crs, proposal.swapped) == ("EPSG:4526", True)


def test_latitude_first_is_told():
    assert looks_swapped((30, 118, 31, 119))
    assert not looks_swapped((118, 30, 119, 31))
    assert propose_crs((30, 118, 31, 119))[0].swapped


def nameless(folder, crs, *, swapped=False):
    """A layer in a system that its file does not name."""
    frame = gpd.GeoDataFrame(
        {"code": ["A"]}, geometry=[shapely.box(114, 30, 114.2, 30.2)], crs=4326
    )
    shapes = frame.to_crs(crs).geometry.to_numpy()
    if swapped:
        shapes = shapely.transform(shapes, lambda xy: xy[:, ::-1])
    path = folder / "towns.gpkg"
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="'crs' was not provided")
        frame.set_geometry(gpd.GeoSeries(shapes)).set_crs(None, allow_override=True).to_file(path)
    return path


@pytest.mark.parametrize(
    ("crs", "options", "words"),
    [
        (4526, {}, ["CGCS2000 3-degree zone 38 (EPSG:4526)", "EPSG:2362", 'crs = "EPSG:4526"']),
        (4498, {}, ["CGCS2000 6-degree zone 20 (EPSG:4498)", "EPSG:21420"]),
        (4547, {"near": (114.1, 30.1)}, ["central meridian 114°E (EPSG:4547)", "EPSG:2435"]),
        (4547, {}, ["without its number in the easting", "ask for the central meridian"]),
        (4490, {}, ["EPSG:4490", "GCJ-02"]),
        (32650, {"near": (-60.0, 10.0)}, ["declare the right one"]),
    ],
)
def test_a_missing_system_is_proposed_in_the_error(tmp_path, crs, options, words):
    path = nameless(tmp_path, crs)

    with pytest.raises(CrsError, match="has no coordinate reference system") as caught:
        read_layer(path, **options)

    for word in words:
        assert word in str(caught.value)


def test_northing_first_is_proposed_in_the_error(tmp_path):
    path = nameless(tmp_path, 4526, swapped=True)

    with pytest.raises(CrsError, match=r"with the northing or latitude first: exchange x and y"):
        read_layer(path)


def test_a_declared_system_places_the_layer(tmp_path):
    found = read_layer(nameless(tmp_path, 4526), crs="EPSG:4526")

    assert found.crs.to_epsg() == 4526
    assert found.to_crs(4326).total_bounds.tolist() == pytest.approx([114, 30, 114.2, 30.2])


def test_a_declared_system_wins_and_is_told(tmp_path):
    path = nameless(tmp_path, 4526)
    gpd.read_file(path).set_crs(2362, allow_override=True).to_file(path)

    with pytest.warns(GreencoverWarning, match=r"Xian 1980.* declared as EPSG:4526 .*taken"):
        found = read_layer(path, crs="EPSG:4526")

    assert found.crs.to_epsg() == 4526


def test_a_system_that_is_none_is_refused(tmp_path):
    with pytest.raises(CrsError, match=r"crs = 'Mars' is no|'Mars', which is no coordinate system"):
        read_layer(nameless(tmp_path, 4526), crs="Mars")


def shifted(frame, there):
    shapes = shapely.transform(frame.geometry.to_numpy(), there, interleaved=False)
    return frame.set_geometry(gpd.GeoSeries(shapes, index=frame.index, crs=4326))


@pytest.mark.parametrize(("name", "there"), [("GCJ-02", wgs84_to_gcj02), ("bd09", wgs84_to_bd09)])
@pytest.mark.parametrize("said", [4326, 4490, None])
def test_a_declared_shift_is_taken_back(tmp_path, name, there, said):
    true = SmallCounty().townships
    path = tmp_path / "towns.gpkg"
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="'crs' was not provided")
        shifted(true, there).set_crs(said, allow_override=True).to_file(path)

    with pytest.warns(GreencoverWarning, match=r"was moved from .* to WGS 84, by [\d,]+ m"):
        found = read_layer(path, crs=name, geometry="polygon")

    assert found.crs.to_epsg() == 4326
    off = shapely.hausdorff_distance(found.geometry.to_numpy(), true.geometry.to_numpy())
    assert off.max() * METRES < 1e-6


def test_a_shift_declared_outside_china_is_remarked(tmp_path):
    path = tmp_path / "thimphu.gpkg"
    gpd.GeoDataFrame(geometry=[shapely.box(89.6, 27.4, 89.7, 27.5)], crs=4326).to_file(path)

    with pytest.warns(GreencoverWarning, match="lies outside China"):
        read_layer(path, crs="GCJ-02")


def test_metres_are_no_shifted_degrees(tmp_path):
    with pytest.raises(CrsError, match="declared as GCJ-02, but has no longitudes"):
        read_layer(nameless(tmp_path, 4526), crs="GCJ-02")


def test_a_campaign_declares_the_system_of_a_layer(tmp_path):
    county = SmallCounty()
    county.replace('layer = "townships"', 'layer = "townships"\ncrs = "GCJ-02"')
    true = county.townships.geometry.to_numpy()
    county.townships = shifted(county.townships, wgs84_to_gcj02)

    with pytest.warns(GreencoverWarning, match="moved from GCJ-02"):
        opened = Campaign.read(county.write(tmp_path)).open()

    off = shapely.hausdorff_distance(opened.townships.geometry.to_numpy(), true)
    assert off.max() * METRES < 1e-6


@pytest.mark.filterwarnings("ignore:.*looks resampled")
def test_swapped_layers_are_named_by_the_land_cover(tmp_path):
    """Where both orders are possible places, the cover tells which is meant."""
    import rasterio
    from rasterio.transform import from_origin

    county = SmallCounty()
    path = county.write(tmp_path)
    with rasterio.open(
        tmp_path / "cover.tif", "w", driver="GTiff", width=40, height=40, count=1, dtype="uint8",
        crs="EPSG:4326", transform=from_origin(24.9, 60.2, 1e-3, 1e-3),
    ) as dataset:  # fmt: skip
        dataset.write(county.codes, 1)
    frame = county.townships.set_geometry(
        gpd.GeoSeries(
            [shapely.box(60.17, 24.9, 60.18, 24.91), shapely.box(60.18, 24.9, 60.2, 24.91)]
        )
    ).set_crs(4326)
    frame.to_file(tmp_path / "county.gpkg", layer="townships")

    with pytest.raises(LayerError, match=r"townships.*has latitude and longitude swapped"):
        Campaign.read(path).open()


def test_zones_that_are_elsewhere_are_not_called_swapped(tmp_path):
    county = SmallCounty()
    county.townships = county.townships.set_geometry(county.townships.translate(xoff=5.0))

    with pytest.raises(NoOverlapError):
        Campaign.read(county.write(tmp_path)).open()


def road_county(there=None):
    """A road one cell wide through woods; both as they are, or the road as a web map shows it."""
    county = SmallCounty()
    county.codes[:] = 10
    county.codes[10, :] = 50
    y = NORTH - 10.5 * CELL
    road = shapely.LineString([(WEST, y), (EAST, y)])
    frame = county.roads.iloc[:1].set_geometry(gpd.GeoSeries([road], crs=4326))
    county.roads = (
        frame if there is None else shifted(frame.set_geometry(frame.segmentize(CELL)), there)
    )
    return county


@pytest.mark.parametrize(
    ("system", "there"), [("GCJ-02", wgs84_to_gcj02), ("BD-09", wgs84_to_bd09)]
)
def test_shifted_roads_are_found_on_the_land_cover(tmp_path, system, there):
    county = road_county(there)
    county.write(tmp_path)
    cover = gc.LandCover.open(tmp_path / "cover.tif", legend="worldcover")

    (sentence,) = shifted_roads(county.roads, cover)

    assert f"the layer roads is probably in {system}" in sentence
    assert "of about" in sentence
    assert "taken back 100% of it lie on built or bare ground" in sentence
    assert f'write crs = "{system}" under [layers.roads]' in sentence


def test_roads_in_their_place_are_not_called_shifted(tmp_path):
    county = road_county()
    county.write(tmp_path)
    cover = gc.LandCover.open(tmp_path / "cover.tif", legend="worldcover")

    assert list(shifted_roads(county.roads, cover)) == []


def test_roads_that_the_cover_does_not_show_give_no_answer(tmp_path):
    county = SmallCounty()
    county.write(tmp_path)
    cover = gc.LandCover.open(tmp_path / "cover.tif", legend="worldcover")

    assert list(shifted_roads(shifted(county.roads, wgs84_to_gcj02), cover)) == []


def county_and_townships(*, shift):
    """A county of wandering borders, and its two townships as another map draws them."""
    angle = np.linspace(0.0, 2.0 * np.pi, 400, endpoint=False)
    radius = 0.12 + 0.02 * np.sin(5 * angle) + 0.01 * np.cos(11 * angle)
    outline = shapely.Polygon(
        np.column_stack([114.0 + radius * np.cos(angle), 30.0 + radius * np.sin(angle)])
    )
    halves = [outline & shapely.box(113, 29, 114, 31), outline & shapely.box(114, 29, 115, 31)]
    county = gpd.GeoDataFrame(geometry=[outline], crs=4326)
    townships = gpd.GeoDataFrame(geometry=halves, crs=4326)
    return {"county": county, "townships": shift(townships)}


@pytest.mark.parametrize(
    ("system", "there"), [("GCJ-02", wgs84_to_gcj02), ("BD-09", wgs84_to_bd09)]
)
def test_a_shifted_layer_is_found_against_the_others(system, there):
    (sentence,) = shifted_layers(county_and_townships(shift=lambda frame: shifted(frame, there)))

    assert sentence.startswith(f"the layer townships is probably in {system}")
    assert f'write crs = "{system}" under [layers.townships]' in sentence


@pytest.mark.parametrize("east", [0.0, 0.0002, -0.004, 0.02])
def test_layers_that_fit_or_err_otherwise_are_not_called_shifted(east):
    layers = county_and_townships(shift=lambda frame: frame.set_geometry(frame.translate(east)))

    assert list(shifted_layers(layers)) == []


@pytest.mark.filterwarnings("ignore:.*looks resampled")
def test_check_tells_of_a_shifted_layer(tmp_path):
    """A county large enough that a shifted outline still meets its cover."""
    import rasterio
    from rasterio.transform import from_origin

    county = SmallCounty()
    county.replace(
        "[layers.townships]",
        '[layers.county]\npath = "outline.gpkg"\n[layers.townships]',
    )
    county.text = county.text[: county.text.index("[layers.roads]")]
    layers = county_and_townships(shift=lambda frame: frame)
    county.townships = county.townships.set_geometry(layers["townships"].geometry)
    path = county.write(tmp_path)
    with rasterio.open(
        tmp_path / "cover.tif", "w", driver="GTiff", width=40, height=40, count=1, dtype="uint8",
        crs="EPSG:4326", transform=from_origin(113.8, 30.2, 1e-2, 1e-2),
    ) as dataset:  # fmt: skip
        dataset.write(county.codes, 1)

    def told():
        opened = Campaign.read(path).open()
        return page(explain(opened), "en")

    layers["county"].to_file(tmp_path / "outline.gpkg")
    assert "is probably in" not in told()
    shifted(layers["county"], wgs84_to_gcj02).to_file(tmp_path / "outline.gpkg")
    assert "the layer county is probably in GCJ-02: against townships it is off by" in told()


CODES = ["430225", "430223", "431224", "422825", "420105", "360826", "350924"]


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("reference", ["wgs84_amap_counties.gpkg", "tianditu_counties.gpkg"])
def test_real_counties_of_a_web_map_are_found(real_data, code, reference):
    folder = real_data("china-counties-gcj02")
    true = gpd.read_file(folder / reference)
    true = true[true["district_adcode"].astype(str) == code]
    web = gpd.read_file(folder / f"gcj02_{code}.geojson").set_crs(4326, allow_override=True)

    (sentence,) = shifted_layers({"web": web, "true": true})

    assert "the layer web is probably in GCJ-02" in sentence


@pytest.mark.parametrize("code", CODES)
def test_real_counties_drawn_twice_are_not_called_shifted(real_data, code):
    folder = real_data("china-counties-gcj02")
    amap, tianditu = (
        gpd.read_file(folder / name)
        for name in ("wgs84_amap_counties.gpkg", "tianditu_counties.gpkg")
    )
    pair = {
        "amap": amap[amap["district_adcode"].astype(str) == code],
        "tianditu": tianditu[tianditu["district_adcode"].astype(str) == code],
    }

    assert list(shifted_layers(pair)) == []


@pytest.mark.parametrize("code", CODES)
def test_real_counties_fall_onto_the_true_ones(real_data, code):
    folder = real_data("china-counties-gcj02")
    true = gpd.read_file(folder / "wgs84_amap_counties.gpkg")
    true = true[true["district_adcode"].astype(str) == code].geometry.iloc[0]

    with pytest.warns(GreencoverWarning, match="moved from GCJ-02"):
        web = read_layer(folder / f"gcj02_{code}.geojson", crs="GCJ-02", geometry="polygon")

    def alike(shape):
        return (shape & true).area / (shape | true).area

    moved = shapely.union_all(web.geometry)
    raw = shapely.union_all(gpd.read_file(folder / f"gcj02_{code}.geojson").geometry)
    assert alike(moved) > 0.98
    assert 1.0 - alike(moved) < 0.5 * (1.0 - alike(raw))
