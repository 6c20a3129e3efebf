"""Rasters, zones and legends that tests are made of, and hypothesis strategies for them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import rasterio
import shapely
from affine import Affine
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

import greencover as gc

UTM = "EPSG:32650"
CELL = 10.0
WEST, NORTH = 500_000.0, 3_300_000.0
GRID = Affine(CELL, 0.0, WEST, 0.0, -CELL, NORTH)
CODES = (1, 2, 3, 7)
CELL_HA = CELL * CELL / 10_000.0


def write_raster(
    path: Path,
    cells: npt.ArrayLike,
    *,
    transform: Affine = GRID,
    crs: str | None = UTM,
    nodata: float | None = None,
    mask: npt.ArrayLike | None = None,
    **profile: Any,
) -> Path:
    """Write a one-band GeoTIFF, with an internal mask where one is given."""
    cells = np.asarray(cells)
    with (
        rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True),
        rasterio.open(
            path,
            "w",
            driver="GTiff",
            height=cells.shape[0],
            width=cells.shape[1],
            count=1,
            dtype=cells.dtype,
            crs=crs,
            transform=transform,
            nodata=nodata,
            **profile,
        ) as dataset,
    ):
        dataset.write(cells, 1)
        if mask is not None:
            dataset.write_mask(np.asarray(mask, dtype=np.uint8) * 255)
    return path


def legend_of(*codes: int, unobserved: tuple[int, ...] = ()) -> gc.Legend:
    """Legend whose classes are called after their codes."""
    names = {code: ("bare", f"class {code}") for code in codes}
    return gc.Legend.from_codes(names, unobserved=unobserved)


def cover_of(path: Path | list[Path], *codes: int, **options: Any) -> gc.LandCover:
    """Land cover of a raster whose codes are ``codes``, or ``CODES``."""
    return gc.LandCover.open(path, legend=legend_of(*(codes or CODES)), **options)


def zones_of(*geometries: Any, crs: str = UTM) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(geometry=list(geometries), crs=crs)


def on_grid(*corners: tuple[float, float]) -> Any:
    """Polygon given in columns and rows of ``GRID``."""
    return placed(shapely.Polygon(corners))


def cells_box(left: float, top: float, right: float, bottom: float) -> Any:
    """Rectangle given in columns and rows of ``GRID``."""
    return on_grid((left, top), (right, top), (right, bottom), (left, bottom))


def stripes(rows: int = 20, columns: int = 24) -> npt.NDArray[np.uint8]:
    """Cells whose code changes with each column: 1, 2, 3, 7, 1, ..."""
    return np.tile(np.array(CODES, dtype=np.uint8)[np.arange(columns) % 4], (rows, 1))


def blobs(
    seed: int, count: int, bounds: tuple[float, float, float, float], *, size: float
) -> npt.NDArray[np.object_]:
    """Ragged overlapping polygons, every other one with a hole, some reaching beyond ``bounds``."""
    random = np.random.default_rng(seed)
    west, south, east, north = bounds
    shapes = []
    for number in range(count):
        corners = int(random.integers(5, 60))
        angle = np.sort(random.uniform(0.0, 2.0 * np.pi, corners))
        radius = size * random.uniform(0.3, 1.0) * random.uniform(0.5, 1.0, corners)
        ring = np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])
        middle = np.array([random.uniform(west, east), random.uniform(south, north)])
        shell = shapely.Polygon(ring + middle)
        hole = shapely.Polygon(ring[::2] * 0.4 + middle) if number % 2 and corners > 8 else None
        shapes.append(shell.difference(hole.buffer(0)) if hole is not None else shell)
    found = shapely.make_valid(np.array(shapes, dtype=object))
    return np.array([polygonal(shape) for shape in found], dtype=object)


def polygonal(shape: Any) -> Any:
    """The polygons of a geometry, without the lines and points that a repair leaves."""
    parts = [p for p in shapely.get_parts(shape) if p.geom_type.endswith("Polygon") and p.area > 0]
    flat = [q for p in parts for q in shapely.get_parts(p)]
    return flat[0] if len(flat) == 1 else shapely.MultiPolygon(flat)


def exactextract_shares(
    zones: gpd.GeoDataFrame, path: Path, codes: tuple[int, ...]
) -> npt.NDArray[np.float64]:
    """Share of each zone's planar area under each code, by exactextract."""
    from exactextract import exact_extract

    with rasterio.open(path) as dataset:
        cell = abs(dataset.transform.determinant)
        zones = zones.to_crs(dataset.crs)
    plain = gpd.GeoDataFrame({"n": range(len(zones))}, geometry=zones.geometry.array, crs=zones.crs)
    features = exact_extract(str(path), plain, ["count", "unique", "frac"], include_cols=["n"])
    shares = np.zeros((len(zones), len(codes)))
    for feature in features:
        found = feature["properties"]
        total = found["count"] * cell / plain.geometry.iloc[found["n"]].area
        for code, part in zip(found["unique"], found["frac"], strict=True):
            shares[found["n"], codes.index(int(code))] = part * total
    return shares


def shares_of(table: pd.DataFrame) -> npt.NDArray[np.float64]:
    """Share of each zone under each class, from the table of ``class_areas``."""
    values = table.to_numpy(dtype=float)
    return np.asarray(values[:, :-1] / values.sum(axis=1)[:, None])


def rasters(rows: int = 20, columns: int = 24) -> st.SearchStrategy[npt.NDArray[np.uint8]]:
    """Cells of the four codes."""
    return npst.arrays(np.uint8, (rows, columns), elements=st.sampled_from(CODES))


@st.composite
def polygons(draw: st.DrawFn, *, low: float = -4.0, high: float = 28.0) -> Any:
    """Valid polygons in columns and rows, which may touch themselves, have holes and parts.

    Corners often lie on cell edges and corners, where an integral is easiest to get wrong.
    """
    coordinate = st.one_of(
        st.integers(int(low), int(high)).map(float),
        st.integers(int(low) * 2, int(high) * 2).map(lambda half: half / 2.0),
        st.floats(low, high, allow_nan=False, width=32),
    )
    walk = draw(st.lists(st.tuples(coordinate, coordinate), min_size=4, max_size=9, unique=True))
    shape = on_lattice(shapely.make_valid(shapely.Polygon(walk)))
    if shape.is_empty or shape.area < 1e-2:
        a, b = np.round(walk[0])
        return shapely.box(a, b, a + 1.5, b + 2.25)
    return shape


def on_lattice(shape: Any) -> Any:
    """Round corners to 1/1024 of a cell, which ``placed`` moves without rounding."""
    return polygonal(shapely.set_precision(polygonal(shape), 1.0 / 1024.0))


def placed(shape: Any, transform: Affine = GRID) -> Any:
    """Move a geometry from columns and rows to coordinates."""
    a, b, c, d, e, f = transform[:6]
    return shapely.transform(
        shape,
        lambda xy: np.column_stack(
            [a * xy[:, 0] + b * xy[:, 1] + c, d * xy[:, 0] + e * xy[:, 1] + f]
        ),
    )
