"""Sub-compartments by which planting records say where they lie."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from greencover.ground.errors import LayerError
from greencover.layers import rows_of

if TYPE_CHECKING:
    from greencover.cover.land_cover import LandCover
    from greencover.rasters import PolygonCells


def compartments_of(cover: LandCover, books: LandCover | None) -> PolygonCells | None:
    """The polygons that are called something: those of the books, else those of the land cover."""
    for one in (books, cover):
        polygons = None if one is None else one.polygons
        if polygons is not None and polygons.names is not None:
            return polygons
    return None


def check_compartments(
    named: pd.Series[str], compartments: PolygonCells | None, where: str
) -> None:
    """Refuse records of sub-compartments that are not there, or of which there are several.

    Raises
    ------
    LayerError
        The rows are named.
    """
    given = named != ""
    if not given.any():
        return
    if compartments is None or compartments.names is None:
        raise LayerError("campaign.compartments_unnamed", where=where, rows=rows_of(given))
    counts = pd.Series(compartments.names).value_counts()
    found = named.map(counts).fillna(0).astype(int)
    for code, wrong in (
        ("campaign.compartment_unknown", given & (found == 0)),
        ("campaign.compartment_repeated", given & (found > 1)),
    ):
        if wrong.any():
            first = named[wrong].iloc[0]
            count = int(found[wrong].iloc[0])
            raise LayerError(code, where=where, name=first, count=count, rows=rows_of(wrong))
