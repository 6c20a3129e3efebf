"""Damaged rasters: opened, and the areas of their classes counted.

The first byte says which format the others are called, the second how the areas are measured.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely

from badinputs.rasters import RASTERS
from fuzz.oracle import nothing_left_behind, one_input, or_one_sentence
from greencover.cover.land_cover import LandCover
from greencover.layers import check_raster_source
from greencover.overlay import class_areas, ground_area_ha, zonal_sums
from greencover.rasters import FileCells
from strategies import stripes, write_raster

SUFFIXES = (".tif", ".vrt", ".asc", ".img", ".png", ".tiff")
LARGEST_SEED = 40_000


def prepare(folder: Path) -> Callable[[bytes], None]:
    def run(data: bytes) -> None:
        if len(data) < 2:
            return
        with one_input(folder / "input") as place:
            path = place / f"cover{SUFFIXES[data[0] % len(SUFFIXES)]}"
            path.write_bytes(data[2:])
            with nothing_left_behind(place):
                or_one_sentence(lambda: measured(path, data[1]))

    return run


def measured(path: Path, how: int) -> None:
    check_raster_source(path)
    source = FileCells.open(path)
    zones = zones_on(source)
    area = ("grid", "ellipsoid")[how % 2]
    if how & 2:
        sums = zonal_sums(zones, path, kind="count", area=area)
        assert (sums[["valid_ha", "unobserved_ha"]].to_numpy() >= 0.0).all()
        return
    cover = LandCover.open(path, legend="worldcover", nodata=None if how & 4 else "file")
    areas = class_areas(zones, cover, area=area)
    assert (areas.to_numpy() >= 0.0).all()
    if area == "ellipsoid":
        np.testing.assert_allclose(areas.sum(axis=1), ground_area_ha(zones), rtol=1e-6, atol=1e-9)


def zones_on(source: FileCells) -> gpd.GeoDataFrame:
    """A corner of the raster and a triangle inside it, small however large it says to be."""
    columns, rows = (min(size, 3000) for size in (source.width, source.height))
    shapes = [
        shapely.box(-1.0, -1.0, columns / 2, rows / 2),
        shapely.Polygon([(0, 0), (columns * 0.9, rows * 0.3), (columns * 0.4, rows)]),
    ]
    a, b, c, d, e, f = source.transform[:6]
    placed = shapely.transform(
        shapes,
        lambda xy: np.column_stack(
            [a * xy[:, 0] + b * xy[:, 1] + c, d * xy[:, 0] + e * xy[:, 1] + f]
        ),
    )
    return gpd.GeoDataFrame(geometry=placed, crs=source.crs)


def seeds() -> Iterator[bytes]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        plain = {"mask": np.ones((20, 24)), "nodata": 7}
        tiled = {"tiled": True, "blockxsize": 16, "blockysize": 16, "compress": "deflate"}
        for number, options in enumerate(({}, plain, tiled, {"compress": "lzw"})):
            for dtype in ("uint8", "int16", "float32"):
                path = write_raster(
                    folder / f"{number}{dtype}.tif", stripes().astype(dtype) * 10, **options
                )
                for how in range(4):
                    yield bytes([0, how]) + path.read_bytes()
        for number, case in enumerate(RASTERS.values()):
            place = folder / str(number)
            place.mkdir()
            case.build(place)
            for path in sorted(place.iterdir()):
                if path.suffix in SUFFIXES and path.stat().st_size <= LARGEST_SEED:
                    yield bytes([SUFFIXES.index(path.suffix), number % 8]) + path.read_bytes()
