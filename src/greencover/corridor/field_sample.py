"""Which station sides to check in the field."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import shapely

from greencover.corridor.field_frame import frame_of, merged_note
from greencover.corridor.result import CorridorGreening
from greencover.ground.errors import AccuracyError
from greencover.ground.notes import tell

__all__ = ["field_sample"]

#: Columns of the sides that help to find and know a place; those absent are left out.
_CARRIED = ("chain", "side", "from_m", "to_m", "length_m", "grade", "unit", "cover_now", "status")


def field_sample(
    greening: CorridorGreening,
    n: int = 200,
    *,
    by: str | Sequence[str] = (),
    seed: int | str | None = None,
) -> gpd.GeoDataFrame:
    """Draw station sides to be checked in the field.

    Sides are drawn at random within strata: the status that they were given, and ``by``. Each
    stratum gets ten points (all of its sides where it has fewer), the rest goes by the length of
    the strata and by how unsure their status is (Cochran 1977, Sampling Techniques, section 5.5).
    Strata too many for the sample are put together, the smallest two of a status first.

    Parameters
    ----------
    greening
        Result of ``roadside_greening`` or ``waterside_greening``. Excluded sides are not drawn.
    n
        Number of sides.
    by
        Columns of ``greening.sides`` that divide the strata further, such as ``"grade"``.
    seed
        Another draw of the same sides. By default the sides themselves decide, so that nobody can
        draw until the outcome pleases; a seed of one's own stands in every row.

    Returns
    -------
    geopandas.GeoDataFrame
        A row a side in the order of roads and chainage: ``sample_id``, ``road`` (or ``water``),
        ``chain``, ``side``, ``from_m``, ``to_m``, ``length_m``, ``grade``, ``unit``,
        ``cover_now``, ``status``, ``stratum``, ``weight`` (sides of the stratum for each drawn),
        and what tells the draw: ``frame``, ``seed``, ``by``, ``drawn``. Points in the middle of
        the strips, in longitude and latitude. To be returned with a column ``found``; see
        ``checked_greening``.

    Raises
    ------
    AccuracyError
        No side can be checked, ``n`` is no number above 0 or too small for its strata.
    LayerError
        The sides lack a column of ``by``.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> import greencover as gc
    >>> sides = gpd.GeoDataFrame(
    ...     {"road": "Ring", "side": "left", "from_m": range(0, 4000, 20), "length_m": 20.0,
    ...      "status": ["greened"] * 150 + ["gap"] * 50},
    ...     geometry=[shapely.LineString([(114, 30), (115, 30)])] * 200, crs=4326,
    ... ).assign(to_m=lambda table: table["from_m"] + 20)
    >>> sample = gc.field_sample(gc.RoadsideGreening(sides, {}), n=40)
    >>> sample.groupby("status").size().to_dict()
    {'gap': 15, 'greened': 25}
    """
    if isinstance(n, bool) or not isinstance(n, int | np.integer) or n < 1:
        raise AccuracyError("corridor.sample_size", n=n)
    by = (by,) if isinstance(by, str) else tuple(by)
    frame = frame_of(greening, by, int(n))
    if frame.merged:
        tell(merged_note(frame), stacklevel=2)
    if n > len(frame.sides):
        tell("corridor.sample_is_all", n=n, sides=len(frame.sides), stacklevel=2)
        n = len(frame.sides)
    digest = frame.digest
    rows = frame.drawn(int(n), digest if seed is None else str(seed))
    sides = frame.sides.iloc[rows]
    drawn = np.bincount(frame.stratum[rows], minlength=len(frame.strata))
    weight = frame.sizes / np.maximum(drawn, 1)
    columns = [greening.of, *(c for c in (*_CARRIED, *by) if c in sides and c != greening.of)]
    sample = sides[list(dict.fromkeys(columns))].reset_index(drop=True)
    width = len(str(len(rows)))
    sample.insert(0, "sample_id", [f"{i:0{width}}" for i in range(1, len(rows) + 1)])
    sample["stratum"] = [frame.strata[number] for number in frame.stratum[rows]]
    sample["weight"] = weight[frame.stratum[rows]]
    sample["frame"] = digest
    sample["seed"] = digest if seed is None else str(seed)
    sample["by"] = ",".join(by)
    sample["drawn"] = int(n)
    points = shapely.line_interpolate_point(sides.geometry.to_numpy(), 0.5, normalized=True)
    return gpd.GeoDataFrame(sample, geometry=points, crs=sides.crs)
