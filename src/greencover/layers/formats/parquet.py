"""GeoParquet."""

from __future__ import annotations

import io
import re
from typing import Any

import geopandas as gpd
from pyproj.exceptions import ProjError
from shapely.errors import ShapelyError

from greencover.ground.errors import LayerError
from greencover.ground.notes import tell
from greencover.layers.archives import content_of
from greencover.layers.formats._registry import Format, layer_format
from greencover.words import Listed

_DAMAGED_METADATA = (ValueError, TypeError, AttributeError, LookupError, OSError)
_LARGEST = 1_000_000_000
# The beginning of a collection in well-known binary, in either order of bytes, also with Z and M.
_COLLECTION = re.compile(
    rb"\x01(?:\x07\x00|\xef\x03|\xd7\x07|\xbf\x0b)\x00[\x00\x20\x40\x60\x80\xa0\xc0\xe0]"
    rb"|\x00[\x00\x20\x40\x60\x80\xa0\xc0\xe0]\x00(?:\x00\x07|\x03\xef|\x07\xd7|\x0b\xbf)"
)
_MOST_COLLECTIONS = 1000


@layer_format
class Parquet(Format):
    """GeoParquet, read by geopandas."""

    suffixes: tuple[str, ...] = (".parquet", ".geoparquet")
    in_archives: tuple[str, ...] = (".parquet",)

    def read(self, source: str, layer: str | None, where: str) -> gpd.GeoDataFrame:  # noqa: ARG002
        """Read every row."""
        from pyarrow import ArrowException
        from pyarrow.parquet import read_schema

        zipped = source.startswith("/vsi")
        content = io.BytesIO(content_of(source, where, largest=_LARGEST)) if zipped else source
        try:
            if mapped := b"geo" in (read_schema(content).metadata or {}):
                _check_nesting(content, where)
                # The stubs know no open files.
                frame = gpd.read_parquet(content)  # type: ignore[arg-type]
        except (ArrowException, ShapelyError, ProjError, *_DAMAGED_METADATA) as error:
            raise LayerError("layers.geoparquet_damaged", where=where) from error
        if not mapped:
            raise LayerError("layers.no_map_layer", where=where)
        return _flat(frame, where)


def _check_nesting(content: Any, where: str) -> None:
    """Refuse collections in collections without end, at which the library that reads them dies."""
    import pyarrow as pa
    from pyarrow.parquet import ParquetFile

    with ParquetFile(content) as file:
        schema = file.schema_arrow
        binary = [one.name for one in schema if pa.types.is_binary(one.type)]
        for batch in file.iter_batches(columns=binary):
            for column in batch.columns:
                collections = (one for one in column.to_pylist() if one and _is_collection(one))
                if any(len(_COLLECTION.findall(one)) > _MOST_COLLECTIONS for one in collections):
                    raise LayerError("layers.geoparquet_damaged", where=where)
    if isinstance(content, io.BytesIO):
        content.seek(0)


def _is_collection(shape: bytes) -> bool:
    return _COLLECTION.match(shape) is not None


def _flat(frame: gpd.GeoDataFrame, where: str) -> gpd.GeoDataFrame:
    """Make columns of a named index, and leave out geometry beside that of the layer."""
    named = [name for name in frame.index.names if name is not None]
    if named:
        twice = [name for name in named if name in frame.columns]
        frame = frame.drop(columns=twice).reset_index(level=named)
    others = frame.columns[frame.dtypes == "geometry"].drop([frame.geometry.name])
    if len(others):
        tell(
            "layers.other_geometry", where=where, columns=Listed.of(others), own=frame.geometry.name
        )
    return frame.drop(columns=others)
