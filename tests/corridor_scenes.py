"""Roads and land cover whose greening is known by construction.

A scene is drawn in metres around its own origin and placed on the ground in a coordinate reference
system: projected ones take metres as they are, geographic ones by the ellipsoid at the origin.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyproj
import rasterio
import shapely
from rasterio.transform import Affine

import greencover as gc
from greencover.ground.geodesy import Ellipsoid, metres_per_degree

TREE, GRASS, CROP, BUILT, BARE, WATER = 10, 30, 40, 50, 60, 80

Paint = Callable[[np.ndarray, np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Scene:
    """A place on the ground with metres around it."""

    folder: Path
    crs: str = "EPSG:4326"
    east: float = 114.8
    north: float = 27.5

    @property
    def scale(self) -> tuple[float, float]:
        """Metres in one unit of x and of y."""
        crs = pyproj.CRS(self.crs)
        if crs.is_projected:
            return 1.0, 1.0
        e, n = metres_per_degree(np.array([self.north]), Ellipsoid.of(crs))
        return float(e[0]), float(n[0])

    def line(self, *metres: tuple[float, float]) -> shapely.LineString:
        sx, sy = self.scale
        return shapely.LineString([(self.east + x / sx, self.north + y / sy) for x, y in metres])

    def curve(self, x: np.ndarray, y: np.ndarray) -> shapely.LineString:
        return self.line(*zip(x.tolist(), y.tolist(), strict=True))

    def box(self, x0: float, y0: float, x1: float, y1: float) -> shapely.Polygon:
        return shapely.Polygon(self.line((x0, y0), (x1, y0), (x1, y1), (x0, y1)).coords)

    def roads(self, *lines: shapely.Geometry, **columns: object) -> gpd.GeoDataFrame:
        table = {"name": [f"R{i}" for i in range(len(lines))], "grade": "county", **columns}
        return gpd.GeoDataFrame(table, index=range(len(lines)), geometry=list(lines), crs=self.crs)

    def cover(self, paint: Paint, *, half: float = 700.0, cell: float = 2.0) -> gc.LandCover:
        """Land cover over a square of ``2 * half`` metres; ``paint`` maps metres to codes."""
        sx, sy = self.scale
        size = round(2 * half / cell)
        middle = -half + cell * (np.arange(size) + 0.5)
        x, y = np.meshgrid(middle, middle[::-1])
        codes = np.broadcast_to(paint(x, y), x.shape).astype(np.uint8)
        path = self.folder / f"cover{abs(hash((half, cell, codes.tobytes())))}.tif"
        placed = Affine(
            cell / sx, 0.0, self.east - half / sx, 0.0, -cell / sy, self.north + half / sy
        )
        with rasterio.open(
            path, "w", driver="GTiff", width=size, height=size, count=1, dtype="uint8",
            crs=self.crs, transform=placed, nodata=0, compress="deflate",
        ) as file:  # fmt: skip
            file.write(codes, 1)
        return gc.LandCover.open(path, legend="worldcover")


def everywhere(code: int) -> Paint:
    return lambda x, _: np.full(x.shape, code)


def trees_where(condition: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> Paint:
    return lambda x, y: np.where(condition(x, y), TREE, GRASS)


def totals(road: gc.RoadsideGreening) -> dict[str, float]:
    """Side lengths in metres by status and side."""
    sides = road.sides
    return sides.groupby(["side", "status"])["length_m"].sum().to_dict()
