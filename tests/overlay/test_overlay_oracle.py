"""The overlay against exactextract, whose coverage fractions are exact to single precision."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely

import greencover as gc
from strategies import blobs, cover_of, exactextract_shares, shares_of

REAL = {
    "land cover in degrees": ("augusta-podlasie", "podlasie_ccilc.tif", 0.35),
    "Albers": ("augusta-podlasie", "augusta_nlcd.tif", 2500.0),
    "UTM at 2 m": ("helsinki-osm", "cover_2m.tif", 250.0),
    "CORINE in degrees": ("sao-miguel-azores", "clc2018_v2020_20u1.tif", 0.06),
}


def open_any(path: Path) -> gc.LandCover:
    with rasterio.open(path) as dataset:
        found = np.unique(dataset.read(1))
        codes = [int(code) for code in found if code != dataset.nodata]
    return cover_of(path, *codes)


@pytest.mark.parametrize(("folder", "name", "size"), REAL.values(), ids=REAL.keys())
def test_agrees_on_real_rasters(
    folder: str, name: str, size: float, real_data: Callable[[str], Path]
) -> None:
    """Overlapping polygons with holes and parts, of ten to a hundred thousand cells."""
    path = real_data(folder) / name
    cover = open_any(path)
    bounds = cover.bounds
    shapes = np.concatenate(
        [
            blobs(number, 25, bounds, size=size * share)
            for number, share in enumerate((1, 0.2, 0.05))
        ]
    )
    zones = gpd.GeoDataFrame(geometry=shapes, crs=cover.crs)
    cells = shapely.area(shapes) / abs(cover.sources[0].transform.determinant)

    ours = shares_of(gc.class_areas(zones, cover, area="grid"))
    theirs = exactextract_shares(zones, path, cover.legend.codes)
    difference = np.abs(ours - theirs).max(axis=1)

    large = cells > 1000
    assert large.sum() > 20
    assert (~large).sum() > 10
    assert difference[large].max() <= 1e-9
    assert difference[~large].max() <= 1e-7


def test_agrees_for_municipalities_in_another_system(real_data: Callable[[str], Path]) -> None:
    """Six municipalities in UTM over a raster in degrees, coastlines of thousands of vertices."""
    folder = real_data("sao-miguel-azores")
    path = folder / "clc2018_v2020_20u1.tif"
    cover = open_any(path)
    zones = gpd.read_file(folder / "caop2024_municipalities.gpkg").to_crs(cover.crs)

    ours = shares_of(gc.class_areas(zones, cover, area="grid"))
    theirs = exactextract_shares(zones, path, cover.legend.codes)

    assert np.abs(ours - theirs).max() <= 1e-9


def test_agrees_on_codes_stored_as_floats(real_data: Callable[[str], Path]) -> None:
    """A float raster whose polygons reach beyond it and over its nodata."""
    folder = real_data("rasterstats-slope")
    path = folder / "slope_classes.tif"
    cover = open_any(path)
    zones = gpd.read_file(folder / "polygons_partial_overlap.shp").to_crs(cover.crs)

    table = gc.class_areas(zones, cover, area="grid")
    theirs = exactextract_shares(zones, path, cover.legend.codes)

    assert np.abs(shares_of(table) - theirs).max() <= 1e-7
    assert table["unobserved_ha"].gt(0).any()
