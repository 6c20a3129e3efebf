"""Open a vector layer and hand it on checked."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from greencover.ground.geodesy import require_crs
from greencover.layers.choosing import chosen_rows
from greencover.layers.columns import name_columns
from greencover.layers.geometry import check_geometry, lines_among
from greencover.layers.opening import read_raw, resolve
from greencover.layers.operation import moved_by
from greencover.layers.placing import place
from greencover.layers.sources import check_layer_source
from greencover.layers.wording import layer_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd

    from greencover.layers.geometry import GeometryKind

_log = logging.getLogger(__name__)


def read_layer(
    path: str | Path,
    layer: str | None = None,
    *,
    where: str | None = None,
    columns: Mapping[str, str] | None = None,
    geometry: GeometryKind = "any",
    crs: str | None = None,
    near: tuple[float, float] | None = None,
    operation: str | None = None,
    remote: bool = False,
) -> gpd.GeoDataFrame:
    """Read a vector layer and check everything that an area or a length depends on.

    Parameters
    ----------
    path
        GeoPackage, Shapefile, GeoJSON, KML, KMZ, GPX, FileGDB, FlatGeobuf, GeoParquet, a ZIP
        archive of one of these, or a CSV file with WKT or with x and y.
    layer
        Name of the layer; may be left out when the file has only one.
    where
        Which rows are meant, as SQL says it after WHERE: ``"fclass = 'park' AND access IS NULL"``;
        see :func:`greencover.layers.choosing.chosen_rows`. Rows are counted among them.
    columns
        Own column name by the name it shall have, such as ``{"code": "XZQDM"}``. The own columns
        stay; one that already has the wanted name but another meaning becomes ``..._original``.
    geometry
        What the rows must be: "polygon", "line" or "any". Where lines are asked for, points and
        polygons beside them, as exports of OpenStreetMap have, are left out, and a note says so.
    crs
        Coordinate reference system, where the layer names none or a wrong one; also "GCJ-02" and
        "BD-09", which are shifted to WGS 84.
    near
        Longitude and latitude of a place that the layer should meet, to name the system of a layer
        that has none.
    operation
        What brings the layer to another datum: the code of an operation, three or seven parameters,
        or steps of PROJ; see ``greencover.layers.operation``.
    remote
        Whether the path, or what the file is made of, may lie on another machine.

    Returns
    -------
    GeoDataFrame
        Indexed from 0 in the order of the file, Z and M dropped, curves as lines, invalid polygons
        repaired.

    Raises
    ------
    LayerError
        File, layer, column or geometry is missing or unfit; the message names it.
    CrsError
        The layer does not say where on Earth it lies; the message proposes what it may be in.

    Warns
    -----
    GreencoverWarning
        Polygons were repaired, coordinates shifted, or an encoding was told by its bytes.
    """
    check_layer_source(path, remote=remote)
    source, layer = resolve(path, layer, geometry)
    whole = layer_name(path, layer)
    frame = chosen_rows(read_raw(source, layer, whole), where, whole)
    called = layer_name(path, layer, where)
    if geometry == "line":
        frame = lines_among(frame, called)
    frame = name_columns(frame, columns or {}, called)
    frame = place(frame, called, crs=crs, near=near)
    if operation is not None:
        frame = moved_by(frame, operation, called)
    _log.info("read %d rows of the %s in %s", len(frame), called, require_crs(frame.crs).name)
    return check_geometry(frame, called, geometry=geometry)
