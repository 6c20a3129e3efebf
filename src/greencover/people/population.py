"""Residents of units: from a table, a grid, or shared out from totals of larger units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal, Unpack

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from greencover.cover.counted import codes_of, cover_types
from greencover.cover.land_cover import LandCover
from greencover.ground.errors import LayerError
from greencover.ground.geodesy import HECTARE_M2
from greencover.ground.notes import Note, tell
from greencover.ground.run import Run, RunOptions
from greencover.layers import check_codes, check_geometry, check_population
from greencover.layers.in_hand import frame_of
from greencover.overlay import class_areas, ground_area_ha, zonal_sums
from greencover.overlay.parts import followed_to
from greencover.rasters import Cells, open_all
from greencover.words import Listed, Rows

BUILT = ("built",)
#: Columns of the least and the most residents that there may be.
LEAST, MOST = "population_least", "population_most"
# The densest quarter ever counted had some 1.3 residents on a square metre; a tower on a small cell
# has more. Values above are numbers for "no data" whose mark was lost (65535, 2147483647, 3.4e38).
_MOST_RESIDENTS_PER_M2 = 2.0
_MOST_RESIDENTS_PER_CELL = 20_000.0
_PER_M2 = {"m2": 1.0, "ha": HECTARE_M2, "km2": 1e6}
_ROUNDING_SHARE = 1e-9
# Borders that are meant to be one differ by slivers, and cells at the edge of a raster are cut.
_SLIVER = 0.01


def join_population(
    zones: gpd.GeoDataFrame,
    table: pd.DataFrame,
    *,
    code: str,
    table_code: str | None = None,
    population: str = "population",
) -> gpd.GeoDataFrame:
    """Join a table of residents to units by their code.

    Parameters
    ----------
    zones
        Units.
    table
        One row a unit. Codes are compared as text, so that 370102 and "370102" are one.
    code, table_code
        Columns with the code in ``zones`` and in ``table`` (default: the same name).
    population
        Column of residents in ``table``.

    Returns
    -------
    geopandas.GeoDataFrame
        ``zones`` with ``population``. Rows of the table without a unit are counted in
        ``attrs["notes"]``.

    Raises
    ------
    LayerError
        A unit is not in the table; codes are blank or twice; residents are missing or negative.

    Examples
    --------
    >>> units = gpd.GeoDataFrame({"code": ["370102"]}, geometry=gpd.points_from_xy([117], [36]))
    >>> table = pd.DataFrame({"code": [370102], "population": [51_000]})
    >>> join_population(units, table, code="code")["population"].tolist()
    [51000.0]
    """
    table_code = table_code or code
    where = Note("people.table")
    own = check_codes(zones, code, Note("people.units"))
    given = check_codes(table, table_code, where)
    residents = check_population(table, population, where, unit=table_code)
    by_code = pd.Series(residents.to_numpy(), index=given.to_numpy())
    absent = own[~own.isin(by_code.index)]
    if len(absent):
        raise LayerError(
            "people.units_lacking",
            units=Listed.of(absent),
            count=len(absent),
            all=len(own),
            code=code,
            table_code=table_code,
        )
    result = zones.assign(population=own.map(by_code).astype(float))
    spare = by_code[~by_code.index.isin(own)]
    if len(spare):
        rows = Listed.of(spare.index)
        note = Note("people.rows_spare", count=len(spare), residents=float(spare.sum()), rows=rows)
        result.attrs["notes"] = (note,)
    return result


def population_from_raster(
    zones: gpd.GeoDataFrame,
    raster: str | Path | Sequence[str | Path],
    *,
    kind: Literal["count", "density"],
    per: Literal["m2", "ha", "km2"] = "km2",
    band: int | None = None,
    run: Run | None = None,
    **options: Unpack[RunOptions],
) -> gpd.GeoDataFrame:
    """Residents of zones from a grid of population.

    Parameters
    ----------
    zones
        Polygons.
    raster, band
        The grid, one file or several tiles.
    kind
        ``"count"``: residents of a cell; ``"density"``: residents on a unit of ground. Coastal
        cells differ: a count sits on the land of its cell alone and is spread over all of it here,
        so that a zone that ends at the shore loses some; a density does not.
    per
        Unit of ground of a density.
    run, options
        How it is run, see :class:`greencover.ground.run.Run`.

    Returns
    -------
    geopandas.GeoDataFrame
        ``zones`` with ``population`` (NaN where the grid shows nothing) and
        ``population_unobserved_pct``, the share of the zone without a value.

    Raises
    ------
    RasterError
        The grid cannot be read, or cells of it are infinite or complex.

    Warns
    -----
    GreencoverWarning
        Cells in the zones hold negative numbers, or more residents than any ground has: they count
        as unobserved.

    Examples
    --------
    A village on the western half of a grid of two cells.

    >>> import tempfile
    >>> import rasterio
    >>> path = tempfile.mkdtemp() + "/people.tif"
    >>> grid = rasterio.transform.from_origin(500_000, 3_000_000, 100, 100)
    >>> with rasterio.open(path, "w", "GTiff", 2, 1, 1, "EPSG:4547", grid, "uint8") as file:
    ...     file.write(np.array([[40, 25]], dtype="uint8"), 1)
    >>> box = shapely.box(500_000, 2_999_900, 500_100, 3_000_000)
    >>> village = gpd.GeoDataFrame(geometry=[box], crs=4547)
    >>> village = population_from_raster(village, path, kind="count")
    >>> village["population"].round(6).tolist()
    [40.0]
    """
    zones = frame_of(zones)
    sources = open_all(raster, band=band)
    run = Run.of(run, options)
    most = _most_residents(sources, kind, per)
    sums = zonal_sums(zones, sources, kind=kind, per=per, run=run, least=0.0, most=most)
    whole = sums["valid_ha"] + sums["unobserved_ha"]
    if (sums["unobserved_ha"] > 0.0).any():
        _tell_impossible(zones, sources, kind, run, sums["valid_ha"])
    return zones.assign(
        population=sums["sum"].where(sums["valid_ha"] > 0.0),
        population_unobserved_pct=100.0 * sums["unobserved_ha"] / whole.where(whole > 0.0),
    )


def _most_residents(sources: Sequence[Cells], kind: str, per: str) -> float:
    """Largest value of a cell that may still be residents of its ground."""
    m2 = min(_cell_m2(source) for source in sources)
    most = _MOST_RESIDENTS_PER_CELL + _MOST_RESIDENTS_PER_M2 * m2
    return most if kind == "count" else most / m2 * _PER_M2[per]


def _cell_m2(source: Cells) -> float:
    """Ground of the middle cell of a raster."""
    a, b, c, d, e, f = source.transform[:6]
    column, row = source.width // 2, source.height // 2
    corner = (a * column + b * row + c, d * column + e * row + f)
    cell = shapely.Polygon(
        [
            corner,
            (corner[0] + a, corner[1] + d),
            (corner[0] + a + b, corner[1] + d + e),
            (corner[0] + b, corner[1] + e),
        ]
    )
    return float(ground_area_ha(gpd.GeoSeries([cell], crs=source.crs)).iloc[0] * HECTARE_M2)


def _tell_impossible(
    zones: gpd.GeoDataFrame,
    sources: Sequence[Cells],
    kind: Literal["count", "density"],
    run: Run,
    valid_ha: pd.Series[float],
) -> None:
    """Say on how much ground of the zones cells hold what cannot be residents."""
    # What is kept for a rerun is the pass before, not this one.
    every = zonal_sums(zones, sources, kind=kind, run=replace(run, resume=None, progress=None))
    lost = every["valid_ha"] - valid_ha
    zones_hit = lost > _ROUNDING_SHARE * every["valid_ha"]
    if zones_hit.any():
        tell(
            "people.impossible_cells",
            path=sources[0].path,
            ha=float(lost[zones_hit].sum()),
            zones=int(zones_hit.sum()),
            stacklevel=3,
        )


def share_out_population(
    totals: gpd.GeoDataFrame,
    zones: gpd.GeoDataFrame,
    cover: LandCover,
    *,
    population: str = "population",
    dwelt: Sequence[str] = BUILT,
    run: Run | None = None,
    **options: Unpack[RunOptions],
) -> gpd.GeoDataFrame:
    """Share residents of larger units out to zones by built-up cover (dasymetric).

    Every hectare of built-up cover in a larger unit holds the same number of its residents. An
    estimate, to be named as one: it knows nothing of storeys, offices and empty houses.

    Parameters
    ----------
    totals
        Larger units with their residents; a column ``population_most`` holds the most that there
        may be where they are not known, as ``population`` the least.
    zones
        Polygons that get a share. They may cross units and may cover less than all of them.
    cover, dwelt
        The land cover, and the cover types in which people are taken to live.
    population
        Column of residents in ``totals``.
    run, options
        How it is run, see :class:`greencover.ground.run.Run`.

    Returns
    -------
    geopandas.GeoDataFrame
        ``zones`` with ``population`` and ``population_by_area``, the part of it that was shared
        out by plain area since a unit has residents and no built-up cover. Zones that partition
        the units get all residents. ``population_least`` and ``population_most`` are its bounds:
        ground that was not seen may hold as many houses as it can, or none, in a zone and beside
        it; of a unit without houses nobody knows where its residents live.
        ``attrs["notes"]`` states the method and what lies outside.

    Raises
    ------
    LayerError
        Residents are missing, negative or no number.

    Examples
    --------
    A village on the western half of a township, in which all houses stand.

    >>> import tempfile
    >>> import rasterio
    >>> path = tempfile.mkdtemp() + "/cover.tif"
    >>> grid = rasterio.transform.from_origin(500_000, 3_000_000, 100, 100)
    >>> with rasterio.open(path, "w", "GTiff", 2, 1, 1, "EPSG:4547", grid, "uint8") as file:
    ...     file.write(np.array([[50, 40]], dtype="uint8"), 1)
    >>> box = shapely.box(500_000, 2_999_900, 500_200, 3_000_000)
    >>> township = gpd.GeoDataFrame({"population": [800]}, geometry=[box], crs=4547)
    >>> village = township.assign(geometry=[shapely.box(500_000, 2_999_900, 500_100, 3_000_000)])
    >>> from greencover.cover import Legend
    >>> legend = Legend.from_codes({50: ("built", "Houses"), 40: ("crop", "Fields")})
    >>> cover = LandCover.open(path, legend=legend)
    >>> share_out_population(township, village, cover)["population"].round(6).tolist()
    [800.0]
    """
    dwelt = cover_types(dwelt)
    residents, codes = shared_from(totals, cover, population=population, dwelt=dwelt)
    totals = check_geometry(totals, Note("people.totals"), geometry="polygon")
    zones_checked = check_geometry(zones, Note("people.zones"), geometry="polygon")
    outlines = followed_to(totals.geometry, zones.crs)
    zone, unit = shapely.STRtree(outlines.to_numpy()).query(
        zones_checked.geometry.to_numpy(), predicate="intersects"
    )
    cut = shapely.intersection(zones_checked.geometry.to_numpy()[zone], outlines.to_numpy()[unit])
    parts, owner = shapely.get_parts(cut, return_index=True)
    surface = (shapely.get_type_id(parts) == shapely.GeometryType.POLYGON) & (
        shapely.area(parts) > 0.0
    )
    zone, unit, parts = zone[owner[surface]], unit[owner[surface]], parts[surface]
    # Where zones overlap, ground counts twice; where they leave some out, not at all.
    held = np.array(
        [shapely.union_all(parts[unit == row]) for row in range(len(totals))], dtype=object
    )
    within = np.flatnonzero(~shapely.is_empty(held))
    layers: dict[str, gpd.GeoDataFrame | gpd.GeoSeries] = {
        "units": outlines,
        "parts": gpd.GeoSeries(parts, crs=zones.crs),
        "held": gpd.GeoSeries(held[within], index=within, crs=zones.crs),
    }
    areas = class_areas(layers, cover, run=run, **options)
    built = {name: table[codes].sum(axis=1).to_numpy() for name, table in areas.items()}
    whole = {name: table.sum(axis=1).to_numpy() for name, table in areas.items()}
    unseen_ha = {name: table["unobserved_ha"].to_numpy() for name, table in areas.items()}
    bare = built["units"] <= 0.0

    def living(layer: str, unit: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        with np.errstate(invalid="ignore", divide="ignore"):
            by_houses = built[layer] / built["units"][unit]
            by_area = whole[layer] / whole["units"][unit]
        heads: npt.NDArray[np.float64] = residents[unit] * np.where(bare[unit], by_area, by_houses)
        return heads

    heads = living("parts", unit)
    sums = np.bincount(zone, weights=heads, minlength=len(zones)).astype(np.float64)
    by_area = np.bincount(zone, weights=np.where(bare[unit], heads, 0.0), minlength=len(zones))
    fullest = totals[MOST].to_numpy(dtype=float) if MOST in totals else residents
    least, most = _bounds(zone, unit, built, whole, unseen_ha, (residents, fullest), sums)
    result = zones.assign(population=sums, population_by_area=by_area)
    result[LEAST], result[MOST] = least, most
    once = float(living("held", within).sum())
    outside, twice = float(residents.sum()) - once, float(sums.sum()) - once
    lived_in = Listed.of(dwelt, limit=len(dwelt))
    notes = [Note("people.shared_out", units=len(totals), covers=lived_in)]
    unseen = unseen_ha["units"] > 0.5 * whole["units"]
    if (bare & ~unseen & (residents > 0.0)).any():
        notes.append(Note("people.shared_by_area", units=int((bare & ~unseen).sum())))
    if outside > 0.5:
        notes.append(Note("people.outside", residents=outside))
    if twice > 0.5:
        notes.append(Note("people.twice", residents=twice))
    nested = _nested(outlines)
    if nested:
        notes.append(Note("people.nested", rows=Rows(tuple(nested))))
    partly = (unseen_ha["units"] > _SLIVER * whole["units"]) & (residents > 0.0)
    if partly.any():
        rows = Rows(tuple((np.flatnonzero(partly) + 1).tolist()))
        notes.append(Note("people.unseen", rows=rows))
    result.attrs["notes"] = tuple(notes)
    return result


def _bounds(
    zone: npt.NDArray[np.int64],
    unit: npt.NDArray[np.int64],
    built: dict[str, npt.NDArray[np.float64]],
    whole: dict[str, npt.NDArray[np.float64]],
    unseen: dict[str, npt.NDArray[np.float64]],
    residents: tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]],
    sums: npt.NDArray[np.float64],
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """The least and the most residents of zones, from the parts of units that they hold.

    ``residents`` are the least and the most of the units, ``sums`` what the zones were given.
    """
    count = len(whole["units"])
    pairs, number = np.unique(zone * count + unit, return_inverse=True)
    of_zone, of_unit = pairs // count, pairs % count
    houses, hidden, ground = (
        np.bincount(number, weights=one["parts"], minlength=len(pairs))
        for one in (built, unseen, whole)
    )
    all_houses, all_hidden = built["units"][of_unit], unseen["units"][of_unit]
    bare = all_houses <= 0.0
    elsewhere = np.maximum(all_hidden - hidden, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        low = np.where(bare, 0.0, houses / (all_houses + elsewhere))
        high = np.where(bare, 1.0, (houses + hidden) / (all_houses + hidden))
    held_whole = ground >= (1.0 - _SLIVER) * whole["units"][of_unit]
    low[bare & held_whole] = 1.0
    least, most = (
        np.bincount(of_zone, weights=people[of_unit] * share, minlength=len(sums)).astype(float)
        for people, share in zip(residents, (low, high), strict=True)
    )
    known = (least >= sums * (1.0 - _ROUNDING_SHARE)) & (most <= sums * (1.0 + _ROUNDING_SHARE))
    least = np.where(known, sums, np.minimum(least, sums))
    return least, np.where(known, sums, np.maximum(most, sums))


def shared_from(
    totals: gpd.GeoDataFrame,
    cover: LandCover,
    *,
    population: str = "population",
    dwelt: Sequence[str] = BUILT,
) -> tuple[npt.NDArray[np.float64], list[int]]:
    """Residents of larger units, and the codes they are taken to live on; refuses as sharing does.

    Raises
    ------
    LayerError
        Residents are missing, negative or no number.
    LegendError
        The legend has no class in which people are taken to live.
    """
    residents = check_population(totals, population, Note("people.totals"))
    return np.asarray(residents, dtype=np.float64), list(codes_of(cover.legend, dwelt))


def _nested(outlines: gpd.GeoSeries) -> list[int]:
    """Rows of outlines that another one covers in part, so that its ground counts again."""
    shapes = outlines.to_numpy()
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    pairs = first != second
    first, second = first[pairs], second[pairs]
    shared = shapely.area(shapely.intersection(shapes[first], shapes[second]))
    return sorted({int(row) + 1 for row in first[shared > _SLIVER * shapely.area(shapes[first])]})
