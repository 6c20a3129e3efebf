"""A hand-made assessment: eight townships, villages, six roads, and a land-cover image."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from functools import cache
from types import SimpleNamespace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
import shapely.ops
from affine import Affine
from pyproj import CRS, Transformer

from greencover.report.maps.registry import names
from greencover.results import Assessment

METRIC = 32650
WEST, SOUTH, EAST, NORTH = 118.05, 27.35, 118.42, 27.62

TOWNSHIPS = [
    ("350701", "青岚镇", "Qinglan"),
    ("350702", "云溪镇", "Yunxi"),
    ("350703", "石门乡", "Shimen"),
    ("350704", "松坪镇", "Songping"),
    ("350705", "白鹭乡", "Bailu"),
    ("350706", "枫林镇", "Fenglin"),
    ("350707", "龙潭畲族乡", "Longtan She"),
    ("350708", "河口镇", "Hekou"),
]
EVIL = ("<script>alert(1)</script>", '=HYPERLINK("http://x.example","x")', "$\\frac$ & <b>粗</b>")

INDICATORS = {
    "forest_coverage": ("Forest coverage", "森林覆盖率", "%", "ha", 60.0),
    "tree_cover_rate": ("Tree cover rate", "林木覆盖率", "%", "ha", None),
    "green_coverage": ("Green coverage", "绿化覆盖率", "%", "ha", 70.0),
    "roadside_greening_rate": ("Roadside greening rate", "道路绿化率", "%", "km", 80.0),
    "park_green_per_capita": (
        "Park green per resident",
        "人均公园绿地面积",
        "m²/person",
        "m² per person",
        12.0,
    ),
}

ROADS = [
    ("G3 京台高速", "expressway", [(0.02, 0.12), (0.3, 0.22), (0.62, 0.3), (0.98, 0.2)]),
    ("G205", "national", [(0.1, 0.95), (0.28, 0.6), (0.5, 0.5), (0.75, 0.55), (0.95, 0.85)]),
    ("S303", "provincial", [(0.5, 0.5), (0.55, 0.3), (0.45, 0.05)]),
    ("X840", "county", [(0.28, 0.6), (0.15, 0.45), (0.05, 0.35)]),
    ("Y012", "township", [(0.75, 0.55), (0.85, 0.42), (0.93, 0.4)]),
    ("C101", "village", [(0.5, 0.5), (0.6, 0.62), (0.62, 0.78), (0.7, 0.9)]),
]


class FakeCover:
    """Stands in for a land cover: the same reading method, legend and year."""

    def __init__(self) -> None:
        rows = [
            (10, "tree", "Tree cover", "树木", "#006400"),
            (30, "grass", "Grassland", "草地", "#ffff4c"),
            (40, "crop", "Cropland", "耕地", "#f096ff"),
            (50, "built", "Built-up", "建成区", "#fa0000"),
            (80, "water", "Permanent water bodies", "永久水体", "#0064c8"),
        ]
        self.year = 2023
        self.crs = CRS.from_epsg(4326)
        self.legend = SimpleNamespace(
            key="worldcover",
            title="ESA WorldCover",
            title_zh="欧空局全球土地覆盖",
            source="ESA WorldCover 10 m 2021 v200",
            licence="CC BY 4.0",
            classes=tuple(
                SimpleNamespace(code=c, cover=k, name=n, name_zh=z, colour=colour)
                for c, k, n, z, colour in rows
            ),
        )

    def read_overview(
        self,
        bounds: tuple[float, float, float, float],
        crs: Any = "EPSG:4326",
        *,
        max_px: int = 1200,
    ) -> tuple[np.ma.MaskedArray, Affine, CRS]:
        west, south, east, north = bounds
        cell = max(east - west, north - south) / min(max_px, 500)
        width, height = round((east - west) / cell), round((north - south) / cell)
        affine = Affine(cell, 0, west, 0, -cell, north)
        column, row = np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)
        lon, lat = Transformer.from_crs(crs, 4326, always_xy=True).transform(
            west + column * cell, north - row * cell
        )
        x, y = (lon - WEST) / (EAST - WEST), (NORTH - lat) / (NORTH - SOUTH)
        hills = np.sin(9 * x + 2 * np.cos(5 * y)) + np.cos(8 * y + 3 * x)
        hills += 0.35 * np.sin(60 * x * y)
        codes = np.full((height, width), 10, dtype="int32")
        codes[hills < -0.2] = 40
        codes[(hills < 0.05) & (hills >= -0.2)] = 30
        codes[(x - 0.5) ** 2 + (y - 0.5) ** 2 < 0.004] = 50
        codes[np.abs(y - 0.55 - 0.1 * np.sin(7 * x)) < 0.008] = 80
        mask = (x > 0.9) & (y < 0.06)
        return np.ma.MaskedArray(codes, mask=mask), affine, CRS.from_user_input(crs)


def _warp(geometries: np.ndarray) -> np.ndarray:
    def bend(xy: np.ndarray) -> np.ndarray:
        x, y = xy[:, 0], xy[:, 1]
        dx = 0.012 * np.sin(9 * y) + 0.006 * np.sin(31 * y + 3 * x) + 0.004 * np.sin(67 * x)
        dy = 0.012 * np.sin(8 * x + 1) + 0.006 * np.cos(29 * x) + 0.004 * np.cos(71 * y)
        u, v = x + 1.6 * dx, y + 1.6 * dy
        return np.column_stack([WEST + u * (EAST - WEST), SOUTH + v * (NORTH - SOUTH)])

    return shapely.transform(shapely.segmentize(geometries, 0.01), bend)


def _townships(names: list[tuple[str, str, str]]) -> gpd.GeoDataFrame:
    seeds = [(0.2, 0.75), (0.5, 0.8), (0.82, 0.72), (0.15, 0.42), (0.48, 0.45), (0.8, 0.4)]
    seeds += [(0.3, 0.12), (0.72, 0.12)]
    angles = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    radius = 0.47 + 0.03 * np.sin(3 * angles) + 0.02 * np.cos(7 * angles)
    outline = shapely.polygons(
        np.column_stack([0.5 + radius * np.cos(angles), 0.5 + radius * np.sin(angles)])
    )
    cells = shapely.get_parts(
        shapely.voronoi_polygons(shapely.multipoints(seeds), extend_to=outline.buffer(1))
    )
    cells = [next(c for c in cells if c.contains(shapely.Point(s))) for s in seeds]
    cells = shapely.intersection(np.array(cells), outline)
    frame = gpd.GeoDataFrame(
        names, columns=["code", "name", "name_en"], geometry=_warp(cells), crs=4326
    )
    frame["land_ha"] = frame.to_crs(METRIC).area / 1e4
    frame["forest_pct"] = [72.3, 64.1, 81.9, 48.6, 39.2, 58.7, 88.4, 60.0]
    frame["forest_ha"] = frame["land_ha"] * frame["forest_pct"] / 100
    frame["unobserved_pct"] = [0.0, 0.0, 12.5, 0.0, 0.0, 0.1, 0.0, 0.0]
    frame["population"] = [29754, 18200, 9100, 15100, 8800, 20100, 6400, 17700]
    return frame


def _villages(townships: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    rng = np.random.default_rng(4)
    metric = townships.to_crs(METRIC)
    rows = []
    for number in range(20):
        home = metric.iloc[number % len(metric)]
        x0, y0, x1, y1 = home.geometry.bounds
        while True:
            point = shapely.Point(rng.uniform(x0, x1), rng.uniform(y0, y1))
            if home.geometry.buffer(-700).contains(point):
                break
        shape = point.buffer(500 + 400 * rng.random(), quad_segs=3)
        rows.append((f"V{number:03}", f"第{number + 1}村", f"Village {number + 1}", shape))
    frame = gpd.GeoDataFrame(rows, columns=["code", "name", "name_en", "geometry"], crs=METRIC)
    frame["forest_pct"] = rng.uniform(10, 90, len(frame)).round(1)
    frame["unobserved_pct"] = 0.0
    return frame.to_crs(4326)


def _parks(townships: gpd.GeoDataFrame, names: list[str]) -> gpd.GeoDataFrame:
    points = townships.to_crs(METRIC).representative_point().iloc[: len(names)]
    round_ = gpd.GeoSeries(shapely.buffer(points.to_numpy(), 220, quad_segs=4), crs=METRIC)
    shapes = round_.to_crs(4326).to_list()
    return gpd.GeoDataFrame({"name": names}, geometry=shapes, crs=4326)


def _roads(names: list[str]) -> gpd.GeoDataFrame:
    lines = _warp(np.array([shapely.LineString(xy) for _, _, xy in ROADS]))
    return gpd.GeoDataFrame(
        {"road": names, "grade": [g for _, g, _ in ROADS]}, geometry=list(lines), crs=4326
    )


def _sides(roads: gpd.GeoDataFrame, townships: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    rng = np.random.default_rng(11)
    rows = []
    for road in roads.to_crs(METRIC).itertuples():
        for side, sign in (("left", 1), ("right", -1)):
            at = 0.0
            while at < road.geometry.length - 1:
                step = min(float(rng.choice([200, 450, 900, 1600])), road.geometry.length - at)
                status = str(
                    rng.choice(
                        ["greened", "gap", "excluded", "unobserved"], p=[0.55, 0.3, 0.1, 0.05]
                    )
                )
                piece = shapely.ops.substring(road.geometry, at, at + step)
                rows.append(
                    {
                        "road": road.road,
                        "chain": 1,
                        "grade": road.grade,
                        "side": side,
                        "from_m": at,
                        "to_m": at + step,
                        "tree_share": {"greened": 0.8, "gap": 0.1}.get(status, np.nan),
                        "status": status,
                        "reason": "bridge" if status == "excluded" else "",
                        "length_m": step,
                        "geometry": shapely.offset_curve(piece, sign * 11.0),
                    }
                )
                at += step
    frame = gpd.GeoDataFrame(rows, crs=METRIC)
    middle = gpd.GeoDataFrame(
        geometry=frame.geometry.interpolate(0.5, normalized=True), crs=METRIC
    ).to_crs(4326)
    joined = gpd.sjoin(middle, townships[["name", "name_en", "geometry"]], how="left")
    joined = joined[~joined.index.duplicated()]
    frame["township"] = joined["name"].fillna("")
    frame["township_en"] = joined["name_en"].fillna("")
    return frame.to_crs(4326)


def chainage(metres: float) -> str:
    return f"K{int(metres) // 1000}+{int(metres) % 1000:03}"


def _gaps(sides: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    rng = np.random.default_rng(2)
    gaps = sides[sides["status"] == "gap"].reset_index(drop=True)
    gaps["gap_id"] = [f"G{k:04}" for k in range(1, len(gaps) + 1)]
    gaps["chainage"] = [
        f"{chainage(a)}–{chainage(b)}" for a, b in zip(gaps["from_m"], gaps["to_m"], strict=True)
    ]
    gaps["cover_now"] = rng.choice(["crop", "built", "grass", "bare"], len(gaps))
    return gaps.drop(columns=["status", "reason", "chain"])


def _row(level: str, unit: str, name: str, name_en: str, indicator: str, value: float) -> dict:
    english, chinese, unit_of_measure, measure, target = INDICATORS[indicator]
    unknown = np.isnan(value)
    if target is None:
        verdict = "no target"
    elif unknown:
        verdict = "no data"
    else:
        verdict = "met" if value >= target else "not met"
    short = max(target - value, 0.0) if target is not None and not unknown else np.nan
    return {
        "level": level,
        "unit": unit,
        "name": name,
        "name_en": name_en,
        "indicator": indicator,
        "indicator_name": english,
        "indicator_name_zh": chinese,
        "value": value,
        "unit_of_measure": unit_of_measure,
        "numerator": value * 10,
        "denominator": 1000.0,
        "measure": measure,
        "unobserved_pct": 12.5 if unknown else 0.0,
        "target": np.nan if target is None else target,
        "comparison": "" if target is None else ">=",
        "standard": "" if target is None else "national-forest-city-2012",
        "verified": target is not None and indicator != "green_coverage",
        "gap_pct": short,
        "gap_ha": short * 10 if measure == "ha" else np.nan,
        "gap_km": short / 10 if measure == "km" else np.nan,
        "verdict": verdict,
        "note": "unobserved share above 5 %" if unknown else "",
    }


def _table(
    townships: gpd.GeoDataFrame, villages: gpd.GeoDataFrame, roads: gpd.GeoDataFrame | None
) -> pd.DataFrame:
    rng = np.random.default_rng(5)
    rows = []
    keys = [k for k in INDICATORS if roads is not None or k != "roadside_greening_rate"]
    places = [(t.code, t.name, t.name_en, t.forest_pct) for t in townships.itertuples(index=False)]
    places.append(("county", "青岚县", "Qinglan County", 65.2))
    for code, name, name_en, forest in places:
        level = "county" if code == "county" else "township"
        for key in keys:
            value = forest if key == "forest_coverage" else round(float(rng.uniform(55, 100)), 1)
            if key == "park_green_per_capita":
                value = round(float(rng.uniform(6, 18)), 2)
            if (code, key) in {("350703", "forest_coverage"), ("350705", "park_green_per_capita")}:
                value = np.nan
            rows.append(_row(level, code, name, name_en, key, value))
    for village in villages.itertuples(index=False):
        rows.append(
            _row(
                "village",
                village.code,
                village.name,
                village.name_en,
                "forest_coverage",
                village.forest_pct,
            )
        )
    if roads is not None:
        for number, road in enumerate(roads.itertuples(index=False)):
            rate = 100.0 if number == 0 else round(float(rng.uniform(50, 95)), 1)
            rows.append(
                _row("road", road.road, road.road, road.road, "roadside_greening_rate", rate)
            )
            rows.append(
                _row(
                    "road_grade", road.grade, road.grade, road.grade, "roadside_greening_rate", rate
                )
            )
    return pd.DataFrame(rows)


def _needs(table: pd.DataFrame) -> pd.DataFrame:
    """What is needed where forest is short: there is room in all townships but the last."""
    short = table.query("indicator == 'forest_coverage' and verdict == 'not met'")
    short = short[short["level"] == "township"]
    columns = ["level", "unit", "name", "name_en", "indicator", "indicator_name"]
    columns += ["indicator_name_zh", "standard", "target", "unit_of_measure", "value", "verdict"]
    room = [2 * gap for gap in short["gap_ha"].iloc[:-1]] + [1.0]
    return short[columns].assign(
        measure="ha",
        needed=short["gap_ha"],
        needed_a_year=short["gap_ha"] / 2,
        plantable=room,
        restricted=5.0,
        to_check=np.nan,
        cannot=np.nan,
        best=99.0,
        reachable=["yes"] * (len(short) - 1) + ["no"],
    )


# Maps of what was entered are drawn where it was: in test_evidence.py and verdicts/test_books.py.
_ENTERED = {"roadside-evidence", "works", "disagreement"}
#: Further sheets of small maps, for more indicators than the fixture has.
_FURTHER = {"indicators-2", "indicators-3", "indicators-4"}
#: Maps that need no more than a land cover and layers.
FROM_LAND_COVER = [name for name in names(default=True) if name not in _ENTERED | _FURTHER]


def make_assessment(
    *, evil: bool = False, roads: bool = True, villages: bool = True, parks: bool = True
) -> Assessment:
    """A whole assessment; ``evil`` puts markup and formulas where names belong.

    Whoever asks may change what is given; it is made once for all and copied.
    """
    made = _made(evil=evil, roads=roads, villages=villages, parks=parks)
    return replace(
        made,
        cover=FakeCover(),
        layers={name: frame.copy() for name, frame in made.layers.items()},
        provenance=deepcopy(made.provenance),
        **{part: getattr(made, part).copy() for part in ("table", "needs", "gaps")},
    )


@cache
def _made(*, evil: bool, roads: bool, villages: bool, parks: bool) -> Assessment:
    names = list(TOWNSHIPS)
    road_names = [name for name, _, _ in ROADS]
    if evil:
        names[0] = (names[0][0], EVIL[0], EVIL[0])
        names[1] = (names[1][0], EVIL[1], EVIL[1])
        names[3] = (names[3][0], EVIL[2], EVIL[2])
        road_names[1] = EVIL[0]
        road_names[2] = EVIL[1]
    towns = _townships(names)
    hamlets = _villages(towns)
    network = _roads(road_names)
    sides = _sides(network, towns)
    layers = {"townships": towns}
    if villages:
        layers["villages"] = hamlets
    if roads:
        layers |= {"roads": network, "road_sides": sides}
    if parks:
        park_names = ["人民公园", EVIL[0] if evil else "滨河公园", EVIL[1] if evil else "湿地公园"]
        layers["parks"] = _parks(towns, park_names)
    gaps = _gaps(sides)
    table = _table(towns, hamlets if villages else hamlets.iloc[:0], network if roads else None)
    return Assessment(
        title=EVIL[0] if evil else "青岚县国家森林城市建设",
        title_en=EVIL[1] if evil else "Qinglan County forest city campaign",
        year=2023,
        table=table,
        needs=_needs(table),
        gaps=gaps if roads else gaps.iloc[:0],
        layers=layers,
        cover=FakeCover(),
        notes=("The county is the sum of its townships.", EVIL[0] if evil else "说明文字"),
        provenance={
            "greencover": "0.1.0",
            "created": "2024-05-01T08:00:00+08:00",
            "inputs": {"cover": [{"path": "cover_2023.tif", "sha256": "ab" * 32, "bytes": 123}]},
            "parameters": {"area": "ellipsoid", "roadside": {"step_m": 10.0, "threshold": 0.3}},
            "versions": {"numpy": "2.0", "python": "3.12"},
        },
    )


def make_large_assessment(
    *, townships: int = 30, villages: int = 600, road_km: float = 1500.0
) -> Assessment:
    """An assessment of a large county: a chequerboard of units, and roads on its lines."""
    rng = np.random.default_rng(8)
    side = 3000.0
    columns = 30
    west, south = 420_000.0, 3_030_000.0

    def grid(count: int, across: int, cell: float) -> np.ndarray:
        number = np.arange(count)
        x, y = west + number % across * cell, south + number // across * cell
        boxes = shapely.box(x, y, x + cell, y + cell)
        # Boundaries with as many vertices as surveyed ones have.
        return shapely.transform(
            shapely.segmentize(boxes, cell / 150),
            lambda xy: xy + 60 * np.sin(xy[:, ::-1] / 400),
        )

    hamlets = gpd.GeoDataFrame(
        {
            "code": [f"V{k:04}" for k in range(villages)],
            "name": [f"第{k + 1}村" for k in range(villages)],
            "name_en": [f"Village {k + 1}" for k in range(villages)],
            "forest_pct": rng.uniform(5, 95, villages).round(1),
            "unobserved_pct": 0.0,
        },
        geometry=grid(villages, columns, side),
        crs=METRIC,
    )
    wide = side * columns / 6
    towns = gpd.GeoDataFrame(
        {
            "code": [f"T{k:02}" for k in range(townships)],
            "name": [f"第{k + 1}镇" for k in range(townships)],
            "name_en": [f"Town {k + 1}" for k in range(townships)],
            "forest_pct": rng.uniform(20, 90, townships).round(1),
            "unobserved_pct": 0.0,
        },
        geometry=grid(townships, 6, wide),
        crs=METRIC,
    )
    lines, names, grades = [], [], []
    length = side * columns
    kinds = [grade for _, grade, _ in ROADS]
    for number in range(round(road_km * 1000 / length)):
        y = south + (number + 0.5) * length * 0.66 / (road_km * 1000 / length)
        x = np.arange(west, west + length, 40.0)
        bends = 300 * np.sin(x / 2000 + number) + 40 * np.sin(x / 300)
        lines.append(shapely.LineString(np.column_stack([x, y + bends])))
        names.append(f"X{number + 1:03}")
        grades.append(kinds[number % len(kinds)])
    network = gpd.GeoDataFrame({"road": names, "grade": grades}, geometry=lines, crs=METRIC)
    lonlat_towns, lonlat_roads = towns.to_crs(4326), network.to_crs(4326)
    sides = _sides(lonlat_roads, lonlat_towns)
    gaps = _gaps(sides)
    layers = {
        "townships": lonlat_towns,
        "villages": hamlets.to_crs(4326),
        "roads": lonlat_roads,
        "road_sides": sides,
    }
    small = make_assessment()
    table = _table(lonlat_towns, layers["villages"], lonlat_roads)
    return replace(small, table=table, gaps=gaps, layers=layers)
