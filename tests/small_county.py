"""A county of two townships on 40 x 40 cells, whose figures are known by construction.

The west township is all trees, the east one all grass. A national road runs west to east along
the middle, and a village road along the north.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyogrio
import rasterio
import shapely
from rasterio.transform import from_origin

# Test data may be lost with the power; waiting for the disk takes most of the time otherwise.
pyogrio.set_gdal_config_options({"OGR_SQLITE_SYNCHRONOUS": "OFF"})

WEST, SOUTH, CELL, SIZE = 118.0, 30.0, 1e-4, 40
EAST, NORTH = WEST + SIZE * CELL, SOUTH + SIZE * CELL
MIDDLE_X, MIDDLE_Y = (WEST + EAST) / 2, (SOUTH + NORTH) / 2
TREE, GRASS = 10, 30

CAMPAIGN = """\
title = "双镇县国家森林城市建设"
title_en = "Two-township county"
year = 2023
standard = "national-forest-city-2012"

[conditions]
precipitation_mm = 1450

[cover]
path = "cover.tif"
legend = "worldcover"
year = 2023

[layers.townships]
path = "county.gpkg"
layer = "townships"
code = "code"
name = "name"
name_en = "name_en"
population = "residents"

[layers.roads]
path = "county.gpkg"
layer = "roads"
name = "road"
grade = "grade"

[layers.parks]
path = "county.gpkg"
layer = "parks"
name = "name"
"""


def townships() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {
            "code": ["T1", "T2"],
            "name": ["西林镇", "东草乡"],
            "name_en": ["Xilin", "Dongcao"],
            "residents": [1000.0, 2000.0],
        },
        geometry=[
            shapely.box(WEST, SOUTH, MIDDLE_X, NORTH),
            shapely.box(MIDDLE_X, SOUTH, EAST, NORTH),
        ],
        crs=4326,
    )


def roads() -> gpd.GeoDataFrame:
    north = NORTH - 8 * CELL
    return gpd.GeoDataFrame(
        {"road": ["G1", "V1"], "grade": ["国道", "village"]},
        geometry=[
            shapely.LineString([(WEST, MIDDLE_Y), (EAST, MIDDLE_Y)]),
            shapely.LineString([(WEST, north), (EAST, north)]),
        ],
        crs=4326,
    )


def parks() -> gpd.GeoDataFrame:
    corner = SOUTH + 10 * CELL
    return gpd.GeoDataFrame(
        {"name": ["中心公园"]},
        geometry=[shapely.box(WEST, SOUTH, WEST + 10 * CELL, corner)],
        crs=4326,
    )


def cover_codes() -> np.ndarray:
    codes = np.full((SIZE, SIZE), TREE, dtype="uint8")
    codes[:, SIZE // 2 :] = GRASS
    return codes


def write_raster(path: Path, codes: np.ndarray, *, crs: str | None = "EPSG:4326") -> None:
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        width=codes.shape[1],
        height=codes.shape[0],
        count=1,
        dtype=codes.dtype,
        crs=crs,
        transform=from_origin(WEST, NORTH, CELL, CELL),
    ) as dataset:
        dataset.write(codes, 1)


@dataclass
class SmallCounty:
    """The parts of the county; change any before writing."""

    townships: gpd.GeoDataFrame = field(default_factory=townships)
    roads: gpd.GeoDataFrame = field(default_factory=roads)
    parks: gpd.GeoDataFrame = field(default_factory=parks)
    codes: np.ndarray = field(default_factory=cover_codes)
    text: str = CAMPAIGN

    def write(self, folder: Path) -> Path:
        """Write every part into a folder and return the campaign file."""
        folder.mkdir(parents=True, exist_ok=True)
        write_raster(folder / "cover.tif", self.codes)
        for name in ("townships", "roads", "parks"):
            frame = getattr(self, name)
            frame.to_file(folder / "county.gpkg", layer=name, driver="GPKG")
        campaign = folder / "campaign.toml"
        campaign.write_text(self.text, encoding="utf-8")
        return campaign

    def replace(self, old: str, new: str) -> None:
        """Change the campaign's text; what is replaced must be there."""
        assert old in self.text
        self.text = self.text.replace(old, new, 1)
