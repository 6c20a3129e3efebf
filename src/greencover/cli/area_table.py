"""A table of class areas for the zones of a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import geopandas as gpd
import pandas as pd
import shapely

from greencover.campaign.ground import middle_of
from greencover.cover.land_cover import LandCover
from greencover.ground.errors import NoOverlapError
from greencover.ground.notes import tell
from greencover.ground.saving import check_suffix
from greencover.ground.writing import check_file, keep_inputs
from greencover.layers import check_codes, check_raster_source, layer_name, read_layer
from greencover.overlay import class_areas
from greencover.words import Listed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from greencover.cover import Legend

# Zones drawn along the raster's edge reach over it by the rounding of their coordinates.
_TOUCHING_SHARE = 1e-6


def area_table(
    zones: str | Path,
    raster: str | Path | Sequence[str | Path],
    *,
    legend: str | Path | Legend,
    layer: str | None = None,
    where: str | None = None,
    code: str | None = None,
    band: int | None = None,
    nodata: float | Literal["file"] | None = "file",
    crs: str | None = None,
    area: Literal["ellipsoid", "grid"] = "ellipsoid",
    progress: Callable[[int, int], None] | None = None,
    resume: str | Path | None = None,
) -> gpd.GeoDataFrame:
    """Measure the hectares of every land-cover class in every zone of a file.

    Parameters
    ----------
    zones, layer
        File of polygons, and its layer where it has several.
    where
        Which zones are meant; see :func:`greencover.layers.read_layer`.
    raster, legend
        Land cover, one file or several tiles, and what its codes mean.
    code
        Column with each zone's own code; it is then checked and stands first.
    band
        Band that holds the codes, where a raster has several.
    nodata
        Cell value that means "not observed", None for no value; by default the raster's own word.
    crs
        Coordinate system of the zones, where their file names none or a wrong one; also "GCJ-02"
        and "BD-09".
    area
        "ellipsoid" or "grid"; see :func:`greencover.class_areas`.
    progress
        Called with the tiles done and the tiles in all.
    resume
        Folder for finished tiles; see :func:`greencover.class_areas`.

    Returns
    -------
    GeoDataFrame
        The zones with their own columns, then ``{cover}_{code}_ha`` for every class,
        ``unobserved_ha`` and ``total_ha``. An own column of such a name becomes ``..._zones``.

    Raises
    ------
    NoOverlapError
        Not one zone shares ground with a raster; touching at an edge or a corner is none.

    Warns
    -----
    GreencoverWarning
        Not one zone was observed: the raster has no data there.
    """
    paths = [raster] if isinstance(raster, str | Path) else list(raster)
    for path in paths:
        check_raster_source(path)
    cover = LandCover.open(paths, legend=legend, band=band, nodata=nodata)
    near = middle_of(cover)
    called = layer_name(zones, layer, where)
    frame = read_layer(zones, layer, where=where, geometry="polygon", crs=crs, near=near)
    if code is not None:
        check_codes(frame, code, called)
        frame = frame[[code, *frame.columns.drop(code)]]
    measured = class_areas(frame, cover, area=area, progress=progress, resume=resume)
    totals = measured.sum(axis=1)
    if (measured["unobserved_ha"] == totals).all():
        _nothing_observed(frame, called, cover)
    measured = measured.assign(total_ha=totals)
    taken = {name.lower() for name in measured.columns}
    own = {
        column: f"{column}_zones"
        for column in frame.columns.drop([frame.geometry.name])
        if str(column).lower() in taken
    }
    frame = frame.rename(columns=own)
    return gpd.GeoDataFrame(
        pd.concat([frame.drop(columns=frame.geometry.name), measured], axis=1),
        geometry=frame.geometry.array,
        crs=frame.crs,
    )


def _nothing_observed(frame: gpd.GeoDataFrame, where: str, cover: LandCover) -> None:
    """Tell zones beside the raster, which are a mistake, from zones where it has no data."""
    files = Listed.every(cover.paths)
    box = shapely.box(*cover.bounds)
    shapes = frame.to_crs(cover.crs).geometry.to_numpy()
    shared = shapely.area(shapely.intersection(shapes, box)) / shapely.area(shapes)
    if not (shared > _TOUCHING_SHARE).any():
        raise NoOverlapError("cli.zones_beside", layer=where, raster=files)
    tell("cli.zones_unobserved", layer=where, raster=files, stacklevel=3)


def check_destination(path: str | Path, *, inputs: Iterable[str | Path] = ()) -> None:
    """Refuse a file that is an input, or cannot be written, before anything is computed."""
    path = Path(path)
    check_suffix(path)
    check_file(path)
    keep_inputs([path], inputs)
