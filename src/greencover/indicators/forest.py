"""Shares of land under forest, under trees and shrubs, and under any green."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import geopandas as gpd
import pandas as pd

from greencover.errors import LegendError
from greencover.landcover import LandCover
from greencover.legends import COVER_TYPES, Legend
from greencover.overlay import class_areas

FOREST = ("tree",)
TREE_COVER = ("tree", "shrub")
GREEN = ("tree", "shrub", "grass", "wetland", "moss")
Progress = Callable[[int, int], None]


def forest_coverage(
    zones: gpd.GeoDataFrame,
    cover: LandCover,
    *,
    forest: Sequence[str] = FOREST,
    excluded: Sequence[str] = (),
    progress: Progress | None = None,
) -> gpd.GeoDataFrame:
    """Forest coverage 森林覆盖率: forest area over land area.

    Parameters
    ----------
    zones
        Polygons in any coordinate reference system.
    cover
        The land cover.
    forest
        Cover types that count as forest.
    excluded
        Cover types that are not land: none by default, as in China, where the land area of a unit
        is its whole territory; ``("water",)`` for SDG 15.1.1.
    progress
        Called with tiles done and tiles in all.

    Returns
    -------
    geopandas.GeoDataFrame
        ``zones`` with ``land_ha`` (observed ground less the excluded types), ``forest_ha``,
        ``forest_pct`` = 100 forest_ha / land_ha (NaN where nothing was observed) and
        ``unobserved_pct`` of the zone's whole area.

    Raises
    ------
    LegendError
        A cover type does not exist or is not in the legend.

    Notes
    -----
    A raster class of trees is cover, not forest in law, which asks for crown closure of at least
    0.20 on at least 1 mu. Source of the ratio: the definition of forest coverage in the national
    forest inventory (forest area over land area).
    """
    return _share(zones, cover, forest, "forest", excluded, progress)


def tree_cover_rate(
    zones: gpd.GeoDataFrame,
    cover: LandCover,
    *,
    covers: Sequence[str] = TREE_COVER,
    excluded: Sequence[str] = (),
    progress: Progress | None = None,
) -> gpd.GeoDataFrame:
    """Tree cover rate 林木覆盖率: trees and shrubs over land area.

    Returns
    -------
    geopandas.GeoDataFrame
        ``zones`` with ``land_ha``, ``tree_cover_ha``, ``tree_cover_pct``, ``unobserved_pct``; see
        ``forest_coverage`` for parameters and errors. Scattered trees that the raster does not
        show are not in it.
    """
    return _share(zones, cover, covers, "tree_cover", excluded, progress)


def green_coverage(
    zones: gpd.GeoDataFrame,
    cover: LandCover,
    *,
    green: Sequence[str] = GREEN,
    progress: Progress | None = None,
) -> gpd.GeoDataFrame:
    """Green coverage 绿化覆盖率: vertical projection of all vegetation over area.

    Cropland is not counted unless ``green`` names it.

    Returns
    -------
    geopandas.GeoDataFrame
        ``zones`` with ``land_ha``, ``green_ha``, ``green_pct``, ``unobserved_pct``; see
        ``forest_coverage`` for parameters and errors.
    """
    return _share(zones, cover, green, "green", (), progress)


def cover_share(
    areas: pd.DataFrame,
    legend: Legend,
    covers: Sequence[str],
    name: str,
    *,
    excluded: Sequence[str] = (),
) -> pd.DataFrame:
    """Share of land under some cover types, from the table of ``class_areas``.

    Returns
    -------
    pandas.DataFrame
        ``land_ha``, ``{name}_ha``, ``{name}_pct``, ``unobserved_pct``, indexed like ``areas``.
    """
    counted = codes_of(legend, covers)
    left_out = codes_of(legend, excluded) if excluded else ()
    observed = areas[list(legend.codes)].sum(axis=1)
    whole = observed + areas["unobserved_ha"]
    land = observed - areas[list(left_out)].sum(axis=1)
    part = areas[list(counted)].sum(axis=1)
    return pd.DataFrame(
        {
            "land_ha": land,
            f"{name}_ha": part,
            f"{name}_pct": 100.0 * part / land.where(land > 0.0),
            "unobserved_pct": 100.0 * areas["unobserved_ha"] / whole.where(whole > 0.0),
        }
    )


def codes_of(legend: Legend, covers: Sequence[str]) -> tuple[int, ...]:
    """Codes of a legend under cover types; cover types that do not exist are an error.

    A type that exists but that the legend does not tell apart (shrub in a legend of five classes)
    has no code and adds nothing; if no type has one, that is an error too.
    """
    covers = (covers,) if isinstance(covers, str) else tuple(covers)
    wrong = [c for c in covers if c not in COVER_TYPES]
    if wrong:
        raise LegendError(
            f"There is no cover type {wrong[0]!r}: choose from {', '.join(COVER_TYPES)}."
        )
    codes = legend.codes_of(*covers)
    if not codes:
        raise LegendError(
            f"The legend {legend.key!r} has no class of {' or '.join(covers)}: it tells apart "
            f"{', '.join(dict.fromkeys(legend.covers.values()))}."
        )
    return codes


def _share(
    zones: gpd.GeoDataFrame,
    cover: LandCover,
    covers: Sequence[str],
    name: str,
    excluded: Sequence[str],
    progress: Progress | None,
) -> gpd.GeoDataFrame:
    codes_of(cover.legend, covers)
    areas = class_areas(zones, cover, progress=progress)
    return zones.assign(**cover_share(areas, cover.legend, covers, name, excluded=excluded))
