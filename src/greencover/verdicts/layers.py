"""Layers of an assessment for maps: units and roads with their figures, in longitude/latitude."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from greencover.campaign.layers import OpenedCampaign
from greencover.corridor.roadside import RoadsideGreening
from greencover.verdicts.figures import OF_LENGTHS
from greencover.verdicts.measure import LAYER_OF

LONLAT = "EPSG:4326"


def finished_layers(
    opened: OpenedCampaign,
    roadside: RoadsideGreening | None,
    table: pd.DataFrame,
    *,
    factors: Mapping[str, pd.Series[float]],
) -> dict[str, gpd.GeoDataFrame]:
    """Townships, villages, roads, road sides and parks with their figures."""
    layers = {"townships": _units(opened, "township", table)}
    if opened.villages is not None:
        layers["villages"] = _units(opened, "village", table)
    for name, factor in factors.items():
        if name in layers:
            layers[name][factor.name] = factor.to_numpy()
    if opened.parks is not None:
        layers["parks"] = _in_lonlat(opened.parks, ["name"])
    if roadside is not None:
        layers["road_sides"] = _with_township(roadside.runs, opened.townships).to_crs(LONLAT)
        layers["roads"] = _roads(opened, roadside)
    return layers


def finished_books(
    works: gpd.GeoDataFrame | None, claims: gpd.GeoDataFrame
) -> dict[str, gpd.GeoDataFrame]:
    """Works and planting records that have a place as one layer, ``kind`` by ``status``."""
    parts = []
    if works is not None:
        own = works.rename_geometry("geometry") if works.geometry.name != "geometry" else works
        parts.append(own[["name", "status", "geometry"]].assign(kind="works"))
    if len(claims):
        placed = claims[claims.geometry.notna()]
        name = placed["road"].where(placed["road"] != "", placed["compartment"])
        parts.append(placed[["status", "geometry"]].assign(name=name, kind="claims"))
    found = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
    return {"books": gpd.GeoDataFrame(found, crs=LONLAT)} if len(found) else {}


def finished_gaps(
    roadside: RoadsideGreening | None, townships: gpd.GeoDataFrame
) -> gpd.GeoDataFrame:
    """Gaps with the names of their townships; empty where the campaign has no roads."""
    return _runs(None if roadside is None else roadside.gaps, townships)


def finished_not_seen(
    roadside: RoadsideGreening | None, townships: gpd.GeoDataFrame
) -> gpd.GeoDataFrame:
    """Roadsides that are not seen, as the gaps."""
    return _runs(None if roadside is None else roadside.not_seen, townships)


def _runs(runs: gpd.GeoDataFrame | None, townships: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    if runs is None:
        columns = ["gap_id", "road", "grade", "side", "from_m", "to_m", "chainage", "length_m"]
        columns += ["township", "township_en", "township_code", "cover_now", "tree_share"]
        return gpd.GeoDataFrame({c: [] for c in columns}, geometry=[], crs=LONLAT)
    return _with_township(runs, townships).to_crs(LONLAT)


def _units(opened: OpenedCampaign, level: str, table: pd.DataFrame) -> gpd.GeoDataFrame:
    frame = opened.layers[LAYER_OF[level]]
    kept = [c for c in ("code", "name", "name_en", "township", "population") if c in frame.columns]
    units = _in_lonlat(frame, kept)
    rows = table[table["level"] == level]
    # Where a unit has a figure for a part of it as well, maps show that of the whole.
    rows = rows.sort_values("scope", key=lambda scope: scope != "", kind="stable")
    rows = rows.drop_duplicates(["unit", "indicator"])
    by_code = units["code"].astype(str)
    found: dict[str, npt.NDArray[np.float64]] = {}
    for indicator, group in rows.groupby("indicator", sort=False):
        column = opened.campaign.records[str(indicator)].map_column
        wanted = {column: "value"}
        if group["all_km"].notna().any():
            # Beside each rate of lengths: what was left out, all there is, and the rate of all.
            own = column.removesuffix("greening_pct")
            wanted |= {f"{own}{name}": name for name in OF_LENGTHS if group[name].notna().any()}
        if indicator == "forest_coverage":
            wanted |= {"land_ha": "denominator", "forest_ha": "numerator"}
            wanted |= {"unobserved_pct": "unobserved_pct"}
        figures = group.set_index("unit")[list(wanted.values())].astype(float).reindex(by_code)
        found |= {name: figures[of].to_numpy(dtype=float) for name, of in wanted.items()}
    # Joined at once: setting one column after the other is slower.
    return gpd.GeoDataFrame(pd.concat([units, pd.DataFrame(found, index=units.index)], axis=1))


def finished_disagreements(roadside: RoadsideGreening | None) -> gpd.GeoDataFrame:
    """Where sources say different things; empty where the land cover decides all."""
    if roadside is None or "evidence" not in roadside.sides:
        return gpd.GeoDataFrame()
    return roadside.disagreements.to_crs(LONLAT)


def _roads(opened: OpenedCampaign, roadside: RoadsideGreening) -> gpd.GeoDataFrame:
    assert opened.roads is not None
    lines = _in_lonlat(opened.roads, ["road"]).dissolve("road", sort=False).geometry
    territory = opened.townships if opened.county is None else opened.county
    lines = _within(lines, territory)
    rates = roadside.rates_by("road")
    grades = roadside.sides.drop_duplicates("road").set_index("road")["grade"]
    rates.insert(1, "grade", rates["road"].map(grades))
    return gpd.GeoDataFrame(rates, geometry=rates["road"].map(lines).to_numpy(), crs=LONLAT)


def _within(lines: gpd.GeoSeries, territory: gpd.GeoDataFrame) -> gpd.GeoSeries:
    """Lines as far as they lie in the territory; those on its edge stay as they are."""
    ground = shapely.union_all(territory.geometry.to_crs(LONLAT).to_numpy())
    shapely.prepare(ground)
    shapes = np.asarray(lines.to_numpy()).copy()
    crossing = np.flatnonzero(shapely.intersects(ground, shapes) & ~shapely.covers(ground, shapes))
    shapes[crossing] = shapely.intersection(shapes[crossing], ground)
    return gpd.GeoSeries(shapes, index=lines.index, crs=lines.crs)


def _in_lonlat(frame: gpd.GeoDataFrame, columns: list[str]) -> gpd.GeoDataFrame:
    geometry = frame.geometry.to_numpy()
    return gpd.GeoDataFrame(frame[columns], geometry=geometry, crs=frame.crs).to_crs(LONLAT)


def _with_township(frame: gpd.GeoDataFrame, townships: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    names = townships.set_index("code")[["name", "name_en"]]
    return frame.assign(
        township=frame["unit"].map(names["name"]).fillna(""),
        township_en=frame["unit"].map(names["name_en"]).fillna(""),
        township_code=frame["unit"],
    ).drop(columns="unit")
