"""Write the county: a GeoPackage, a cloud-optimised GeoTIFF a year, and what was counted."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import rasterio
import shapely
from rasterio.io import MemoryFile
from rasterio.shutil import copy as copy_raster

from . import names
from .borders import Borders
from .chains import Chain, pieces
from .cover import TRANSFORM, Codes
from .frame import COLUMNS, ROWS, to_lonlat
from .places import Places
from .terrain import Terrain
from .trees import Counted

CRS = "EPSG:4490"
# The colours that ESA WorldCover is published with.
COLOURS = {
    0: (0, 0, 0, 0), 10: (0, 100, 0), 20: (255, 187, 34), 30: (255, 255, 76),
    40: (240, 150, 255), 50: (250, 0, 0), 60: (180, 180, 180), 80: (0, 100, 200),
    90: (0, 150, 160),
}  # fmt: skip


def degrees(plane: shapely.Geometry) -> shapely.Geometry:
    """Move a plane polygon to degrees, its shell counter-clockwise."""
    moved = shapely.normalize(shapely.transform(plane, to_lonlat))
    return shapely.orient_polygons(moved)


def layers(
    rng: np.random.Generator,
    terrain: Terrain,
    borders: Borders,
    chains: list[Chain],
    places: Places,
) -> dict[str, gpd.GeoDataFrame]:
    """Give every vector layer by name."""
    townships, towns, villages = [], [], []
    for t in names.TOWNSHIPS:
        registered = round(t.residents * float(rng.uniform(1.04, 1.19)))
        people = {"residents": t.residents, "registered": registered}
        townships.append(
            {"code": t.code, "name": t.name, "name_en": t.name_en, **people}
            | {"geometry": borders.townships[t.code]}
        )
        zh, en = t.name.rstrip("镇乡"), t.name_en.removesuffix(" Town").removesuffix(" Township")
        towns.append(
            {"name": f"{zh}建成区", "name_en": f"{en} built-up area", "township_code": t.code}
            | {"geometry": degrees(places.towns[t.code])}
        )
        for number, (zh, en) in enumerate(names.pairs(names.VILLAGES[t.code]), 1):
            code = names.code_of_village(t.code, number)
            villages.append(
                {"code": code, "name": zh, "name_en": en, "township_code": t.code}
                | {"settlement": places.settlement[code], "residents": places.residents[code]}
                | {"geometry": borders.villages[code]}
            )
    parks = [
        {"name": zh, "name_en": en, "township_code": code, "geometry": degrees(park)}
        for code, zh, en, park in places.parks
    ]
    roads = [row for chain in chains for row in road_rows(rng, chain)]
    river = [{"name": "青岚江", "name_en": "Qinglan River", "geometry": degrees(terrain.river)}]
    rows = {
        "townships": townships,
        "villages": villages,
        "roads": roads,
        "river": river,
        "parks": parks,
        "built_up": towns,
    }
    return {name: gpd.GeoDataFrame(some, crs=CRS) for name, some in rows.items()}


def road_rows(rng: np.random.Generator, chain: Chain) -> list[dict[str, object]]:
    """Give a road's pieces as rows, in order and in the direction of its chainage."""
    route = chain.route
    return [
        {"road": route.road, "name": route.name, "name_en": route.name_en, "grade": route.grade}
        | {"bridge": bridge, "tunnel": tunnel, "width_m": route.width_m}
        | {"geometry": shapely.LineString(lonlat)}
        for lonlat, bridge, tunnel in pieces(chain, rng)
    ]


def write_layers(path: Path, frames: dict[str, gpd.GeoDataFrame]) -> None:
    """Write the GeoPackage, with a fixed date so that the same county is the same file."""
    path.unlink(missing_ok=True)
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": "2024-01-01T00:00:00.000Z"})
    for name, frame in frames.items():
        kind = frame.geom_type.iloc[0]
        pyogrio.write_dataframe(frame, path, layer=name, driver="GPKG", geometry_type=kind)
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


def write_trees(folder: Path, counted: Counted) -> None:
    """Write the trees as GeoParquet; where they were looked for, and the checks, as tables."""
    counted.trees.to_parquet(folder / "trees.parquet", compression="zstd", index=False)
    counted.surveyed.to_csv(folder / "surveyed.csv", index=False)
    write_records(folder / "field_checks.csv", counted.checks)


def write_records(path: Path, table: pd.DataFrame) -> None:
    """Write a table as offices open it, with a mark that says UTF-8."""
    table.to_csv(path, index=False, encoding="utf-8-sig")


def write_cover(path: Path, codes: Codes) -> None:
    """Write one year as a cloud-optimised GeoTIFF with overviews and colours."""
    profile = {
        "driver": "GTiff", "width": COLUMNS, "height": ROWS, "count": 1, "dtype": "uint8",
        "crs": "EPSG:4326", "transform": TRANSFORM, "nodata": 0,
    }  # fmt: skip
    options = {
        "driver": "COG", "BLOCKSIZE": 512, "COMPRESS": "DEFLATE", "LEVEL": 6, "PREDICTOR": "NO",
        "OVERVIEW_RESAMPLING": "MODE", "NUM_THREADS": 1,
    }  # fmt: skip
    with MemoryFile() as memory:
        with memory.open(**profile) as image:
            image.write(codes, 1)
            image.write_colormap(1, COLOURS)
        with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True), memory.open() as image:
            copy_raster(image, path, **options)
