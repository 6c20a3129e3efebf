"""Rasters that are damaged, unplaced, no codes, or on another machine."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from affine import Affine
from rasterio.transform import from_origin

from badinputs.case import Case, assessed, text
from greencover.cover import Legend
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


def painted(codes: np.ndarray, colours: dict[int, str], shift: int = 0) -> Callable[[Path], object]:
    """Write cover.tif anew with a colour table; ``shift`` moves every colour a little."""

    def write(folder: Path) -> None:
        raster(codes[None].astype("uint8"))(folder)
        table = {
            code: tuple(min(255, value + shift) for value in bytes.fromhex(colour[1:]))
            for code, colour in colours.items()
        }
        with rasterio.open(folder / "cover.tif", "r+") as dataset:
            dataset.write_colormap(1, table)

    return write


def as_picture(name: str) -> Callable[[Path], object]:
    """Export cover.tif as a picture without its system."""

    def write(folder: Path) -> None:
        with rasterio.open(folder / "cover.tif") as dataset:
            cells = dataset.read()
        profile = {"width": SIZE, "height": SIZE, "count": 1, "dtype": "uint8"}
        with rasterio.open(folder / name, "w", driver="PNG", **profile) as dataset:
            dataset.write(cells)

    return write


def with_overviews(folder: Path) -> None:
    with rasterio.open(folder / "cover.tif") as dataset:
        reduced = dataset.read(1)[::2, ::2]
    profile = {"width": SIZE // 2, "height": SIZE // 2, "count": 1, "dtype": "uint8"}
    with rasterio.open(folder / "cover.tif.ovr", "w", driver="GTiff", **profile) as dataset:
        dataset.write(reduced, 1)


def packed(folder: Path) -> None:
    with zipfile.ZipFile(folder / "cover.zip", "w") as archive:
        archive.write(folder / "cover.tif", "cover.tif")


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
EVERY_NUMBER = np.arange(SIZE * SIZE).reshape(SIZE, SIZE)
WORLDCOVER = Legend.load("worldcover").colours
# A picture of the map: the legend's colours, numbered as they came.
NUMBERED = dict(enumerate(WORLDCOVER.values(), start=1))
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
        ["cover.vrt cannot be opened"],
        change=VRT,
        damage=lambda folder: (folder / "cover.vrt").write_text(
            "<GDAL_WMS><Service><ServerUrl>http://example.org/wms</ServerUrl></Service></GDAL_WMS>"
        ),
    ),
    "virtual, of a name that no file can have": assessed(
        ["cover.vrt"], change=VRT, damage=virtual("n" * 400 + ".vrt")
    ),
    "virtual, in other letters, of another machine": assessed(
        ["cover.vrt holds what is not known here", "gdalbuildvrt"],
        change=VRT,
        damage=lambda folder: (folder / "cover.vrt").write_text(
            "<VRTDataset><sourcefilename><![CDATA[&#104;ttp://example.org/a.tif]]>"
            "</sourcefilename></VRTDataset>"
        ),
    ),
    "map service without an address": assessed(
        ["cover.tif cannot be opened"],
        damage=replaced(b"<GDAL_WMS><Service>erUrl></Service><3\xf1\xf1\xf1GDAL_WMS>"),
    ),
    "virtual, of a missing file": assessed(
        ["cover.vrt"], change=VRT, damage=virtual("nowhere.tif")
    ),
    "cut short": assessed(
        ["cover.tif", "damaged or incomplete"],
        damage=replaced(lambda data: data[:-400]),
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
    "cell size that is no number": assessed(
        ["cover.tif is not georeferenced"],
        damage=raster(cover_codes()[None], transform=Affine(CELL, 0, np.nan, 0, -CELL, NORTH)),
    ),
    "rotated degrees": assessed(
        ["cover.tif is rotated on a longitude/latitude grid"],
        damage=raster(CODES, transform=GRID @ Affine.rotation(30.0)),
    ),
    "picture of a map": assessed(
        ["cover.tif is a red-green-blue picture"],
        damage=raster(np.repeat(CODES, 3, axis=0), photometric="RGB"),
    ),
    "picture with colours numbered": assessed(
        ["cover.tif paints 11 classes", "(1 is 'Tree cover', which is 10)", "picture of a map"],
        damage=painted(cover_codes() // 10, NUMBERED),
    ),
    "picture reduced to few colours": assessed(
        ["cover.tif", "lacks: 1", "a picture of a map", "raster of codes itself"],
        damage=painted(EVERY_NUMBER % 8 + 1, NUMBERED, shift=5),
    ),
    "picture of many colours": assessed(
        ["cover.tif", "and 176 more", "colour table", "colours of a picture"],
        damage=painted(EVERY_NUMBER % 200, {code: f"#{code:02x}0707" for code in range(200)}),
    ),
    "grey picture": assessed(
        ["cover.tif", "and 176 more", "shades of a picture", "raster of codes itself"],
        damage=raster((EVERY_NUMBER % 200).astype("uint8")[None]),
    ),
    "picture without a system": assessed(
        ["cover.png has no coordinate reference system", "a PNG picture", "exported from"],
        change=text('"cover.tif"', '"cover.png"'),
        damage=as_picture("cover.png"),
    ),
    "lossy": assessed(
        ["cover.tif is compressed with losses (JPEG)", "DEFLATE"],
        damage=raster(CODES, compress="jpeg"),
    ),
    "lossy within limits": assessed(
        ["cover.tif is compressed with losses (LERC with errors up to 4)"],
        damage=raster(CODES, compress="lerc", MAX_Z_ERROR=4),
    ),
    "overviews": assessed(
        ["cover.tif.ovr holds the overviews of cover.tif", "cover.tif itself"],
        change=text('"cover.tif"', '"cover.tif.ovr"'),
        damage=with_overviews,
    ),
    "page of overviews": assessed(
        ["GTIFF_DIR:2:cover.tif is one page of cover.tif", "give cover.tif itself"],
        change=text('"cover.tif"', '"GTIFF_DIR:2:cover.tif"'),
    ),
    "archive": assessed(
        ["cover.zip is an archive", "/vsizip/"],
        change=text('"cover.tif"', '"cover.zip"'),
        damage=packed,
    ),
    "archive without the raster": assessed(
        ["nowhere.tif", "cannot be opened"],
        change=text('"cover.tif"', '"/vsizip/cover.zip/nowhere.tif"'),
        damage=packed,
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
    "0 declared as nodata that is a class": assessed(
        ["cover.tif declares 0 as nodata", "'Water'", 'nodata = "none"', "--nodata none"],
        change=text('"worldcover"', '"dynamic-world"'),
        damage=raster(CODES // 10, nodata=0),
    ),
    "a class given as nodata": assessed(
        ["nodata value 10 was given for the raster", "cover.tif", "Tree cover"],
        change=text('legend = "worldcover"', 'legend = "worldcover"\nnodata = 10'),
    ),
    "nodata that nobody declared": assessed(
        ["cover.tif", "lacks: 255", "if 255 means no data", "nodata = 255 under [cover]"],
        damage=raster(np.where(CODES == TREE, 255, CODES).astype("uint8")),
    ),
    "measurements": assessed(
        ["cover.tif", "no codes"], damage=raster(CODES.astype("float32") + 0.5)
    ),
    "terrain": assessed(
        ["cover.tif", "measurements such as terrain"],
        damage=raster(EVERY_NUMBER.astype("int16")[None]),
    ),
    "of another county": assessed(
        ["townships", "cover.tif", "share no ground"],
        damage=raster(CODES, transform=from_origin(100.0, 20.0, CELL, CELL)),
    ),
    "in the wrong system": assessed(
        ["townships", "cover.tif", "share no ground"], damage=raster(CODES, crs="EPSG:4547")
    ),
}
