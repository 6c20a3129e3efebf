"""Outlines of counties, and of the cities and provinces that they make up."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from greencover.report import parquet
from greencover.results.programme.file import County


def with_shapes(table: pd.DataFrame, counties: Sequence[County], out: Path) -> gpd.GeoDataFrame:
    """The figures of a programme with the outline of every unit (EPSG:4326).

    A city or a province is the union of the counties that were assessed.

    Parameters
    ----------
    table
        Figures by ``level``, ``unit``, ``city`` and ``province``.
    counties
        Those that have results in folders of their codes.
    out
        The folder that holds these folders.
    """
    own = [_outline(out / county.code / parquet.FILE) for county in counties]
    members: dict[tuple[str, ...], list[Any]] = {}
    for county, outline in zip(counties, own, strict=True):
        above = (county.province, county.city)
        for key in (("county", county.code), ("city", *above), ("province", county.province)):
            members.setdefault(key, []).append(outline)
    shapes = {
        key: gpd.GeoSeries(parts, crs="EPSG:4326").union_all() if len(parts) > 1 else parts[0]
        for key, parts in members.items()
    }
    keys = [
        (level, province, city) if level == "city" else (level, unit)
        for level, unit, province, city in zip(
            *(table[name] for name in ("level", "unit", "province", "city")), strict=True
        )
    ]
    outlines = np.empty(len(keys), dtype=object)
    outlines[:] = [shapes.get(key) for key in keys]
    return gpd.GeoDataFrame(table, geometry=outlines, crs="EPSG:4326")


def _outline(path: Path) -> Any:
    """The outline of a county from its results; None where no figure is of the whole county."""
    table = gpd.read_parquet(path, columns=["level", "geometry"])
    whole = table.loc[table["level"] == "county", "geometry"]
    return whole.iloc[0] if len(whole) else None
