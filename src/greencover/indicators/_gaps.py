"""Consecutive station sides of one kind, joined to runs with their chainage."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely


def chainage_label(metres: float) -> str:
    """Write a chainage the way field staff do.

    Examples
    --------
    >>> chainage_label(12340.2)
    'K12+340'
    """
    whole = round(metres)
    return f"K{whole // 1000}+{whole % 1000:03d}"


def merge_gaps(sides: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Join consecutive gap sides: one row a gap, longest first within a road as chainage runs.

    Returns
    -------
    geopandas.GeoDataFrame
        ``gap_id``, ``road``, ``chain``, ``grade``, ``side``, ``from_m``, ``to_m``, ``chainage``,
        ``length_m``, ``cover_now`` (cover type of most of its length), ``tree_share`` (weighted by
        length), ``strip_ha``, ``unit`` where the sides have one, and the line along the strips.
    """
    runs = _joined(sides[sides["status"] == "gap"])
    runs.insert(0, "gap_id", np.arange(1, len(runs) + 1))
    return runs.drop(columns=["status", "reason"])


def merge_runs(sides: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Join consecutive sides of equal status and reason, for maps."""
    return _joined(sides)


def _joined(sides: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    keys = ["road", "chain", "grade", "side", "status", "reason"]
    keys += ["unit"] if "unit" in sides.columns else []
    ordered = sides.sort_values(["road", "chain", "side", "from_m"], kind="stable")
    same = (ordered[keys] == ordered[keys].shift()).all(axis=1)
    follows = np.isclose(ordered["from_m"], ordered["to_m"].shift(), rtol=0.0, atol=1e-6)
    run = np.cumsum(~(same.to_numpy() & follows)) - 1
    # Roads come out in the order of the layer, whatever their names.
    weight = ordered["length_m"].to_numpy()
    grouped = ordered.groupby(run, sort=False)
    table = grouped[keys].first()
    table["from_m"], table["to_m"] = grouped["from_m"].min(), grouped["to_m"].max()
    table["length_m"] = grouped["length_m"].sum()
    table["strip_ha"] = grouped["strip_ha"].sum()
    share = ordered["tree_share"].fillna(0.0).to_numpy() * weight
    table["tree_share"] = np.bincount(run, weights=share, minlength=len(table)) / table["length_m"]
    table["cover_now"] = _longest(ordered["cover_now"], run, weight, len(table))
    table["chainage"] = [
        f"{chainage_label(a)}–{chainage_label(b)}"
        for a, b in zip(table["from_m"], table["to_m"], strict=True)
    ]
    table["geometry"] = _lines(ordered, run) if len(table) else []
    table["_order"] = grouped.apply(lambda g: g.index.min(), include_groups=False)
    table = table.sort_values("_order").drop(columns="_order").reset_index(drop=True)
    return gpd.GeoDataFrame(table, geometry="geometry", crs=sides.crs)


def _longest(kind: pd.Series[str], run: np.ndarray, weight: np.ndarray, count: int) -> np.ndarray:
    lengths = pd.Series(weight).groupby([run, kind.to_numpy()]).sum()
    best = lengths.groupby(level=0).idxmax()
    out = np.full(count, "", dtype=object)
    for number, label in best:
        out[number] = label
    return out


def _lines(ordered: gpd.GeoDataFrame, run: np.ndarray) -> np.ndarray:
    points, owner = shapely.get_coordinates(ordered.geometry.to_numpy(), return_index=True)
    lines = shapely.linestrings(points, indices=run[owner])
    return np.asarray(shapely.remove_repeated_points(lines))
