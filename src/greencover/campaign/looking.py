"""What lies in files: layers that can be read, land cover with a legend that fits, tables."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from greencover.campaign.ground import middle_of
from greencover.cover import Legend
from greencover.cover import available as legends
from greencover.cover.land_cover import LandCover
from greencover.cover.legend_fit import cell_m, colours_alike
from greencover.ground.errors import CrsError, GreencoverError, LayerError
from greencover.ground.notes import Note, collected
from greencover.ground.places import exists, refuse_unseen
from greencover.layers import check_raster_source, read_layer
from greencover.layers.opening import resolve
from greencover.layers.sheets import is_table
from greencover.rasters import Cells, bounded_cache
from greencover.words import Listed

_RASTERS = (".tif", ".tiff", ".img", ".vrt")
_LAYERS = (
    ".gpkg", ".shp", ".geojson", ".json", ".kml", ".kmz", ".gml", ".tab", ".mif", ".fgb",
    ".parquet", ".zip", ".gdb", ".csv"
)  # fmt: skip
_KINDS = {0: "point", 1: "line", 2: "polygon"}
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")
# Cells are read in so many squares along either side; legends differ in common codes.
_SQUARES, _SIDE = 5, 256
_ALIKE = 1.5
# One colour may stand anywhere by chance; three of a legend's do not.
_FEWEST_COLOURS = 3
_SHORTEST_WORD = 4


@dataclass(frozen=True)
class FoundLayer:
    """A layer, its rows, and the system to declare where it names none."""

    path: Path
    layer: str | None
    frame: gpd.GeoDataFrame
    kind: str
    crs: str | None

    @property
    def called(self) -> tuple[str, ...]:
        """Names that may say what the layer is: its own, then that of its file."""
        return tuple(one.lower() for one in (self.layer, self.path.stem) if one)


@dataclass(frozen=True)
class FoundCover:
    """A raster of codes, and the legends that know them all, the likeliest first."""

    path: Path
    legends: tuple[str, ...]
    certain: bool
    year: int | None


@dataclass
class Found:
    """What was found, and why the rest is of no use."""

    layers: list[FoundLayer] = field(default_factory=list)
    covers: list[FoundCover] = field(default_factory=list)
    tables: list[Path] = field(default_factory=list)
    unused: list[Note] = field(default_factory=list)


def look(places: Iterable[Path]) -> Found:
    """Look at files, and at those of folders."""
    found = Found()
    files = [file for place in places for file in _files(place)]
    for path in files:
        if path.suffix.lower() in _RASTERS:
            _look_at_raster(path, found)
    near = None
    if found.covers:
        first = found.covers[0]
        near = middle_of(LandCover.open(first.path, legend=first.legends[0]))
    for path in files:
        if path.suffix.lower() in _LAYERS:
            _look_at_layers(path, found, near)
        elif is_table(path):
            found.tables.append(path)
    return found


def _files(place: Path) -> list[Path]:
    if not exists(place):
        refuse_unseen(place, LayerError)
        raise LayerError("layers.file_absent", path=place)
    if not place.is_dir() or place.suffix.lower() == ".gdb":
        return [place]
    return sorted(one for one in place.iterdir() if not one.name.startswith("."))


def _look_at_raster(path: Path, found: Found) -> None:
    try:
        check_raster_source(path)
        fitting = _fitting(path)
    except GreencoverError as error:
        found.unused.append(Note("campaign.draft.unread", path=path.name, error=error))
        return
    if fitting:
        year = _YEAR.search(path.stem)
        found.covers.append(FoundCover(path, *fitting, int(year.group()) if year else None))
    else:
        found.unused.append(Note("campaign.draft.no_legend", path=path.name))


def _fitting(path: Path) -> tuple[tuple[str, ...], bool] | None:
    """Legends that know every code seen, the likeliest first, and whether that one is certain.

    A colour table with a legend's own colours is the best witness, then the name of the file, then
    the size of cells; where these say nothing, the legend with the fewest classes that are absent.
    """
    ranked: list[tuple[int, bool, bool, int, str]] = []
    codes, refusal = None, None
    for key in legends():
        legend = Legend.load(key)
        with collected():
            try:
                source = LandCover.open(path, legend=legend).sources[0]
            except GreencoverError as error:
                refusal = error
                continue
        codes = _codes(source) if codes is None else codes
        if not codes or codes - {*legend.codes, *legend.unobserved}:
            continue
        words = [word for word in key.split("-") if len(word) >= _SHORTEST_WORD]
        unnamed = not any(word in path.stem.lower() for word in words)
        size, own = cell_m(source), legend.resolution_m
        unlike = own is None or not own / _ALIKE <= size <= own * _ALIKE
        painted = colours_alike(source, legend)
        shown = painted if painted >= _FEWEST_COLOURS else 0
        ranked.append((-shown, unnamed, unlike, len(set(legend.codes) - codes), key))
    if codes is None and refusal is not None:
        raise refusal
    if not ranked:
        return None
    shown, unnamed, *_ = min(ranked)
    return tuple(key for *_, key in sorted(ranked)), bool(shown) or not unnamed or len(ranked) == 1


def _codes(source: Cells) -> set[Any]:
    """Codes in squares spread over a raster; none where its cells are no whole numbers."""
    codes: set[Any] = set()
    spread = np.linspace(0.0, 1.0, _SQUARES)
    rows, columns = min(_SIDE, source.height), min(_SIDE, source.width)
    with bounded_cache(), source.reading() as handle:
        for down in (spread * (source.height - rows)).astype(int):
            for right in (spread * (source.width - columns)).astype(int):
                cells, observed = source.read(handle, int(down), int(right), rows, columns)
                if cells.dtype.kind not in "iu":
                    return set()
                codes |= set(np.unique(cells if observed is None else cells[observed]).tolist())
    return codes - {source.nodata}


def _look_at_layers(path: Path, found: Found, near: tuple[float, float] | None) -> None:
    names: list[str | None] = [None]
    try:
        resolve(path, None, "any")
    except GreencoverError as error:
        several = error.values.get("layers")
        if error.code != "layers.several_layers" or not isinstance(several, Listed):
            found.unused.append(Note("campaign.draft.unread", path=path.name, error=error))
            return
        names = [str(one) for one in several.names]
    for name in names:
        with collected():
            try:
                found.layers.append(_read(path, name, near))
            except GreencoverError as error:
                if is_table(path):
                    found.tables.append(path)
                else:
                    found.unused.append(Note("campaign.draft.unread", path=path.name, error=error))


def _read(path: Path, layer: str | None, near: tuple[float, float] | None) -> FoundLayer:
    crs = None
    try:
        frame = read_layer(path, layer, near=near)
    except CrsError as error:
        proposal = error.values.get("proposal")
        crs = proposal.values.get("crs") if isinstance(proposal, Note) else None
        if not crs:
            raise
        frame = read_layer(path, layer, crs=crs, near=near)
    dimensions = shapely.get_dimensions(frame.geometry.to_numpy())
    kind = _KINDS[int(np.bincount(dimensions[dimensions >= 0]).argmax())]
    return FoundLayer(path, layer, frame, kind, crs)
