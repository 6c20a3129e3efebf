"""Two land covers of one ground side by side: the books and the map, class by class."""

from __future__ import annotations

from typing import Unpack

import geopandas as gpd
import pandas as pd

from greencover.cover import COVER_TYPES
from greencover.cover.land_cover import LandCover
from greencover.ground.geodesy import MU_PER_HECTARE
from greencover.ground.run import Run, RunOptions
from greencover.indicators.change import UNOBSERVED, transitions_by_row


def two_covers(
    zones: gpd.GeoDataFrame,
    books: LandCover,
    seen: LandCover,
    *,
    run: Run | None = None,
    **options: Unpack[RunOptions],
) -> pd.DataFrame:
    """Ground by cover type in the books and on the map, and where they disagree.

    Parameters
    ----------
    zones
        Polygons.
    books, seen
        Two land covers, such as sub-compartments and a raster.
    run, **options
        How it is run; see :class:`greencover.ground.run.Run`.

    Returns
    -------
    pandas.DataFrame
        A row a zone and cover type that one of the two has (and "unobserved"): ``zone`` (row
        number), ``cover``, ``books_ha``, ``seen_ha``, ``difference_ha`` and ``difference_mu``
        (books less map), ``both_ha`` (said by both), ``books_only_ha`` (on paper, and something
        else on the map), ``seen_only_ha`` (on the map, and something else on paper).

    Examples
    --------
    Two plots of forest on paper, of which the map shows one.

    >>> import numpy as np, shapely
    >>> from affine import Affine
    >>> boxes = [shapely.box(5e5, 3e6, 500010, 3000010), shapely.box(500010, 3e6, 500020, 3000010)]
    >>> plots = gpd.GeoDataFrame({"code": ["0301", "0301"]}, geometry=boxes, crs=4547)
    >>> books = LandCover.from_polygons(plots, code="code", legend="third-land-survey")
    >>> seen = LandCover.from_array(np.array([[10, 30]], "uint8"), legend="worldcover", crs=4547,
    ...     transform=Affine(10, 0, 5e5, 0, -10, 3000010))
    >>> table = two_covers(plots.dissolve(), books, seen).set_index("cover")
    >>> table.loc["tree", ["books_ha", "seen_ha", "difference_mu"]].astype(float).round(2).tolist()
    [0.02, 0.01, 0.15]
    """
    table = transitions_by_row(zones, books, seen, by="cover", run=run, **options)
    same, hidden = table["before"] == table["after"], UNOBSERVED
    known = (table["before"] != hidden) & (table["after"] != hidden)

    def sums(side: str, which: pd.Series[bool]) -> pd.Series[float]:
        found: pd.Series[float] = table[which].groupby(["zone", side])["area_ha"].sum()
        return found.rename_axis(["zone", "cover"])

    every = same | ~same
    columns = {
        "books_ha": sums("before", every),
        "seen_ha": sums("after", every),
        "both_ha": sums("before", same),
        "books_only_ha": sums("before", known & ~same),
        "seen_only_ha": sums("after", known & ~same),
    }
    found = pd.concat(columns, axis=1).fillna(0.0).reset_index()
    found.insert(4, "difference_ha", found["books_ha"] - found["seen_ha"])
    found.insert(5, "difference_mu", found["difference_ha"] * MU_PER_HECTARE)
    order = {kind: place for place, kind in enumerate((*COVER_TYPES, hidden))}
    place = found["cover"].map(order)
    found = found.assign(place=place).sort_values(["zone", "place"], kind="stable")
    return found.drop(columns="place").reset_index(drop=True)
