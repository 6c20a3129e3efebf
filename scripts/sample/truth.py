"""What is known of the county by construction, as plain numbers with their units."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import rasterio.features
import shapely

from . import names
from .borders import Borders
from .chains import GEOD, Chain
from .cover import CLOUD_TOWNSHIP, TRANSFORM, Codes, Mask
from .frame import COLUMNS, NORTH, PIXELS_PER_DEGREE, ROWS, WEST, ring_ha, row_pixel_ha
from .plan import COUNTY_AND_ABOVE, COVER_TYPES, OPEN, SIDES, YEARS, gaps, greened
from .strips import strip_truth

GRADES = {
    "高速公路": "expressway", "国道": "national", "省道": "provincial",
    "县道": "county", "乡道": "township", "村道": "village",
}  # fmt: skip
# How far a count by ten-metre stations may stray: two stations where trees begin or end, one at
# a bridge or tunnel head or at the road's own end, and the mouth of every other road, where a
# side's length may be left out (MOUTH_M) or, without heed of junctions, be read as a gap.
BELT_END_M, STRUCTURE_END_M, MOUTH_M, MOUTH_GAP_M = 20.0, 10.0, 90.0, 25.0
NAMED_GAP = {"road": "X101", "side": "left", "from_km": 5.2, "to_km": 5.9}


def polygon_ha(polygon: shapely.Polygon) -> float:
    """Give the exact ellipsoidal area of a polygon in degrees."""
    return ring_ha(shapely.get_coordinates(polygon.exterior)) - sum(
        ring_ha(shapely.get_coordinates(hole)) for hole in polygon.interiors
    )


def geodesic_ha(polygon: shapely.Polygon) -> float:
    """Give the geodesic area of a polygon in degrees."""
    return abs(float(GEOD.geometry_area_perimeter(polygon)[0])) / 1e4


def tally(codes: Codes, where: Mask | None = None) -> dict[str, Any]:
    """Count pixels and exact hectares by class code, row by row."""
    row_ha = row_pixel_ha()
    pixels, hectares = {}, {}
    for code in np.unique(codes if where is None else codes[where]).tolist():
        hit = codes == code if where is None else (codes == code) & where
        rows = hit.sum(axis=1)
        pixels[str(code)] = int(rows.sum())
        hectares[str(code)] = float(rows @ row_ha)
    return {"pixels": pixels, "area_ha": hectares}


def aligned(borders: Borders, codes: dict[int, Codes]) -> dict[str, Any]:
    """Give the class areas of the township whose border runs along pixel edges."""
    polygon = borders.townships[names.ALIGNED]
    inside = (
        rasterio.features.rasterize([polygon], (ROWS, COLUMNS), transform=TRANSFORM, dtype="uint8")
        == 1
    )
    area = float(inside.sum(axis=1) @ row_pixel_ha())
    years = {}
    for year in YEARS:
        counted = tally(codes[year], inside)
        years[str(year)] = counted | {"tree_pct": 100 * counted["area_ha"]["10"] / area}
    return {"code": names.ALIGNED, "pixels": int(inside.sum()), "area_ha": area} | {"years": years}


def in_km(stretches: list[tuple[float, float]]) -> list[list[float]]:
    """Turn stretches from metres to kilometres, to the millimetre."""
    return [[round(low / 1000, 6), round(high / 1000, 6)] for low, high in stretches]


def side_truth(chain: Chain, side: str, year: int) -> dict[str, Any]:
    """Give one side of one road: stretches, lengths and tolerance."""
    lined = greened(chain, side, year)
    bald = gaps(chain.route.road, side, year)
    lined_m = sum(high - low for low, high in lined)
    bald_m = sum(o.to_km - o.from_km for o in bald) * 1000
    ends = 2 * BELT_END_M * len(bald) + 2 * STRUCTURE_END_M * len(chain.excluded())
    gap_tolerance = ends + MOUTH_GAP_M * len(chain.meets_m)
    tolerance = ends + 2 * STRUCTURE_END_M + MOUTH_M * len(chain.meets_m)
    return {
        "greened_km": in_km(lined),
        "gaps": [
            {"from_km": o.from_km, "to_km": o.to_km, "cover": COVER_TYPES[o.cover]} for o in bald
        ],
    } | rates(lined_m, bald_m, tolerance, gap_tolerance)


def rates(lined_m: float, bald_m: float, tolerance: float, gap_tolerance: float) -> dict[str, Any]:
    """Give lengths, the rate and how far each may stray."""
    lined_m, bald_m = round(lined_m, 3), round(bald_m, 3)
    whole = lined_m + bald_m
    slack = 100 * (gap_tolerance / whole + bald_m * tolerance / whole**2)
    return {
        "greened_length_m": lined_m,
        "gap_length_m": bald_m,
        "greenable_length_m": whole,
        "greened_pct": 100 * lined_m / whole,
        "length_tolerance_m": tolerance,
        "gap_tolerance_m": gap_tolerance,
        "pct_tolerance": slack,
    }


def combined(parts: list[dict[str, Any]]) -> dict[str, Any]:
    """Add sides, or roads, up."""
    keys = ("greened_length_m", "gap_length_m", "length_tolerance_m", "gap_tolerance_m")
    return rates(*(sum(part[key] for part in parts) for key in keys))


def road_truth(chain: Chain) -> dict[str, Any]:
    """Give one road; its sides by year where they are known."""
    route = chain.route
    known = route.road in OPEN
    row: dict[str, Any] = {
        "name": route.name,
        "name_en": route.name_en,
        "grade": GRADES[route.grade],
        "width_m": route.width_m,
        "length_km": round(chain.length_m / 1000, 6),
        "bridges_km": in_km(chain.bridges),
        "tunnels_km": in_km(chain.tunnels),
        "other_roads_at_km": [round(m / 1000, 4) for m in chain.meets_m],
        "sides_known": known,
    }
    if known:
        row["years"] = {}
        for year in YEARS:
            sides = {side: side_truth(chain, side, year) for side in SIDES}
            row["years"][str(year)] = sides | {"both_sides": combined(list(sides.values()))}
    return row


def build(
    borders: Borders,
    chains: list[Chain],
    frames: dict[str, gpd.GeoDataFrame],
    codes: dict[int, Codes],
    seed: int,
) -> dict[str, Any]:
    """Gather everything that is known."""
    parks = frames["parks"]
    hectares = parks.geometry.map(geodesic_ha).groupby(parks["township_code"]).sum()
    townships = {}
    for row in frames["townships"].itertuples():
        park_ha = float(hectares[row.code])
        townships[row.code] = {
            "name": row.name,
            "name_en": row.name_en,
            "area_ha": polygon_ha(row.geometry),
            "villages": int((frames["villages"]["township_code"] == row.code).sum()),
            "residents": int(row.residents),
            "registered": int(row.registered),
            "park_ha": park_ha,
            "park_m2_per_resident": park_ha * 1e4 / row.residents,
        }
    last = str(YEARS[1])
    hidden = tally(codes[YEARS[1]])
    cloud_ha = hidden["area_ha"]["0"]
    roads = {chain.route.road: road_truth(chain) for chain in chains}
    upper = [c.route.road for c in chains if c.route.grade in COUNTY_AND_ABOVE]
    return {
        "seed": seed,
        "raster": {
            "west_deg": WEST,
            "north_deg": NORTH,
            "pixels_per_degree": PIXELS_PER_DEGREE,
            "columns": COLUMNS,
            "rows": ROWS,
            "nodata": 0,
            "years": {str(year): tally(codes[year]) for year in YEARS},
        },
        "county": {
            "code": "360899",
            "name": "青岚县",
            "name_en": "Qinglan County",
            "area_ha": polygon_ha(borders.county),
            "residents": sum(t["residents"] for t in townships.values()),
            "park_ha": float(hectares.sum()),
        },
        "townships": townships,
        "aligned_township": aligned(borders, codes),
        "unobserved": {
            "year": int(last),
            "township_code": CLOUD_TOWNSHIP,
            "pixels": hidden["pixels"]["0"],
            "unobserved_ha": cloud_ha,
            "unobserved_pct": 100 * cloud_ha / townships[CLOUD_TOWNSHIP]["area_ha"],
        },
        "roads": roads,
        "county_and_above": {
            "roads": upper,
            "years": {
                str(year): combined([roads[r]["years"][str(year)]["both_sides"] for r in upper])
                for year in YEARS
            },
        },
        "named_gap": NAMED_GAP,
        "strips": {
            "year": int(last),
            "roads": {c.route.road: strip_truth(c, chains, codes[YEARS[1]]) for c in chains},
        },
    }
