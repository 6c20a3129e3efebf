"""GeoParquet."""

from __future__ import annotations

import io

import geopandas as gpd
from pyproj.exceptions import ProjError
from shapely.errors import ShapelyError

from greencover.ground.errors import LayerError
from greencover.layers.archives import content_of
from greencover.layers.formats._registry import Format, layer_format

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

        zipped = source.startswith("/vsi")
        content = io.BytesIO(content_of(source, where, largest=_LARGEST)) if zipped else source
        try:
            return gpd.read_parquet(content)
        except (ArrowException, ShapelyError, ProjError, *_DAMAGED_METADATA) as error:
            if "Missing geo metadata" in str(error):
                raise LayerError("layers.no_map_layer", where=where) from error
            raise LayerError("layers.geoparquet_damaged", where=where) from error
