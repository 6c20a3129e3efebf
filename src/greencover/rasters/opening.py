"""How a raster file is opened: by drivers of formats that hold rasters, and by no others.

GDAL has many more, which describe services, follow links, run commands or write caches.
"""

from __future__ import annotations

from typing import Any

from greencover.ground.errors import RasterError
from greencover.layers import is_remote
from greencover.layers.patience import patience

#: Formats by the names of their drivers; all hold cells, none says where other cells are.
PLAIN = (
    *("GTiff", "netCDF", "HDF5", "HDF5Image", "ENVI", "EHdr", "AAIGrid", "AIG", "HFA", "GPKG"),
    *("PNG", "JPEG", "JP2OpenJPEG", "GIF", "BMP", "WEBP", "SAGA", "RST", "RRASTER", "PCRaster"),
    *("GRIB", "SRTMHGT", "USGSDEM", "DTED", "GSAG", "GSBG", "GS7BG", "XYZ", "BT", "ILWIS"),
)
# A description of rasters that lie elsewhere; its own check comes before it is opened.
VIRTUAL = "VRT"
# Masks, nodata values, systems, world files and headers may lie in files beside a raster. Over a
# network every file that might be there would cost a question, and a cloud raster holds all itself.
_BESIDE = {
    "GDAL_DISABLE_READDIR_ON_OPEN": "FALSE",
    # Products in degrees seldom say so as GDAL asks for it; whether they are is looked into later.
    "GDAL_NETCDF_ASSUME_LONGLAT": "YES",
}
_ALONE = {"GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR"}


def opened(path: str) -> Any:
    """Open a file with what lies beside it.

    Raises
    ------
    RasterError
        Its overviews are said to be somewhere else.
    """
    import rasterio
    from rasterio._path import _parse_path
    from rasterio.io import DatasetReader

    # What is inside an archive, in memory or on another machine is not checked as a file is.
    drivers = PLAIN if path.startswith("/vsi") or is_remote(path) else (*PLAIN, VIRTUAL)
    with rasterio.Env(**(_ALONE if is_remote(path) else _BESIDE), **patience()):
        dataset = DatasetReader(_parse_path(path), driver=list(drivers), sharing=False)
    if dataset.tags(ns="OVERVIEWS").get("OVERVIEW_FILE"):
        dataset.close()
        raise RasterError("rasters.overviews_elsewhere", path=path)
    return dataset
