"""GeoParquet."""

from __future__ import annotations

import io

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
                # The stubs know no open files.
                frame = gpd.read_parquet(content)  # type: ignore[arg-type]
        except (ArrowException, ShapelyError, ProjError, *_DAMAGED_METADATA) as error:
            raise LayerError("layers.geoparquet_damaged", where=where) from error
        if not mapped:
            raise LayerError("layers.no_map_layer", where=where)
        return _flat(frame, where)


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
