"""Land cover fetched from a catalogue of STAC for the area in hand: its own cells, in one file."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from greencover.cover._legend import Legend, LegendInHand
from greencover.cover._read import available
from greencover.cover.land_cover import LandCover
from greencover.ground.errors import (
    ArgumentError,
    LayerError,
    LegendError,
    NoOverlapError,
    OutputError,
)
from greencover.ground.geodesy import require_crs, transformer
from greencover.ground.places import readable
from greencover.ground.progress import Progress, shown_progress
from greencover.ground.secrets import without_secrets
from greencover.ground.writing import keep_inputs, replacing
from greencover.layers import is_remote, reaching_out, read_layer
from greencover.rasters.file import FileCells
from greencover.rasters.footprints import offset_on
from greencover.rasters.mosaic import Mosaic
from greencover.rasters.search import collection_and_items
from greencover.rasters.stac import Tile, tiles_shown

if TYPE_CHECKING:
    import geopandas as gpd

    from greencover.rasters.cells import Box

# Belts beside roads reach over the border, and so do cells that it cuts.
_MARGIN_M, _MOST_MARGIN_M = 500.0, 100_000.0
_ENDINGS = (".tif", ".tiff")
_METRES_A_DEGREE = 111_000.0
_NO_LIMIT = 85.0


def fetch_cover(
    zones: gpd.GeoDataFrame | gpd.GeoSeries | str | Path,
    catalogue: str | Path,
    *,
    collection: str,
    year: int,
    out: str | Path,
    legend: LegendInHand | None = None,
    asset: str | None = None,
    margin_m: float = _MARGIN_M,
    sign: Callable[[Any], Any] | None = None,
    progress: Progress | bool | type[Any] | None = None,
) -> LandCover:
    """Fetch the land cover of an area from a catalogue, and open it.

    Windows of the product's files are read, as far as they meet the zones, and written into one
    GeoTIFF on the product's own grid; a product with several grids, such as one in zones of UTM,
    gives a file for each (``NAME-2.tif`` and so on). No cell is resampled: what is measured on the
    file is what the product's tiles would give. Beside it, ``NAME.provenance.json`` names the
    catalogue, the items, their licence and the time.

    Parameters
    ----------
    zones
        What the cover is for, in any system: a frame, or the file of a layer.
    catalogue
        A service or a static catalogue of STAC: an address, or a file of this machine.
    collection
        Id of the collection of the product.
    year
        Year that the cover shows.
    out
        The GeoTIFF to write.
    legend
        What the codes mean, see :class:`LandCover`; left out, the built-in legend that knows the
        collection.
    asset
        Key of the asset with the codes, where items have several rasters.
    margin_m
        Ground around the box of the zones that is taken as well, in metres.
    sign
        What is called with all that a service answers, to sign addresses in place, such as
        ``planetary_computer.sign_inplace``; static catalogues are taken as they are.
    progress
        True for a bar, or a function of rows done and rows in all.

    Returns
    -------
    LandCover
        The file, or the files of all grids, opened.

    Raises
    ------
    MissingExtraError
        The catalogue is a service, and the package pystac-client is not installed.
    RasterError
        The catalogue or a raster cannot be read.
    NoOverlapError
        No item of the year meets the zones.
    LegendError
        No legend is given, and none knows the collection.
    OutputError
        The file cannot be written, or is an input; one that was there stays.
    ArgumentError
        The margin is no length, or more than 100 km.

    Examples
    --------
    A catalogue of one item, served from a folder:

    >>> import json, tempfile, rasterio, geopandas as gpd, numpy as np
    >>> from affine import Affine
    >>> from shapely.geometry import box
    >>> folder = Path(tempfile.mkdtemp())
    >>> grid = dict(width=40, height=40, transform=Affine(1e-4, 0, 118, 0, -1e-4, 30))
    >>> with rasterio.open(folder / "a.tif", "w", driver="GTiff", count=1, dtype="uint8",
    ...                    crs="EPSG:4326", **grid) as tile:
    ...     tile.write(np.full((1, 40, 40), 10, "uint8"))
    >>> item = {"type": "Feature", "id": "a", "bbox": [118, 29.996, 118.004, 30],
    ...         "collection": "mine", "properties": {"datetime": "2021-01-01T00:00:00Z"},
    ...         "assets": {"map": {"href": "a.tif", "type": "image/tiff"}}}
    >>> _ = (folder / "items.json").write_text(
    ...     json.dumps({"type": "FeatureCollection", "features": [item]}))
    >>> county = gpd.GeoSeries([box(118.001, 29.997, 118.002, 29.998)], crs="EPSG:4326")
    >>> fetch_cover(county, folder / "items.json", collection="mine", year=2021,
    ...             legend="worldcover", out=folder / "cover.tif", margin_m=0)
    LandCover(cover.tif, legend 'worldcover', 2021)
    """
    out = Path(out)
    if not 0.0 <= margin_m <= _MOST_MARGIN_M:
        raise ArgumentError(
            "cover.margin_unfit", given=str(margin_m), least=0.0, most=_MOST_MARGIN_M
        )
    known = _legend(legend, collection)
    if out.suffix.casefold() not in _ENDINGS:
        raise OutputError("cover.out_no_tiff", path=out)
    around = _box(zones, margin_m)
    source, away = str(catalogue), is_remote(catalogue)
    about, items = collection_and_items(source, collection, around, year, remote=away, sign=sign)
    # Whoever names a catalogue elsewhere means its rasters, too.
    tiles = tiles_shown(items, source, around, asset=asset, year=year, remote=away)
    inputs = [source, *(tile.path for tile in tiles)]
    inputs += [str(given) for given in (zones, legend) if isinstance(given, str | Path)]
    with reaching_out(allowed=away):
        cells = [FileCells.open(tile.path) for tile in tiles]
    said = _provenance(source, collection, about, tiles, around)
    mosaics = _mosaics(cells, around, known)
    further = [f"{out.stem}-{number}{out.suffix}" for number in range(2, len(mosaics) + 1)]
    names = [out.name, *further]
    keep_inputs([provenance_of(out), *(out.with_name(name) for name in names)], inputs)
    tags = {"GREENCOVER_LEGEND": known.key, "GREENCOVER_YEAR": str(year)}
    with shown_progress(progress) as report, replacing(out) as draft:
        for name, mosaic in zip(names, mosaics, strict=True):
            mosaic.write(draft.with_name(name), tags=tags, progress=report)
        provenance_of(draft).write_text(
            json.dumps({**said, "files": names}, ensure_ascii=False, indent=2) + "\n",
            encoding="utf-8",
            newline="\n",
        )
    return LandCover.open([out.with_name(name) for name in names], legend=known, year=year)


def _mosaics(cells: list[FileCells], box: Box, legend: Legend) -> list[Mosaic]:
    """What of each grid meets the box, in the order of the catalogue."""
    mosaics = []
    for group in _by_grid(cells):
        blank = _blank(legend, group[0].dtype)
        with suppress(NoOverlapError):
            mosaics.append(Mosaic.of(group, _in_system_of(group[0], box), blank=blank))
    if not mosaics:
        raise NoOverlapError("rasters.beside_the_box", path=cells[0].path)
    return mosaics


def _by_grid(cells: list[FileCells]) -> list[list[FileCells]]:
    """Rasters that share system, grid and type of number, in the order of the catalogue."""
    groups: list[list[FileCells]] = []
    for one in cells:
        for group in groups:
            if one.dtype == group[0].dtype and offset_on(group[0], one) is not None:
                group.append(one)
                break
        else:
            groups.append([one])
    return groups


def _legend(legend: LegendInHand | None, collection: str) -> Legend:
    if legend is not None:
        return Legend.load(legend)
    for known in map(Legend.load, available()):
        if collection in known.collections:
            return known
    raise LegendError("cover.collection_without_legend", collection=collection)


def provenance_of(out: Path) -> Path:
    """The file beside a fetched cover that says what it was made of."""
    return out.with_name(f"{out.stem}.provenance.json")


def _box(zones: gpd.GeoDataFrame | gpd.GeoSeries | str | Path, margin_m: float) -> Box:
    """The box of zones in longitude and latitude, with a margin."""
    frame = read_layer(zones) if isinstance(zones, str | Path) else zones
    require_crs(frame.crs, "zones")
    west, south, east, north = map(float, frame.to_crs("EPSG:4326").total_bounds)
    if not np.isfinite([west, south, east, north]).all():
        raise LayerError("cover.zones_nowhere")
    tall = margin_m / _METRES_A_DEGREE
    # Meridians run together towards the poles; the farther latitude takes most degrees.
    farthest = min(max(abs(south), abs(north)) + tall, _NO_LIMIT)
    wide = tall / float(np.cos(np.radians(farthest)))
    return west - wide, south - tall, east + wide, north + tall


def _in_system_of(cells: FileCells, box: Box) -> Box:
    bounds = transformer(require_crs("EPSG:4326"), cells.crs).transform_bounds(*box, densify_pts=64)
    west, south, east, north = map(float, bounds)
    return west, south, east, north


def _blank(legend: Legend, dtype: str) -> float:
    """A value for ground that no tile shows: one that no class has."""
    least, most = (np.iinfo(dtype).min, np.iinfo(dtype).max) if _is_whole(dtype) else (0, 255)
    held = [code for code in sorted(legend.unobserved) if least <= code <= most]
    free = (code for code in (0, most, *range(1, 256), -1) if code not in legend.codes)
    return float(next(iter(held), None) or next(free))


def _is_whole(dtype: str) -> bool:
    return np.dtype(dtype).kind in "iu"


def _provenance(
    source: str, collection: str, about: dict[str, Any], tiles: tuple[Tile, ...], box: Box
) -> dict[str, Any]:
    links = about.get("links")
    licences = [
        without_secrets(str(one.get("href")))
        for one in (links if isinstance(links, list) else [])
        if isinstance(one, dict) and one.get("rel") == "license"
    ]
    providers = about.get("providers")
    return {
        "catalogue": without_secrets(source),
        "collection": collection,
        "title": _text(about.get("title")),
        "licence": _text(about.get("license")),
        "licence_links": licences,
        "providers": [
            _text(one.get("name"))
            for one in (providers if isinstance(providers, list) else [])
            if isinstance(one, dict)
        ],
        "items": [
            {
                "id": _text(tile.item),
                "raster": without_secrets(tile.path),
                "years": list(tile.years),
            }
            for tile in tiles
        ],
        "box": list(box),
        "fetched": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _text(given: object) -> str | None:
    """What a catalogue says of itself, where it is a text."""
    # Files are written in UTF-8, which has no halves of letters.
    return without_secrets(readable(given)) if isinstance(given, str) else None
