"""Exact sums and means of continuous rasters inside zones."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal, Unpack, overload

import numpy as np
import pandas as pd

from greencover.ground.errors import ArgumentError
from greencover.ground.geodesy import HECTARE_M2
from greencover.ground.run import Run, RunOptions
from greencover.layers.in_hand import ZonesInHand
from greencover.overlay._outlines import Layer
from greencover.overlay._overlay import (
    NOTHING_SHARE,
    ONLY,
    Area,
    Floats,
    Overlay,
    is_layers,
    named_layers,
)
from greencover.overlay._readers import ValueReader
from greencover.overlay._tiles import VALUE_TILE_CELLS
from greencover.rasters import Cells, first_with_data, open_all

Kind = Literal["count", "density"]
Per = Literal["m2", "ha", "km2"]
Rasters = str | Path | Cells | Sequence[str | Path | Cells]

_SQUARE_METRES = {"m2": 1.0, "ha": HECTARE_M2, "km2": 1e6}


@overload
def zonal_sums(
    zones: ZonesInHand,
    raster: Rasters,
    *,
    kind: Kind,
    per: Per = ...,
    band: int | None = ...,
    nodata: float | Literal["file"] | None = ...,
    crs: Any = ...,
    least: float | None = ...,
    most: float | None = ...,
    area: Area = ...,
    run: Run | None = ...,
    **options: Unpack[RunOptions],
) -> pd.DataFrame: ...
@overload
def zonal_sums(
    zones: Mapping[str, ZonesInHand],
    raster: Rasters,
    *,
    kind: Kind,
    per: Per = ...,
    band: int | None = ...,
    nodata: float | Literal["file"] | None = ...,
    crs: Any = ...,
    least: float | None = ...,
    most: float | None = ...,
    area: Area = ...,
    run: Run | None = ...,
    **options: Unpack[RunOptions],
) -> dict[str, pd.DataFrame]: ...
def zonal_sums(
    zones: ZonesInHand | Mapping[str, ZonesInHand],
    raster: Rasters,
    *,
    kind: Kind,
    per: Per = "ha",
    band: int | None = None,
    nodata: float | Literal["file"] | None = "file",
    crs: Any = None,
    least: float | None = None,
    most: float | None = None,
    area: Area = "ellipsoid",
    run: Run | None = None,
    **options: Unpack[RunOptions],
) -> pd.DataFrame | dict[str, pd.DataFrame]:
    """Sum and mean of a continuous raster inside every zone.

    Parameters
    ----------
    zones
        Polygons, as of :func:`greencover.class_areas`; or a mapping from layer name to polygons,
        all of which are overlaid in one pass over the raster.
    raster
        One raster or several tiles; where tiles overlap, the first in the list that
        has a value counts.
    kind
        What a cell's value is. It is never guessed, since a wrong guess is wrong by the size of a
        cell. ``"count"``: an amount in the cell, such as its residents; a zone takes the share of
        the cell that it covers. ``"density"``: an amount on each unit of ground, such as residents
        per km², tonnes per hectare, or canopy cover in %; a zone takes value times ground.
    per
        The unit of ground that a density is meant on; it scales ``sum`` and nothing else.
    band
        Band to read, where a raster has several.
    nodata
        ``"file"``: the raster's own nodata value is unobserved; a number: that value is, instead;
        None: only blank cells are.
    crs
        System of zones that name none.
    least, most
        Values below or above are unobserved, such as a nodata value that the raster has lost.
    area, run, options
        See :func:`greencover.class_areas`.

    Returns
    -------
    pandas.DataFrame
        Indexed like ``zones``. ``sum``: the amount in the observed part of the zone. ``mean``: for
        counts the mean of a cell, for densities the mean over ground; not a number where nothing
        was observed. ``valid_ha`` and ``unobserved_ha``: ground with and without a value. For a
        mapping, a dict of such tables.

    Raises
    ------
    LayerError, CrsError, NoOverlapError, RasterError
        As for :func:`greencover.class_areas`; cells are infinite.

    Notes
    -----
    The integral of :func:`greencover.class_areas`, with the running sum of the values of a row in
    place of the running count of a class; everything is summed in double precision.

    Examples
    --------
    A zone over a cell of 10 residents and half of one of 20.

    >>> import geopandas as gpd, numpy as np, shapely
    >>> from affine import Affine
    >>> from greencover.rasters import ArrayCells
    >>> corner = Affine(100, 0, 5e5, 0, -100, 3e6)
    >>> people = ArrayCells.of(np.array([[10.0, 20.0]]), transform=corner, crs=4547)
    >>> zone = gpd.GeoDataFrame(geometry=[shapely.box(5e5, 2999900, 500150, 3e6)], crs=4547)
    >>> zonal_sums(zone, people, kind="count")["sum"].round(3).item()
    20.0
    """
    if kind not in ("count", "density"):
        raise ArgumentError("overlay.kind", kind=repr(kind))
    if per not in _SQUARE_METRES:
        raise ArgumentError("overlay.per", known=", ".join(_SQUARE_METRES), per=repr(per))
    if area not in ("ellipsoid", "grid"):
        raise ArgumentError("overlay.area", area=repr(area))
    within = (-np.inf if least is None else least, np.inf if most is None else most)
    if not within[0] <= within[1]:
        raise ArgumentError("overlay.least_above_most", least=within[0], most=within[1])
    run = Run.of(run, options)
    if run.tile_cells is None:
        run = replace(run, tile_cells=VALUE_TILE_CELLS)
    blanks = _blanks(nodata)
    layers = named_layers(zones, crs)
    overlay = Overlay(
        tuple(Layer.of(layer, name) for name, layer in layers.items()),
        first_with_data(open_all(raster, band=band), blanks),
        area,
        run,
    )
    figures = _figures(overlay, kind, blanks, within, _SQUARE_METRES[per])
    columns = ["sum", "mean", "valid_ha", "unobserved_ha"]
    return overlay.tables(layers if is_layers(zones) else layers[ONLY], figures, columns)


def _blanks(nodata: float | Literal["file"] | None) -> Callable[[Cells], frozenset[float]]:
    """Values of a raster that mean "not observed"."""

    def of(source: Cells) -> frozenset[float]:
        value = source.nodata if nodata == "file" else nodata
        return frozenset() if value is None else frozenset({float(value)})

    return of


def _figures(
    overlay: Overlay,
    kind: Kind,
    blanks: Callable[[Cells], frozenset[float]],
    within: tuple[float, float],
    unit_m2: float,
) -> Floats:
    """Sum, mean, valid hectares and unobserved hectares of each zone."""
    shared = kind == "count"

    def reader(number: int) -> ValueReader:
        return ValueReader(blanks(overlay.sources[number]), shared, *within)

    amount, valid_m2, cells = (np.zeros(len(overlay.zone_m2)) for _ in range(3))
    for counted in overlay.counted(reader):
        amount += counted.totals[:, 0] * (1.0 if shared else counted.cell_m2)
        valid_m2 += counted.totals[:, 1] * counted.cell_m2
        cells += counted.totals[:, 2]
    nothing = valid_m2 <= NOTHING_SHARE * overlay.zone_m2
    amount[nothing], valid_m2[nothing] = 0.0, 0.0
    mean = np.full(len(amount), np.nan)
    np.divide(amount, cells if shared else valid_m2, out=mean, where=~nothing)
    total = amount if shared else amount / unit_m2
    unobserved = overlay.unobserved_m2(valid_m2)
    return np.column_stack([total, mean, valid_m2 / HECTARE_M2, unobserved / HECTARE_M2])
