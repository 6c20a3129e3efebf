"""Forest by origin and leading species, where polygons of a land cover say them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from greencover.cover import Legend
from greencover.ground.geodesy import MU_PER_HECTARE

ORIGIN, SPECIES, BOTH = "origin", "species", "origin and species"
#: Of forest whose origin or species nobody wrote down.
NOT_STATED = "not stated"


def forest_by_stand(
    areas: pd.DataFrame, legend: Legend, covers: Sequence[str] = ("tree",)
) -> pd.DataFrame:
    """Ground of the forest by its origin, by its leading species, and by both.

    Parameters
    ----------
    areas
        Hectares by class, a row a zone, as of ``class_areas``.
    legend
        Of the land cover; its classes carry origin and species where
        ``LandCover.from_polygons(..., origin=, species=)`` told them apart.
    covers
        Cover types that are forest.

    Returns
    -------
    pandas.DataFrame
        ``zone`` (place of the row), ``by`` ("origin", "species" or "origin and species"),
        ``origin`` and ``species`` ("not stated" where polygons leave them blank, empty where a row
        sums over them), ``area_ha``, ``area_mu`` and ``forest_share_pct``. Rows of one ``by`` sum
        to the forest of their zone. Empty where the legend tells nothing apart.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> import greencover as gc
    >>> boxes = [shapely.box(5e5, 3e6, 500100, 3000100), shapely.box(500100, 3e6, 500200, 3000100)]
    >>> plots = gpd.GeoDataFrame(
    ...     {"code": ["0301"] * 2, "from": ["planted", ""]}, geometry=boxes, crs=4547)
    >>> cover = gc.LandCover.from_polygons(
    ...     plots, code="code", legend="third-land-survey", origin="from")
    >>> table = forest_by_stand(gc.class_areas(plots.dissolve(), cover), cover.legend)
    >>> table[["origin", "area_mu", "forest_share_pct"]].round(1).values.tolist()
    [['not stated', 15.0, 50.0], ['planted', 15.0, 50.0]]
    """
    forest = [one for one in legend.classes if one.cover in covers]
    said = [key for key in (ORIGIN, SPECIES) if any(getattr(one, key) for one in forest)]
    if not said:
        return pd.DataFrame()
    parts = pd.concat(
        [
            pd.DataFrame(
                {
                    "zone": range(len(areas)),
                    **{key: getattr(one, key) or NOT_STATED for key in said},
                    "area_ha": areas[one.code].to_numpy(),
                }
            )
            for one in forest
        ],
        ignore_index=True,
    )
    table = pd.concat(list(_sums(parts, said)), ignore_index=True)
    whole = parts.groupby("zone")["area_ha"].sum().reindex(table["zone"]).to_numpy()
    table["area_mu"] = table["area_ha"] * MU_PER_HECTARE
    table["forest_share_pct"] = 100.0 * table["area_ha"] / whole
    return table[table["area_ha"] > 0.0].sort_values("zone", kind="stable", ignore_index=True)


def _sums(parts: pd.DataFrame, said: list[str]) -> Iterator[pd.DataFrame]:
    """Sums by each of what is said, and by all of it."""
    every = [(key, [key]) for key in said]
    if len(said) > 1:
        every.append((BOTH, said))
    for by, keys in every:
        sums = parts.groupby(["zone", *keys])["area_ha"].sum().reset_index()
        sums.insert(1, "by", by)
        for place, key in enumerate((ORIGIN, SPECIES), start=2):
            if key not in sums:
                sums.insert(place, key, "")
        yield sums
