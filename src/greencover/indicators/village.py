"""Greening of villages inside their settlement outlines.

No national definition of village greening exists: the settlement's outline is an input, and what
is taken for it decides the figure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Unpack

import geopandas as gpd
import pandas as pd

from greencover.cover.land_cover import LandCover
from greencover.ground.errors import LayerError
from greencover.ground.notes import Note
from greencover.ground.run import Run
from greencover.indicators._counting import Basis, Counting, measured, share_from
from greencover.indicators.forest import GREEN, TREE_COVER
from greencover.layers import as_text
from greencover.layers.tables import require_columns
from greencover.words import Listed

SETTLEMENTS = ("clustered", "dispersed")
_WORDS = {
    "clustered": "clustered",
    "集中": "clustered",
    "集中居住": "clustered",
    "集中居住型": "clustered",
    "dispersed": "dispersed",
    "分散": "dispersed",
    "分散居住": "dispersed",
    "分散居住型": "dispersed",
}


def village_greening(
    villages: gpd.GeoDataFrame,
    cover: LandCover,
    *,
    settlement: str | None = None,
    words: Mapping[str, str] | None = None,
    woody: Sequence[str] = TREE_COVER,
    green: Sequence[str] = GREEN,
    run: Run | None = None,
    **options: Unpack[Counting],
) -> gpd.GeoDataFrame:
    """Woody greening 村庄林木绿化率 and green coverage 村庄绿化覆盖率 of villages.

    Parameters
    ----------
    villages
        Outlines of the settlements. The land of an administrative village is another thing, and
        gives another figure.
    cover
        The land cover.
    settlement
        Column that says whether a village is clustered 集中居住型 or dispersed 分散居住型, on which
        its target depends.
    words
        Own words of that column: word to "clustered" or "dispersed".
    woody, green
        Cover types that are woody, and that are green; trees count in patches of any size.
    run, **options
        As of ``forest_coverage``.

    Returns
    -------
    geopandas.GeoDataFrame
        ``villages`` with ``land_ha`` (observed ground), ``woody_ha``, ``woody_pct``, ``green_ha``,
        ``green_pct``, ``unobserved_pct``, and ``settlement`` where its column is named.

    Raises
    ------
    LayerError
        The column is absent, or a settlement type is blank or unknown.

    Examples
    --------
    A village of trees, shrubs, grass and houses, a cell each.

    >>> import geopandas as gpd, numpy as np, shapely
    >>> import greencover as gc
    >>> from affine import Affine
    >>> codes, corner = np.array([[10, 20, 30, 50]], "uint8"), Affine(10, 0, 5e5, 0, -10, 3e6)
    >>> cover = gc.LandCover.from_array(codes, transform=corner, crs=4547, legend="worldcover")
    >>> town = gpd.GeoDataFrame(geometry=[shapely.box(5e5, 2999990, 500040, 3e6)], crs=4547)
    >>> village = town.assign(kind="集中居住型")
    >>> table = gc.village_greening(village, cover, settlement="kind").round(1)
    >>> table[["woody_pct", "green_pct", "settlement"]].values.tolist()
    [[50.0, 75.0, 'clustered']]
    """
    basis = Basis.of(run, options)
    villages = basis.units(villages, cover)
    areas, _ = measured(villages, cover, basis)
    result = villages.assign(
        **share_from("village_greening", areas, cover, woody, basis),
        **share_from("village_green_coverage", areas, cover, green, basis).filter(like="green_"),
    )
    if settlement is not None:
        result["settlement"] = settlement_types(villages, settlement, words=words)
    return result


def settlement_types(
    villages: pd.DataFrame,
    column: str,
    *,
    words: Mapping[str, str] | None = None,
    where: str | None = None,
) -> pd.Series[str]:
    """Settlement type of each village as "clustered" or "dispersed".

    Raises
    ------
    LayerError
        The column is absent, or a type is blank or unknown.
    """
    where = where or Note("layers.called.villages")
    require_columns(villages, [column], where)
    known = _WORDS | {str(own).strip().casefold(): kind for own, kind in (words or {}).items()}
    text = as_text(villages[column])
    types = text.str.casefold().map(known)
    unknown = sorted(text[~types.isin(SETTLEMENTS)].unique())
    if unknown:
        raise LayerError(
            "indicators.settlement_unknown",
            where=where,
            types=Listed.of(repr(word) if word else Note("indicators.blank") for word in unknown),
            column=column,
            known=Listed.every(SETTLEMENTS, last="or"),
        )
    return types
