"""A campaign whose land cover is drawn: the same verdicts as from its raster, and changes."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely
from rasterio.features import shapes as traced

import greencover as gc
from greencover.ground.notes import collected
from small_county import GRASS, TREE, SmallCounty


def as_polygons(path) -> gpd.GeoDataFrame:
    with rasterio.open(path) as raster:
        found = list(traced(raster.read(1), connectivity=4, transform=raster.transform))
    codes = [{TREE: "0301", GRASS: "0404"}[int(code)] for _, code in found]
    shapes = [shapely.geometry.shape(one) for one, _ in found]
    return gpd.GeoDataFrame({"DLBM": codes}, geometry=shapes, crs=4326)


@pytest.fixture(scope="module")
def campaigns(tmp_path_factory):
    """The campaign of a raster, and that of the same ground drawn as polygons."""
    folder = tmp_path_factory.mktemp("county")
    county = SmallCounty()
    by_raster = county.write(folder)
    as_polygons(folder / "cover.tif").to_file(folder / "plots.gpkg")
    text = county.text.replace(
        'path = "cover.tif"\nlegend = "worldcover"',
        'polygons = "plots.gpkg"\ncode = "DLBM"\nlegend = "third-land-survey"',
    )
    drawn = folder / "drawn.toml"
    drawn.write_text(text, encoding="utf-8")
    return by_raster, drawn


def test_verdicts_on_polygons_are_those_on_their_raster(campaigns):
    by_raster, drawn = (gc.assess(gc.Campaign.read(path)).table for path in campaigns)

    keys = ["level", "unit", "indicator", "scope", "target", "verdict"]
    assert drawn[keys].fillna(-1).values.tolist() == by_raster[keys].fillna(-1).values.tolist()
    np.testing.assert_allclose(drawn["value"], by_raster["value"], rtol=1e-6)


def test_raster_and_polygons_side_by_side(campaigns):
    folder = campaigns[0].parent
    raster = gc.LandCover.open(folder / "cover.tif", legend="worldcover")
    plots = as_polygons(folder / "cover.tif")
    plots.loc[plots["DLBM"] == "0404", "DLBM"] = "0301"
    with collected():
        books = gc.LandCover.from_polygons(plots, code="DLBM", legend="third-land-survey")
    zones = gpd.read_file(folder / "county.gpkg", layer="townships")

    one = gc.transitions(zones, books, raster, by="cover")
    other = gc.transitions(zones, raster, books, by="cover")

    ha = gc.class_areas(zones, raster)[TREE].iloc[0]
    assert one[["before", "after"]].values.tolist() == [["tree", "tree"], ["tree", "grass"]]
    assert one["area_ha"].iloc[0] == pytest.approx(ha, rel=1e-9)
    pd.testing.assert_series_equal(one["area_ha"], other["area_ha"], rtol=1e-9)


def test_change_between_two_books_is_that_of_their_overlay():
    boxes = [shapely.box(0, 0, 100, 100), shapely.box(100, 0, 200, 100)]
    frame = gpd.GeoDataFrame({"code": ["0111", "0171"]}, geometry=boxes, crs=4547)
    frame.geometry = frame.translate(5e5, 33e5)
    later = gpd.GeoDataFrame(
        {"code": ["0111"]}, geometry=frame.geometry.iloc[[0]].translate(50, 0), crs=4547
    )
    before, after = (
        gc.LandCover.from_polygons(one, code="code", legend="forest-resource-map")
        for one in (frame, later)
    )

    table = gc.transitions(frame.dissolve(), before, after, area="grid")

    found = {(row.before, row.after): round(row.area_ha, 9) for row in table.itertuples()}
    assert found == {
        (111, 111): 0.5,
        (111, "unobserved"): 0.5,
        (171, 111): 0.5,
        (171, "unobserved"): 0.5,
    }
