"""Class areas on polygons: analytic scenes, random tessellations against shapely, CORINE drawn."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely
from rasterio.features import shapes as traced

import greencover as gc
from greencover.ground.errors import GreencoverWarning, LayerError, LegendError
from greencover.ground.notes import collected
from paths import REAL_DATA
from strategies import blobs

GAUSS = "EPSG:4547"
X, Y = 500_000.0, 3_300_000.0


def plots(*boxes: tuple[float, float, float, float], codes: list, crs: str = GAUSS):
    shapes = [shapely.box(X + a, Y + b, X + c, Y + d) for a, b, c, d in boxes]
    return gpd.GeoDataFrame({"DLBM": codes}, geometry=shapes, crs=crs)


def zone(*box: float, crs: str = GAUSS) -> gpd.GeoDataFrame:
    a, b, c, d = box
    return gpd.GeoDataFrame(geometry=[shapely.box(X + a, Y + b, X + c, Y + d)], crs=crs)


def drawn(frame, **options):
    return gc.LandCover.from_polygons(
        frame, code="DLBM", **({"legend": "third-land-survey"} | options)
    )


def test_a_zone_takes_the_part_of_each_polygon_that_it_covers():
    cover = drawn(plots((0, 0, 100, 100), (100, 0, 200, 100), codes=["0301", "0101K"]))

    areas = gc.class_areas(zone(50, 0, 150, 200), cover, area="grid")

    assert areas[301].item() == pytest.approx(0.5, rel=1e-12)
    assert areas[101].item() == pytest.approx(0.5, rel=1e-12)
    assert areas["unobserved_ha"].item() == pytest.approx(1.0, rel=1e-12)


def test_ground_is_that_of_the_ellipsoid_and_rows_sum_to_their_zone():
    cover = drawn(plots((0, 0, 4000, 5000), (4000, 0, 9000, 5000), codes=[301, 305.0]))
    whole = zone(1000, 1000, 8000, 4000)

    areas = gc.class_areas(whole, cover)

    west = gc.overlay.ground_area_ha(zone(1000, 1000, 4000, 4000)).item()
    assert areas[301].item() == pytest.approx(west, rel=1e-11)
    assert areas.sum(axis=1).item() == pytest.approx(
        gc.overlay.ground_area_ha(whole).item(), rel=1e-11
    )


def test_where_polygons_overlap_the_first_counts_and_it_is_told():
    twice = plots((0, 0, 100, 100), (60, 0, 200, 100), codes=["0301", "0101"])

    with collected() as notes:
        cover = drawn(twice)
    areas = gc.class_areas(zone(0, 0, 200, 100), cover, area="grid")

    assert [note.code for note in notes] == ["cover.polygons_overlap"]
    assert notes[0].values["ha"] == pytest.approx(0.4, rel=1e-3)
    assert areas[[301, 101]].values.tolist() == [[pytest.approx(1.0), pytest.approx(1.0)]]
    assert areas["unobserved_ha"].item() == 0.0


def test_a_sliver_between_polygons_is_unobserved_and_told():
    around = plots((0, 0, 100, 100), (100.1, 0, 200, 100), codes=["0301", "0101"])
    lid = plots((0, 100, 200, 120), (0, -20, 200, 0), codes=["0702", "0702"])

    with collected() as notes:
        cover = drawn(pd.concat([around, lid], ignore_index=True))

    assert [note.code for note in notes] == ["cover.polygons_leave_gaps"]
    assert notes[0].values["slivers"] == 1
    areas = gc.class_areas(zone(0, 0, 200, 100), cover, area="grid")
    assert areas["unobserved_ha"].item() == pytest.approx(0.001, rel=1e-6)


def test_a_code_that_the_legend_lacks_is_named_with_its_rows():
    with pytest.raises(LegendError, match=r"third-land-survey.*'0399' .row 2"):
        drawn(plots((0, 0, 9, 9), (9, 0, 18, 9), codes=["0301", "0399"]))


def test_a_blank_code_is_unobserved_and_told():
    with pytest.warns(GreencoverWarning, match="row 2"):
        cover = drawn(plots((0, 0, 100, 100), (100, 0, 200, 100), codes=["0301", None]))
    areas = gc.class_areas(zone(0, 0, 200, 100), cover, area="grid")
    assert areas["unobserved_ha"].item() == pytest.approx(1.0)


def test_no_code_at_all_is_an_error():
    with pytest.raises(LayerError, match="DLBM"), collected():
        drawn(plots((0, 0, 9, 9), codes=[""]))


@pytest.mark.parametrize("system", ["EPSG:4547", "EPSG:4490", "EPSG:32650"])
@pytest.mark.parametrize("seed", range(3))
def test_random_polygons_agree_with_shapely(seed, system):
    """Ragged zones with holes over a tessellation, in the polygons' and in another system."""
    random = np.random.default_rng(seed)
    points = shapely.multipoints(random.uniform([X, Y], [X + 3000, Y + 3000], (200, 2)))
    frame = shapely.box(X, Y, X + 3000, Y + 3000)
    cells = shapely.get_parts(shapely.voronoi_polygons(points, extend_to=frame))
    tiles = gpd.GeoDataFrame(
        {"DLBM": random.choice(["0301", "0305", "0702"], len(cells))},
        geometry=shapely.intersection(cells, frame),
        crs=GAUSS,
    )
    zones = gpd.GeoDataFrame(
        geometry=blobs(seed, 12, (X, Y, X + 3000, Y + 3000), size=900.0), crs=GAUSS
    )
    given = gpd.GeoDataFrame(geometry=zones.geometry.to_crs(system), crs=system)
    # A side is straight in the system of its zone: the peer follows it there by half metres, whose
    # chords in the system of the polygons leave it by some nanometres.
    step = 5e-6 if given.crs.is_geographic else 0.5
    zones = zones.geometry if system == GAUSS else given.geometry.segmentize(step).to_crs(GAUSS)

    found = gc.class_areas(given, drawn(tiles))

    for code, text in ((301, "0301"), (305, "0305"), (702, "0702")):
        mine = tiles.geometry[tiles["DLBM"] == text].union_all()
        shared = zones.intersection(mine)
        there = ~shared.is_empty
        wanted = np.zeros(len(zones))
        wanted[there] = gc.overlay.ground_area_ha(shared[there]).to_numpy()
        np.testing.assert_allclose(found[code].to_numpy(), wanted, rtol=1e-9, atol=1e-9)


def test_corine_drawn_as_polygons_gives_the_figures_of_its_raster():
    path = REAL_DATA / "sao-miguel-azores" / "clc2018_v2020_20u1.tif"
    if not path.exists():
        pytest.skip("no test data")
    with rasterio.open(path) as raster:
        found = list(traced(raster.read(1), connectivity=4, transform=raster.transform))
    codes = [int(code) for _, code in found]
    polygons = gpd.GeoDataFrame(
        {"DLBM": codes}, geometry=[shapely.geometry.shape(one) for one, _ in found], crs=4326
    )
    parishes = gpd.read_file(path.parent / "caop2024_parishes.gpkg")

    # The parishes come from another datum, which is told.
    with collected():
        by_raster = gc.class_areas(parishes, gc.LandCover.open(path, legend="corine-raster"))
        by_polygon = gc.class_areas(parishes, drawn(polygons, legend="corine-raster"))

    np.testing.assert_allclose(
        by_polygon.to_numpy(), by_raster.to_numpy(), rtol=1e-9, atol=1e-9 * 74_000
    )


def test_patches_are_not_told_apart_on_polygons():
    with pytest.raises(gc.GreencoverError, match="minimum_patch_mu"):
        drawn(plots((0, 0, 9, 9), codes=["0301"])).with_minimum_patch(mu=1)


def test_a_picture_of_polygons_shows_their_codes():
    cover = drawn(plots((0, 0, 100, 100), (100, 0, 200, 100), codes=["0301", "0101"]))
    codes, _, _ = cover.read_overview((X, Y, X + 200, Y + 100), GAUSS, max_px=4)
    assert codes.tolist() == [[301, 301, 101, 101]] * 2
    beyond, _, _ = cover.read_overview((X + 300, Y, X + 500, Y + 100), GAUSS, max_px=4)
    assert beyond.mask.all()


def test_forest_is_told_apart_by_origin_and_species():
    stands = plots(
        (0, 0, 100, 100), (100, 0, 200, 100), (200, 0, 300, 100), (300, 0, 400, 100),
        (400, 0, 500, 100), (500, 0, 600, 100), codes=["0301"] * 4 + ["0101", "0301"],
    ).assign(
        origin=["天然", "人工", "人工", None, "人工", "天然"],
        kind=["樟", "杉木", None, None, "杉木", "樟"],
        shut=["0.5", "0.5", "0.5", "0.5", None, "0.1"],
    )  # fmt: skip
    whole = zone(0, 0, 600, 100)

    cover = drawn(stands, origin="origin", species="kind", closure="shut")
    areas = gc.class_areas(whole, cover, area="grid")

    forest = cover.legend.codes_of("tree")
    named = {one.name_zh.partition("：")[2]: one.code for one in cover.legend.classes}
    found = {text: areas[code].item() for text, code in named.items() if code in forest and text}
    assert found == {one: pytest.approx(1.0) for one in ("天然, 樟", "人工, 杉木", "人工")}
    # What says nothing stays in its class, farmland and open stands are no forest.
    assert areas[[301, 101]].values.tolist() == [[pytest.approx(1.0), pytest.approx(1.0)]]
    apart = gc.forest_coverage(whole, cover)["forest_pct"].item()
    alike = gc.forest_coverage(whole, drawn(stands, closure="shut"))["forest_pct"].item()
    assert apart == pytest.approx(alike, rel=1e-12)
    with pytest.raises(LayerError, match="species"):
        drawn(stands, species="species")


def test_a_condition_chooses_polygons(tmp_path):
    stands = plots((0, 0, 100, 100), (100, 0, 200, 100), codes=["0301", "0301"])
    stands = stands.assign(year=[2020, 2023])
    stands.to_file(tmp_path / "plots.gpkg")

    for given in (stands, tmp_path / "plots.gpkg"):
        areas = gc.class_areas(zone(0, 0, 200, 100), drawn(given, where="year = 2023"), area="grid")
        assert areas[301].item() == pytest.approx(1.0)
        with pytest.raises(LayerError, match="years"):
            drawn(given, where="years = 2023")


def test_stands_below_a_closure_are_no_forest():
    stands = plots(
        (0, 0, 100, 100), (100, 0, 200, 100), (200, 0, 300, 100), (300, 0, 400, 100),
        codes=["0301", "0301", "0301", "0305"],
    ).assign(shut=["0.2", "0.19", None, "0.1"])  # fmt: skip

    cover = drawn(stands, closure="shut")
    areas = gc.class_areas(zone(0, 0, 400, 100), cover, area="grid")

    assert areas[[301, 305]].values.tolist() == [[pytest.approx(2.0), pytest.approx(1.0)]]
    other = [code for code, kind in cover.legend.covers.items() if kind == "other"]
    assert areas[other].sum(axis=1).item() == pytest.approx(1.0)
    assert gc.forest_coverage(zone(0, 0, 400, 100), cover)["forest_pct"].item() == pytest.approx(
        50.0
    )
    with pytest.raises(LayerError, match="row 2"):
        drawn(stands.assign(shut=["0.2", "60", "0.3", "0.1"]), closure="shut")
