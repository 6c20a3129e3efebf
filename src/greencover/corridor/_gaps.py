"""Consecutive station sides of one kind, joined to runs with their chainage."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

_SAME_PLACE_M = 1e-6


def chainage_label(metres: float) -> str:
    """Write a chainage the way field staff do.

    Examples
    --------
    >>> chainage_label(12340.2)
    'K12+340'
    """
    whole = round(metres)
    sign = "-" if whole < 0 else ""
    return f"{sign}K{abs(whole) // 1000}+{abs(whole) % 1000:03d}"


def merge_gaps(
    sides: gpd.GeoDataFrame, *, of: str = "road", status: str = "gap"
) -> gpd.GeoDataFrame:
    """Join consecutive gap sides: one row a gap, in the order of the roads and along them.

    Sides of another ``status`` may be joined in their place.

    Returns
    -------
    geopandas.GeoDataFrame
        ``gap_id`` (see ``gap_ids``), ``road``, ``chain``, ``grade``, ``side``, ``from_m``,
        ``to_m``, ``chainage``,
        ``length_m``, ``cover_now`` (cover type of most of its length), ``tree_share`` (weighted by
        length), ``strip_ha``, ``unit`` and ``evidence`` (what judged most of its length) where the
        sides have them, and the line along the strips.
    """
    chosen = sides[sides["status"] == status]
    runs = joined(chosen, run_numbers(chosen, of=of), of=of)
    runs.insert(0, "gap_id", gap_ids(runs, of=of))
    return runs.drop(columns=["status", "reason"])


def gap_ids(gaps: pd.DataFrame, *, of: str = "road") -> list[str]:
    """Numbers of gaps that stay when other roads and gaps come and go: road, side and chainage.

    Examples
    --------
    >>> gaps = pd.DataFrame({"road": ["X101", "X101"], "chain": [0, 1], "side": ["left", "right"]})
    >>> gap_ids(gaps.assign(from_m=[5200.2, 0.0]))
    ['X101-L-K5+200', 'X101/1-R-K0+000']
    """
    columns = (gaps[name] for name in (of, "chain", "side", "from_m"))
    ids = [
        f"{road}{f'/{chain}' if chain else ''}-{str(side)[:1].upper()}-{chainage_label(at)}"
        for road, chain, side, at in zip(*columns, strict=True)
    ]
    numbers = pd.Series(ids, dtype=object)
    again = numbers.groupby(numbers).cumcount()
    return [f"{one}.{count}" if count else one for one, count in zip(ids, again, strict=True)]


def merge_runs(sides: gpd.GeoDataFrame, *, of: str = "road") -> gpd.GeoDataFrame:
    """Join consecutive sides of equal status and reason, judged by one source, for maps."""
    return joined(sides, run_numbers(sides, of=of, further=("evidence",)), of=of)


def _keys(sides: pd.DataFrame, of: str) -> list[str]:
    keys = [of, "chain", "grade", "side", "status", "reason"]
    return keys + [name for name in ("unit",) if name in sides.columns]


def run_numbers(
    sides: pd.DataFrame, *, of: str = "road", further: Sequence[str] = ()
) -> npt.NDArray[np.int64]:
    """Number of the run of like sides that each row belongs to; rows run along the road.

    Columns of ``further`` split runs, too.
    """
    if not len(sides):
        return np.zeros(0, dtype=np.int64)
    new = np.ones(len(sides), dtype=bool)
    follows = np.abs(sides["from_m"].to_numpy()[1:] - sides["to_m"].to_numpy()[:-1])
    new[1:] = follows > _SAME_PLACE_M
    for key in [*_keys(sides, of), *(name for name in further if name in sides.columns)]:
        column = sides[key].to_numpy()
        new[1:] |= column[1:] != column[:-1]
    return np.cumsum(new) - 1


def joined(
    sides: gpd.GeoDataFrame, run: npt.NDArray[np.int64], *, of: str = "road"
) -> gpd.GeoDataFrame:
    """Join the rows of each run to one."""
    first = np.flatnonzero(np.diff(run, prepend=-1))
    last = np.append(first[1:], len(sides)) - 1 if len(first) else first
    count = len(first)
    weight = sides["length_m"].to_numpy()
    table = pd.DataFrame(sides[_keys(sides, of)].iloc[first]).reset_index(drop=True)
    table["from_m"] = sides["from_m"].to_numpy()[first]
    table["to_m"] = sides["to_m"].to_numpy()[last]
    table["length_m"] = np.bincount(run, weights=weight, minlength=count)
    table["strip_ha"] = np.bincount(run, weights=sides["strip_ha"].to_numpy(), minlength=count)
    share = np.nan_to_num(sides["tree_share"].to_numpy()) * weight
    table["tree_share"] = np.bincount(run, weights=share, minlength=count) / table["length_m"]
    table["cover_now"] = longest(sides["cover_now"].to_numpy(), run, weight, count)
    if "evidence" in sides.columns:
        table["evidence"] = longest(sides["evidence"].to_numpy(), run, weight, count)
    table["chainage"] = [
        f"{chainage_label(a)}–{chainage_label(b)}"
        for a, b in zip(table["from_m"], table["to_m"], strict=True)
    ]
    lines = lines_of_runs(sides, run) if count else np.zeros(0, dtype=object)
    return gpd.GeoDataFrame(table, geometry=lines, crs=sides.crs)


def longest(
    kind: npt.NDArray[Any],
    run: npt.NDArray[np.int64],
    weight: npt.NDArray[np.float64],
    count: int,
) -> npt.NDArray[Any]:
    """Kind that has most of the weight of each run."""
    code, words = pd.factorize(kind)
    words = np.asarray(words, dtype=object)
    out = np.full(count, "", dtype=object)
    if len(words):
        sums = np.bincount(run * len(words) + code, weights=weight, minlength=count * len(words))
        out[:] = words[sums.reshape(count, -1).argmax(axis=1)]
    return out


def lines_of_runs(sides: gpd.GeoDataFrame, run: npt.NDArray[np.int64]) -> npt.NDArray[Any]:
    points, owner = shapely.get_coordinates(sides.geometry.to_numpy(), return_index=True)
    lines = shapely.linestrings(points, indices=run[owner])
    return np.asarray(shapely.remove_repeated_points(lines))
