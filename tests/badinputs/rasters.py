"""Rasters that are damaged, unplaced, no codes, or on another machine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from affine import Affine
from rasterio.transform import from_origin

from badinputs.case import Case, assessed, text
from small_county import CELL, NORTH, SIZE, TREE, WEST, cover_codes, write_raster

GRID = from_origin(WEST, NORTH, CELL, CELL)


def raster(bands: np.ndarray, **options: Any) -> Callable[[Path], object]:
    """Write cover.tif anew from bands of shape (bands, rows, columns)."""

    def write(folder: Path) -> None:
        profile = {
            "driver": "GTiff",
            "width": bands.shape[2],
            "height": bands.shape[1],
            "count": bands.shape[0],
            "dtype": bands.dtype,
            "crs": "EPSG:4326",
            "transform": GRID,
        }
        with rasterio.open(folder / "cover.tif", "w", **(profile | options)) as dataset:
            dataset.write(bands)

    return write


def replaced(content: bytes | Callable[[bytes], bytes]) -> Callable[[Path], object]:
    def write(folder: Path) -> None:
        path = folder / "cover.tif"
        path.write_bytes(content if isinstance(content, bytes) else content(path.read_bytes()))

    return write


def virtual(source: str) -> Callable[[Path], object]:
    """A virtual raster made of a source, in place of cover.tif."""
    content = (
        f'<VRTDataset rasterXSize="{SIZE}" rasterYSize="{SIZE}"><SRS>EPSG:4326</SRS>'
        f"<GeoTransform>{WEST}, {CELL}, 0, {NORTH}, 0, -{CELL}</GeoTransform>"
        '<VRTRasterBand dataType="Byte" band="1"><SimpleSource>'
        f'<SourceFilename relativeToVRT="1">{source}</SourceFilename><SourceBand>1</SourceBand>'
        "</SimpleSource></VRTRasterBand></VRTDataset>"
    )
    return lambda folder: (folder / "cover.vrt").write_text(content)


def nested_virtual(folder: Path) -> None:
    virtual("inner.vrt")(folder)
    (folder / "cover.vrt").rename(folder / "outer.vrt")
    virtual("/vsicurl/https://example.org/tile.tif")(folder)
    (folder / "cover.vrt").rename(folder / "inner.vrt")
    (folder / "outer.vrt").rename(folder / "cover.vrt")


CODES = cover_codes()[None]
VRT = text('"cover.tif"', '"cover.vrt"')

RASTERS: dict[str, Case] = {
    "missing": assessed(
        ["cover_2023.tif does not exist"], change=text('"cover.tif"', '"cover_2023.tif"')
    ),
    "no tile": assessed(
        ["cover.path", "at least one file"], change=text('path = "cover.tif"', "path = []")
    ),
    "on another machine": assessed(
        ["cover.remote", "another machine", "https://example.org/cover.tif"],
        change=text('"cover.tif"', '"https://example.org/cover.tif"'),
    ),
    "a tile on another machine": assessed(
        ["cover.remote", "s3://bucket/b.tif"],
        change=text('"cover.tif"', '["cover.tif", "s3://bucket/b.tif"]'),
    ),
    "virtual, of another machine": assessed(
        ["cover.vrt is made of https://example.org/tile.tif"],
        change=VRT,
        damage=virtual("https://example.org/tile.tif"),
    ),
    "virtual of virtual, of another machine": assessed(
        ["cover.vrt is made of /vsicurl/https://example.org/tile.tif"],
        change=VRT,
        damage=nested_virtual,
    ),
    "map service": assessed(
        ["cover.vrt is made of http://example.org/wms"],
        change=VRT,
        damage=lambda folder: (folder / "cover.vrt").write_text(
            "<GDAL_WMS><Service><ServerUrl>http://example.org/wms</ServerUrl></Service></GDAL_WMS>"
        ),
    ),
    "virtual, of a missing file": assessed(
        ["cover.vrt"], change=VRT, damage=virtual("nowhere.tif"), checked=False
    ),
    "cut short": assessed(
        ["cover.tif", "damaged or incomplete"],
        damage=replaced(lambda data: data[:-400]),
        checked=False,
    ),
    "text": assessed(["cover.tif cannot be opened"], damage=replaced(b"not a raster")),
    "empty": assessed(["cover.tif cannot be opened"], damage=replaced(b"")),
    "without a system": assessed(
        ["cover.tif has no coordinate reference system"],
        damage=lambda folder: write_raster(folder / "cover.tif", cover_codes(), crs=None),
    ),
    "without georeference": assessed(
        ["cover.tif"], damage=raster(CODES, transform=Affine.identity())
    ),
    "rotated degrees": assessed(
        ["cover.tif is rotated on a longitude/latitude grid"],
        damage=raster(CODES, transform=GRID @ Affine.rotation(30.0)),
    ),
    "picture of a map": assessed(
        ["cover.tif is a red-green-blue picture"],
        damage=raster(np.repeat(CODES, 3, axis=0), photometric="RGB"),
    ),
    "several bands": assessed(
        ["cover.tif has 2 bands"], damage=raster(np.repeat(CODES, 2, axis=0))
    ),
    "band that is not there": assessed(
        ["cover.tif has no data band 7"],
        change=text('legend = "worldcover"', 'legend = "worldcover"\nband = 7'),
    ),
    "nodata in words": assessed(
        ["cover.nodata", '"none" or "file"', '"water"'],
        change=text('legend = "worldcover"', 'legend = "worldcover"\nnodata = "water"'),
    ),
    "a class declared as nodata": assessed(
        ["cover.tif declares 10 as nodata", "Tree cover"], damage=raster(CODES, nodata=TREE)
    ),
    "measurements": assessed(
        ["cover.tif", "no codes"], damage=raster(CODES.astype("float32") + 0.5), checked=False
    ),
    "terrain": assessed(
        ["codes"],
        damage=raster(np.arange(SIZE * SIZE, dtype="int16").reshape(1, SIZE, SIZE)),
        checked=False,
    ),
    "of another county": assessed(
        ["townships", "cover.tif", "share no ground"],
        damage=raster(CODES, transform=from_origin(100.0, 20.0, CELL, CELL)),
    ),
    "in the wrong system": assessed(
        ["townships", "cover.tif", "share no ground"], damage=raster(CODES, crs="EPSG:4547")
    ),
}
