"""Open a file of any format as a frame, nothing checked but that it can be read."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd

from greencover.ground.errors import LayerError
from greencover.ground.places import is_remote
from greencover.layers.archives import layer_inside
from greencover.layers.columns import refuse_twice
from greencover.layers.formats import format_of
from greencover.layers.sources import gdal_name
from greencover.words import Listed


def resolve(path: str | Path, layer: str | None, kind: str) -> tuple[str, str | None]:
    """Return what to open: the file inside an archive, and the layer's name where it has one.

    Parameters
    ----------
    path, layer
        As given.
    kind
        "polygon", "line" or "any": tells which of the layers of a GPX file is meant.
    """
    zipped = Path(path).suffix.lower() == ".zip"
    if is_remote(path):
        if zipped or not format_of(path).remote:
            raise LayerError("layers.format_not_read_remotely", path=path)
        source = str(gdal_name(path))
    elif str(path).startswith("/vsi"):
        source = str(path)
    elif zipped:
        source = layer_inside(Path(path), layer)
    else:
        source = str(_located(Path(path), layer))
    found = format_of(source)
    if not is_remote(path):
        found.vet(source, path)
    names = found.layers(source, path)
    if names is None:
        return source, None
    if zipped and layer not in names:
        # It named the file inside.
        layer = None
    likely = found.likely(source, names, kind) if layer is None else names
    return source, _only(likely, path, layer)


def read_raw(source: str, layer: str | None, where: str) -> gpd.GeoDataFrame:
    """Read every row of a layer with its own columns.

    Raises
    ------
    LayerError
        The file is damaged, no map layer, or empty.
    """
    frame = format_of(source).read(source, layer, where)
    if not isinstance(frame, gpd.GeoDataFrame):
        raise LayerError("layers.no_map_layer", where=where)
    refuse_twice(frame, where)
    if frame.empty:
        raise LayerError("layers.empty", where=where)
    return frame


def _located(path: Path, layer: str | None) -> Path:
    """Return the file that is meant where a folder, or a part of a layer, was named."""
    shape = path / f"{layer}.shp"
    if path.is_dir() and shape.is_file():
        return shape
    return format_of(path).located(path)


def _only(names: list[str], path: str | Path, layer: str | None) -> str:
    if not names:
        raise LayerError("layers.no_layers", path=path)
    if layer is None:
        if len(names) > 1:
            raise LayerError("layers.several_layers", path=path, layers=Listed.every(names))
        return names[0]
    if layer not in names:
        raise LayerError("layers.layer_absent", path=path, layer=layer, layers=Listed.every(names))
    return layer
