"""The sample county: what its files promise, recounted without the library."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import rasterio
import rasterio.features
import shapely
from pyproj import Geod

from paths import ROOT, SAMPLE

LAYERS = ("townships", "villages", "roads", "river", "parks", "built_up")
GRADES = {"高速公路", "国道", "省道", "县道", "乡道", "村道"}
CODES = {"tree": 10, "shrub": 20, "grass": 30, "crop": 40, "built": 50, "bare": 60}
GEOD = Geod(ellps="WGS84")
SAME = 1e-9


@pytest.fixture(scope="module")
def layers() -> dict[str, gpd.GeoDataFrame]:
    return {name: gpd.read_file(SAMPLE / "county.gpkg", layer=name) for name in LAYERS}


@pytest.fixture(scope="module")
def truth() -> dict[str, Any]:
    return json.loads((SAMPLE / "truth.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def covers() -> dict[str, np.ndarray]:
    return {year: read_cover(SAMPLE / f"cover_{year}.tif") for year in ("2020", "2023")}


def read_cover(path: Path) -> np.ndarray:
    with rasterio.open(path) as image:
        return image.read(1)


def corners(columns: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Degrees of pixel corners."""
    return 114.772 + columns / 12000, 27.696 - rows / 12000


def pixels_of(lonlat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Columns and rows, with fractions, of positions in degrees."""
    return (lonlat[:, 0] - 114.772) * 12000, (27.696 - lonlat[:, 1]) * 12000


def geodesic_ha(geometry: shapely.Geometry) -> float:
    dense = shapely.segmentize(geometry, 1e-4)
    return abs(GEOD.geometry_area_perimeter(dense)[0]) / 1e4


@cache
def row_pixel_ha() -> np.ndarray:
    """One pixel of each row, from its geodesic area a hundred columns wide."""
    areas = []
    for row in range(2304):
        columns = np.linspace(0, 100, 101)
        lons, north = corners(columns, np.full(101, row))
        south = corners(columns, np.full(101, row + 1))[1]
        ring = np.r_[lons, lons[::-1]], np.r_[south, north]
        areas.append(abs(GEOD.polygon_area_perimeter(*ring)[0]) / 1e6)
    # Rounding in the last digits of each; a smooth curve through all rows has none.
    t = np.linspace(-1, 1, len(areas))
    return np.polynomial.Polynomial.fit(t, areas, 4)(t)


def chain(roads: gpd.GeoDataFrame, road: str) -> np.ndarray:
    pieces = [shapely.get_coordinates(g) for g in roads.geometry[roads["road"] == road]]
    for before, after in pairwise(pieces):
        np.testing.assert_array_equal(before[-1], after[0], err_msg=road)
    return np.vstack([pieces[0], *(piece[1:] for piece in pieces[1:])])


def beside(line: np.ndarray, side: str, off_m: float) -> tuple[np.ndarray, np.ndarray]:
    """Points every ten metres beside a road, and their chainage in metres."""
    lon, lat = line.T
    azimuths, _, lengths = GEOD.inv(lon[:-1], lat[:-1], lon[1:], lat[1:])
    along = np.r_[0, np.cumsum(lengths)]
    stations = np.arange(5.0, along[-1], 10.0)
    i = np.searchsorted(along, stations, side="right") - 1
    at_lon, at_lat, _ = GEOD.fwd(lon[i], lat[i], azimuths[i], stations - along[i])
    turn = azimuths[i] + (-90 if side == "left" else 90)
    lon, lat, _ = GEOD.fwd(at_lon, at_lat, turn, np.full(len(i), off_m))
    return np.column_stack([lon, lat]), stations


def codes_at(cover: np.ndarray, points: np.ndarray) -> np.ndarray:
    columns, rows = pixels_of(points)
    return cover[np.floor(rows).astype(int), np.floor(columns).astype(int)]


def within(stations: np.ndarray, stretches: list[list[float]], shrink_m: float) -> np.ndarray:
    hit = np.zeros(len(stations), bool)
    for low, high in stretches:
        hit |= (stations > low * 1000 + shrink_m) & (stations < high * 1000 - shrink_m)
    return hit


def test_files_are_small_and_complete() -> None:
    sizes = {path.name: path.stat().st_size for path in SAMPLE.iterdir()}
    assert {"county.gpkg", "cover_2020.tif", "cover_2023.tif", "truth.json"} <= set(sizes)
    assert {"campaign.toml", "README.md"} <= set(sizes)
    assert {"trees.parquet", "surveyed.csv", "field_checks.csv", "plantings.csv"} <= set(sizes)
    assert sum(sizes.values()) < 3_000_000
    assert set(pyogrio.list_layers(SAMPLE / "county.gpkg")[:, 0]) == set(LAYERS)


def test_crs_and_bilingual_names(layers: dict[str, gpd.GeoDataFrame]) -> None:
    for name, layer in layers.items():
        assert layer.crs.to_epsg() == 4490, name
        assert layer.geometry.is_valid.all(), name
        assert layer["name"].str.contains(r"[\u4e00-\u9fff]").all(), name
        assert layer["name_en"].str.fullmatch(r"[A-Za-z' -]+").all(), name


def test_villages_partition_townships_and_townships_the_county(
    layers: dict[str, gpd.GeoDataFrame], truth: dict[str, Any]
) -> None:
    townships, villages = layers["townships"], layers["villages"]
    assert (len(townships), len(villages)) == (8, 60)
    assert townships["code"].is_unique
    assert villages["code"].is_unique
    assert set(villages["settlement"]) == {"clustered", "dispersed"}
    for layer in (townships, villages):
        shapes = layer.geometry.to_numpy()
        assert (shapely.get_type_id(shapes) == 3).all()
        assert shapely.coverage_is_valid(shapes)
        total = layer.geometry.map(geodesic_ha).sum()
        assert total == pytest.approx(truth["county"]["area_ha"], rel=1e-9)
        # One outer ring and no holes: a sliver between two units would be a hole.
        assert shapely.get_num_interior_rings(shapely.coverage_union_all(shapes)) == 0
    for township in townships.itertuples():
        own = villages[villages["township_code"] == township.code]
        united = shapely.coverage_union_all(own.geometry.to_numpy())
        assert shapely.equals(united, township.geometry)
        assert own["residents"].sum() == township.residents
        known = truth["townships"][township.code]
        assert known["area_ha"] == pytest.approx(geodesic_ha(township.geometry), rel=1e-9)
        assert known["villages"] == len(own)
        assert known["residents"] == township.residents


def test_rasters_are_tiled_and_counted(
    covers: dict[str, np.ndarray], truth: dict[str, Any]
) -> None:
    for year, codes in covers.items():
        with rasterio.open(SAMPLE / f"cover_{year}.tif") as image:
            assert image.crs.to_epsg() == 4326
            assert image.dtypes == ("uint8",)
            assert image.nodata == 0
            assert image.profile["blockxsize"] == image.profile["blockysize"] == 512
            assert image.compression.name == "deflate"
            assert image.overviews(1)
            grid = (1 / 12000, 0, 114.772, 0, -1 / 12000, 27.696)
            assert tuple(image.transform)[:6] == pytest.approx(grid, rel=1e-12)
        counted = dict(zip(*np.unique(codes, return_counts=True), strict=True))
        known = truth["raster"]["years"][year]
        assert {str(code): n for code, n in counted.items()} == known["pixels"]
        for code, hectares in known["area_ha"].items():
            by_row = (codes == int(code)).sum(axis=1)
            assert by_row @ row_pixel_ha() == pytest.approx(hectares, rel=1e-8)
    changed = covers["2020"] != covers["2023"]
    assert 0.02 < changed.mean() < 0.15
    trees = {year: codes == 10 for year, codes in covers.items()}
    assert (trees["2023"] & ~trees["2020"]).sum() > 10_000
    assert (trees["2020"] & ~trees["2023"]).sum() > 10_000


def test_aligned_township_is_whole_pixels(
    layers: dict[str, gpd.GeoDataFrame], covers: dict[str, np.ndarray], truth: dict[str, Any]
) -> None:
    known = truth["aligned_township"]
    townships = layers["townships"].set_index("code")
    (polygon,) = townships.geometry[townships.index == known["code"]]
    columns, rows = pixels_of(shapely.get_coordinates(polygon))
    np.testing.assert_allclose(columns, np.rint(columns), atol=1e-6)
    np.testing.assert_allclose(rows, np.rint(rows), atol=1e-6)

    with rasterio.open(SAMPLE / "cover_2023.tif") as image:
        inside = ~rasterio.features.geometry_mask([polygon], image.shape, image.transform)
    assert inside.sum() == known["pixels"]
    # Shoelace in pixel coordinates: the polygon is these pixels and nothing else.
    shoelace = abs(np.sum(columns[:-1] * rows[1:] - columns[1:] * rows[:-1])) / 2
    assert shoelace == pytest.approx(known["pixels"], rel=1e-9)
    assert known["area_ha"] == pytest.approx(geodesic_ha(polygon), rel=1e-9)
    for year, codes in covers.items():
        counted = dict(zip(*np.unique(codes[inside], return_counts=True), strict=True))
        of_year = known["years"][year]
        assert {str(code): n for code, n in counted.items()} == of_year["pixels"]
        trees = (inside & (codes == 10)).sum(axis=1) @ row_pixel_ha()
        share = 100 * trees / (inside.sum(axis=1) @ row_pixel_ha())
        assert of_year["tree_pct"] == pytest.approx(share, rel=1e-9)


def test_cloud_hides_whole_pixels_of_one_township(
    layers: dict[str, gpd.GeoDataFrame], covers: dict[str, np.ndarray], truth: dict[str, Any]
) -> None:
    known = truth["unobserved"]
    hidden = covers["2023"] == 0
    assert hidden.sum() == known["pixels"]
    assert not (covers["2020"] == 0).any()
    rows, columns = np.nonzero(hidden)
    west, north = corners(columns, rows)
    east, south = corners(columns + 1, rows + 1)
    boxes = shapely.box(west, south, east, north)
    townships = layers["townships"].set_index("code")
    (home,) = townships.geometry[townships.index == known["township_code"]]
    shapely.prepare(home)
    assert shapely.contains_properly(home, boxes).all()
    share = 100 * hidden.sum(axis=1) @ row_pixel_ha() / geodesic_ha(home)
    assert known["unobserved_pct"] == pytest.approx(share, rel=1e-8)
    assert known["unobserved_pct"] == pytest.approx(1.5, abs=0.001)


def test_parks_and_residents(layers: dict[str, gpd.GeoDataFrame], truth: dict[str, Any]) -> None:
    parks = layers["parks"]
    assert 10 <= len(parks) <= 15
    townships = layers["townships"].set_index("code")
    hectares = parks.geometry.map(geodesic_ha).groupby(parks["township_code"]).sum()
    for code, known in truth["townships"].items():
        own = parks.geometry[parks["township_code"] == code]
        assert own.within(townships.geometry[code]).all()
        assert known["park_ha"] == pytest.approx(hectares[code], rel=1e-6)
        per_head = hectares[code] * 1e4 / townships.loc[code, "residents"]
        assert known["park_m2_per_resident"] == pytest.approx(per_head, rel=1e-6)
    shapes = parks.geometry.to_numpy()
    assert shapely.union_all(shapes).area == pytest.approx(shapely.area(shapes).sum())


def test_roads_have_grades_bends_bridges_and_tunnels(
    layers: dict[str, gpd.GeoDataFrame], truth: dict[str, Any]
) -> None:
    roads, river = layers["roads"], layers["river"].geometry.iloc[0]
    assert set(roads["grade"]) == GRADES
    assert set(roads["bridge"]) == set(roads["tunnel"]) == {"yes", "no"}
    assert roads.groupby("road").size().max() >= 5
    assert (roads.groupby("road")[["grade", "name", "name_en"]].nunique() == 1).all(axis=None)
    # Wherever a road touches the river it is on a bridge.
    land = roads[roads["bridge"] == "no"]
    assert not land.geometry.intersects(river).any()
    assert (roads["bridge"].eq("yes") & roads.geometry.intersects(river)).any()

    county = shapely.coverage_union_all(layers["townships"].geometry.to_numpy())
    assert shapely.buffer(county, 1e-7).covers(shapely.union_all(roads.geometry.to_numpy()))
    total = 0.0
    for road, known in truth["roads"].items():
        length = GEOD.line_length(*chain(roads, road).T) / 1000
        assert known["length_km"] == pytest.approx(length, abs=1e-5)
        total += length
    assert 150 < total < 250


def test_junctions_share_a_vertex(layers: dict[str, gpd.GeoDataFrame]) -> None:
    roads = layers["roads"]
    ground = roads[roads["grade"] != "高速公路"].dissolve("road")
    pairs = ground.sindex.query(ground.geometry, predicate="intersects")
    met = 0
    for a, b in pairs.T[pairs[0] < pairs[1]]:
        one, other = ground.geometry.iloc[a], ground.geometry.iloc[b]
        shared = shapely.intersection(one, other)
        assert set(shapely.get_type_id(shapely.get_parts(shared))) == {0}
        vertices = [shapely.MultiPoint(shapely.get_coordinates(g)) for g in (one, other)]
        for point in shapely.get_parts(shared):
            assert max(point.distance(corner) for corner in vertices) < 1e-9
            met += 1
    assert met >= 20


def test_tree_belts_and_gaps_lie_where_the_truth_says(
    layers: dict[str, gpd.GeoDataFrame], covers: dict[str, np.ndarray], truth: dict[str, Any]
) -> None:
    known_grades = set()
    for road, known in truth["roads"].items():
        if not known["sides_known"]:
            continue
        known_grades.add(known["grade"])
        line = chain(layers["roads"], road)
        for year, sides in known["years"].items():
            for side in ("left", "right"):
                points, stations = beside(line, side, known["width_m"] / 2 + 6)
                codes = codes_at(covers[year], points)
                mouths = [[km - 0.09, km + 0.09] for km in known["other_roads_at_km"]]
                clear = ~within(stations, mouths, 0)
                lined = within(stations, sides[side]["greened_km"], 20) & clear
                assert (codes[lined] == 10).mean() > 0.995, (road, side, year)
                for gap in sides[side]["gaps"]:
                    bald = within(stations, [[gap["from_km"], gap["to_km"]]], 15)
                    assert bald.sum() > 20
                    assert (codes[bald] == CODES[gap["cover"]]).all(), (road, side, year, gap)
    assert known_grades == {
        "expressway", "national", "provincial", "county", "township", "village",
    }  # fmt: skip


def places(line: np.ndarray, points: np.ndarray) -> pd.DataFrame:
    """Distance of points from a road in metres, its side, and the chainage there."""
    east, north = 98722.684, 110813.031
    road = shapely.LineString(line * (east, north))
    marks = np.r_[0.0, np.cumsum(np.hypot(*np.diff(line * (east, north), axis=0).T))]
    along = np.r_[0.0, np.cumsum(GEOD.inv(*line[:-1].T, *line[1:].T)[2])]
    spots = shapely.points(points * (east, north))
    at = shapely.line_locate_point(road, spots)
    ahead = shapely.get_coordinates(shapely.line_interpolate_point(road, at + 0.5))
    behind = shapely.get_coordinates(shapely.line_interpolate_point(road, np.maximum(at - 0.5, 0)))
    way, away = ahead - behind, points * (east, north) - behind
    left = way[:, 0] * away[:, 1] - way[:, 1] * away[:, 0] > 0
    return pd.DataFrame(
        {
            "off_m": shapely.distance(road, spots),
            "at_m": np.interp(at, marks, along),
            "side": np.where(left, "left", "right"),
        }
    )


@pytest.mark.thorough
def test_trees_stand_where_roads_are_lined_and_vacant_places_where_they_are_not(
    layers: dict[str, gpd.GeoDataFrame], truth: dict[str, Any]
) -> None:
    trees = gpd.read_parquet(SAMPLE / "trees.parquet")
    known = truth["inventory"]
    assert trees.crs.to_epsg() == 4490
    for word, key in (("存活", "alive"), ("枯死", "dead"), ("缺株", "vacant")):
        assert (trees["status"] == word).sum() == known[key] > 50
    xy = shapely.get_coordinates(trees.geometry)
    every = pd.DataFrame(index=trees.index)
    for road in truth["county_and_above"]["roads"]:
        off = truth["roads"][road]["width_m"] / 2 + known["behind_edge_m"]
        near = places(chain(layers["roads"], road), xy)
        near["own"] = (near["off_m"] - off).abs() < 0.6
        standing = near["own"] & (trees["status"] != "缺株").to_numpy()
        for side in ("left", "right"):
            one = truth["roads"][road]["years"]["2023"][side]
            here = near[near["own"] & (near["side"] == side)].index
            at = near.loc[here, "at_m"].to_numpy()
            lined = within(at, one["greened_km"], -1.0)
            bald = within(at, [[g["from_km"], g["to_km"]] for g in one["gaps"]], -1.0)
            every.loc[here[np.where(standing[here], lined, bald)], "told"] = True
            if (road, side) == (known["forgotten"]["road"], known["forgotten"]["side"]):
                low, high = known["forgotten"]["from_km"], known["forgotten"]["to_km"]
                assert not within(at, [[low, high]], 0.0).any()
                assert within(at, [[low - 0.1, high + 0.1]], 0.0).any()
    assert every["told"].eq(True).all()


def test_checks_on_site_say_what_the_plan_says(truth: dict[str, Any]) -> None:
    checks = pd.read_csv(SAMPLE / "field_checks.csv")
    known = truth["inventory"]
    assert (checks["found"] == "已绿化").sum() == known["checked_greened"]
    assert (checks["found"] == "缺口").sum() == known["checked_gap"] > 10
    assert len(checks) == known["checked_greened"] + known["checked_gap"]
    for row in checks.itertuples():
        one = truth["roads"][row.road]["years"]["2023"][row.side]
        bald = [[gap["from_km"], gap["to_km"]] for gap in one["gaps"]]
        middle = np.array([(row.from_m + row.to_m) / 2])
        stretches = one["greened_km"] if row.found == "已绿化" else bald
        assert within(middle, stretches, 5.0).all(), row


def test_planting_records_are_claims_on_what_the_plan_shows(truth: dict[str, Any]) -> None:
    records = pd.read_csv(SAMPLE / "plantings.csv", encoding="utf-8-sig")
    known = truth["plantings"]
    assert known["simulated"]
    assert len(records) == known["records"] == len(known["seen"]) + known["without_place"]
    assert records["trees"].sum() == known["trees"]
    assert records["area"].sum() == pytest.approx(known["area_mu"])
    assert set(records["responsible"]) == {"王某", "李某", "张某", "陈某"}
    for one in known["seen"]:
        sides = truth["roads"][one["road"]]["years"]["2023"]
        low, high = one["from_km"], one["to_km"]
        named = [sides[side] for side in ("left", "right") if one["side"] in ("", side)]

        def shared(stretches: list[list[float]], low: float = low, high: float = high) -> float:
            return sum(max(min(b, high) - max(a, low), 0.0) for a, b in stretches)

        lined = sum(shared(side["greened_km"]) for side in named)
        bald = sum(shared([[g["from_km"], g["to_km"]] for g in side["gaps"]]) for side in named)
        assert (one["greened_km"], one["gap_km"]) == pytest.approx((lined, bald), abs=1e-6), one
    # Planted and seen, planted and not established, and one seen in part.
    kinds = {(one["greened_km"] > 0, one["gap_km"] > 0) for one in known["seen"]}
    assert kinds == {(True, False), (False, True), (True, True)}


def test_road_truth_adds_up(truth: dict[str, Any]) -> None:
    upper = truth["county_and_above"]
    for year in ("2020", "2023"):
        greened = gap = 0.0
        for road in upper["roads"]:
            known = truth["roads"][road]
            closed = sum(b - a for a, b in known["bridges_km"] + known["tunnels_km"])
            for side in ("left", "right"):
                one = known["years"][year][side]
                lined = sum(b - a for a, b in one["greened_km"])
                bald = sum(g["to_km"] - g["from_km"] for g in one["gaps"])
                assert lined + bald + closed == pytest.approx(known["length_km"], abs=1e-5)
                assert one["greened_length_m"] == pytest.approx(lined * 1000, abs=0.1)
                greened, gap = greened + lined * 1000, gap + bald * 1000
        total = upper["years"][year]
        assert total["greened_length_m"] == pytest.approx(greened, abs=1)
        assert total["gap_length_m"] == pytest.approx(gap, abs=1)
        assert total["greened_pct"] == pytest.approx(100 * greened / (greened + gap), abs=1e-4)
    assert upper["years"]["2020"]["greened_pct"] < upper["years"]["2023"]["greened_pct"] < 100
    named = truth["named_gap"]
    side = truth["roads"][named["road"]]["years"]["2023"][named["side"]]
    assert (named["from_km"], named["to_km"]) in [
        (gap["from_km"], gap["to_km"]) for gap in side["gaps"]
    ]


def assert_same(found: Any, expected: Any, where: str) -> None:
    """Numbers to nine digits, for the last ones are the processor's; all else exactly."""
    assert type(found) is type(expected), where
    if isinstance(expected, dict):
        assert list(found) == list(expected), where
        for key, value in expected.items():
            assert_same(found[key], value, f"{where}.{key}")
    elif isinstance(expected, list):
        assert len(found) == len(expected), where
        for number, (one, other) in enumerate(zip(found, expected, strict=True)):
            assert_same(one, other, f"{where}[{number}]")
    elif isinstance(expected, float):
        assert found == pytest.approx(expected, rel=SAME, abs=SAME), where
    else:
        assert found == expected, where


@pytest.mark.thorough
def test_script_makes_the_same_county_again(
    tmp_path: Path, layers: dict[str, gpd.GeoDataFrame], truth: dict[str, Any]
) -> None:
    script = ROOT / "scripts" / "make_sample.py"
    subprocess.run([sys.executable, script, "--out", tmp_path], check=True, capture_output=True)
    for year in ("2020", "2023"):
        name = f"cover_{year}.tif"
        np.testing.assert_array_equal(read_cover(tmp_path / name), read_cover(SAMPLE / name))
    for name, layer in layers.items():
        again = gpd.read_file(tmp_path / "county.gpkg", layer=name)
        pd.testing.assert_frame_equal(
            again.drop(columns="geometry"), layer.drop(columns="geometry"), rtol=SAME
        )
        moved = shapely.symmetric_difference(again.geometry.values, layer.geometry.values)
        assert shapely.area(moved).max() < 1e-10, name
        lines = shapely.hausdorff_distance(again.geometry.values, layer.geometry.values)
        assert lines.max() < 1e-7, name
    trees = gpd.read_parquet(SAMPLE / "trees.parquet")
    again = gpd.read_parquet(tmp_path / "trees.parquet")
    pd.testing.assert_frame_equal(again.drop(columns="geometry"), trees.drop(columns="geometry"))
    apart = shapely.distance(again.geometry.values, trees.geometry.values)
    # They are written to the centimetre.
    assert apart.max() < 3e-7
    for name in ("surveyed.csv", "field_checks.csv", "plantings.csv"):
        pd.testing.assert_frame_equal(
            pd.read_csv(tmp_path / name), pd.read_csv(SAMPLE / name), rtol=SAME
        )
    again = json.loads((tmp_path / "truth.json").read_text(encoding="utf-8"))
    assert_same(again, truth, "truth")
