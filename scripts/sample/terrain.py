"""Hills, valleys and a river: the fields that borders, roads and land cover grow from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
import shapely.ops
from numpy.typing import NDArray

from .frame import COLUMNS, ROWS, Array, pixel_centres_m

Field = NDArray[np.float32]

# Pixels a side of the coarse grid on which borders and roads find their way.
CELL = 16

RIVER_KM = (
    (19.9, 22.6), (19.6, 19.6), (17.4, 17.6), (15.9, 15.0), (14.2, 13.6), (13.4, 11.0),
    (11.3, 9.0), (10.2, 6.4), (7.9, 4.3), (6.6, 2.2), (4.6, -1.2),
)  # fmt: skip
TRIBUTARIES_KM = (
    ((-1, 17.6), (2.6, 15.6), (5.0, 13.7), (8.2, 12.7), (11.0, 11.9), (13.5, 11.4)),
    ((7.5, 22.5), (9.2, 19.2), (10.4, 16.8), (12.4, 14.9), (14.2, 13.6)),
    ((26.5, 14.0), (23.2, 12.2), (20.4, 11.1), (17.0, 11.3), (13.4, 10.8)),
    ((23.5, 0.5), (20.6, 3.6), (17.2, 5.2), (13.6, 6.9), (10.6, 7.2)),
    ((-1.0, 9.2), (2.2, 8.2), (4.4, 7.0), (7.4, 6.2), (9.2, 5.4)),
    ((11.2, 3.4), (9.6, 3.2), (7.2, 3.0)),
    ((17.3, 22.5), (15.6, 19.8), (15.4, 17.4), (15.6, 15.0)),
    ((25.8, 18.6), (22.6, 17.6), (20.2, 17.4), (17.7, 17.2)),
    ((1.2, -1.0), (2.6, 1.6), (4.6, 3.4), (7.2, 3.4)),
)
# Two reservoirs: the point that fills first (plane km) and how far the water may reach.
RESERVOIRS_KM = ((19.3, 4.3, 1.35), (8.3, 20.3, 0.75))


@dataclass(frozen=True)
class Terrain:
    """Elevation and distance to the valley lines, on the full grid."""

    elevation_m: Field
    river: shapely.Polygon
    river_line: shapely.LineString


def noise(rng: np.random.Generator, cell: int) -> Field:
    """Draw a smooth random field of unit variance with features of ``cell`` pixels.

    Random knots under a cubic B-spline: only sums and products, so every processor agrees.
    """
    knots = rng.standard_normal((ROWS // cell + 3, COLUMNS // cell + 3)).astype(np.float32)
    t = ((np.arange(cell) + 0.5) / cell).astype(np.float32)
    w = np.stack(
        [(1 - t) ** 3, 3 * t**3 - 6 * t**2 + 4, -3 * t**3 + 3 * t**2 + 3 * t + 1, t**3]
    ) / np.float32(6)
    n_rows, n_cols = ROWS // cell, COLUMNS // cell
    tall = sum(knots[k : k + n_rows, None, :] * w[k][None, :, None] for k in range(4))
    tall = np.reshape(tall, (ROWS, n_cols + 3))
    wide = sum(tall[:, k : k + n_cols, None] * w[k] for k in range(4))
    field: Field = np.reshape(wide, (ROWS, COLUMNS)).astype(np.float32) / np.float32(0.479)
    return field


def fractal(rng: np.random.Generator, cells: tuple[int, ...], *, fall: float = 0.5) -> Field:
    """Add octaves of noise, each ``fall`` times the one before, to unit variance."""
    total = np.zeros((ROWS, COLUMNS), np.float32)
    weights = [fall**i for i in range(len(cells))]
    for cell, weight in zip(cells, weights, strict=True):
        total += np.float32(weight) * noise(rng, cell)
    return total / np.float32(np.sqrt(np.sum(np.square(weights))))


def spline(points: Array, spacing: float) -> Array:
    """Pass a Catmull-Rom curve through ``points`` with vertices about ``spacing`` apart."""
    padded = np.vstack([2 * points[0] - points[1], points, 2 * points[-1] - points[-2]])
    pieces = []
    for p0, p1, p2, p3 in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        steps = max(1, int(np.hypot(*(p2 - p1)) / spacing))
        t = (np.arange(steps) / steps)[:, None]
        pieces.append(
            p1 + 0.5 * t * (p2 - p0 + t * (2 * p0 - 5 * p1 + 4 * p2 - p3
            + t * (3 * (p1 - p2) + p3 - p0)))
        )  # fmt: skip
    return np.vstack([*pieces, points[-1:]])


def meander(
    rng: np.random.Generator,
    points_km: tuple[tuple[float, float], ...],
    *,
    amplitude: float,
    wavelength: float,
) -> Array:
    """Swing a valley line from side to side, with uneven loops."""
    line = spline(np.array(points_km) * 1000.0, 120.0)
    along = np.r_[0, np.cumsum(np.hypot(*np.diff(line, axis=0).T))]
    tangent = np.gradient(line, axis=0)
    tangent /= np.hypot(tangent[:, 0], tangent[:, 1])[:, None]
    drift = np.repeat(rng.uniform(0.45, 1.55, len(line) // 9 + 1), 9)[: len(line)]
    phase = np.cumsum(drift) * 2 * np.pi * 120 / wavelength
    loop = np.sin(phase) * (0.75 + 0.4 * np.sin(along / 2300)) + 0.3 * np.sin(2.3 * phase + 1)
    swing = amplitude * loop * np.clip(along[-1] - along, 0, 900) / 900
    normal = np.column_stack([-tangent[:, 1], tangent[:, 0]])
    return spline(line + normal * swing[:, None], 30.0)


def distance_to(lines: list[Array], every: int = 16) -> Field:
    """Give each pixel's distance (m) to the nearest line, interpolated from a coarser grid."""
    x, y = pixel_centres_m()
    ends = np.concatenate([np.stack([line[:-1], line[1:]], axis=1) for line in lines])
    xs = np.linspace(x[0], x[-1], COLUMNS // every + 1)
    ys = np.linspace(y[0], y[-1], ROWS // every + 1)
    points = shapely.points(*(axis.ravel() for axis in np.meshgrid(xs, ys)))
    tree = shapely.STRtree(shapely.linestrings(ends))
    _, near = tree.query_nearest(points, return_distance=True, all_matches=False)
    d = near.reshape(len(ys), len(xs)).astype(np.float32)
    return _stretch(_stretch(d, ROWS).T, COLUMNS).T


def _stretch(values: Field, size: int) -> Field:
    position = np.arange(size, dtype=np.float32) * np.float32((len(values) - 1) / (size - 1))
    low = np.minimum(position.astype(np.int64), len(values) - 2)
    t = (position - low.astype(np.float32))[:, None]
    return values[low] * (1 - t) + values[low + 1] * t


def coarse(field: Field) -> Field:
    """Average a field over the coarse grid's cells."""
    return field.reshape(ROWS // CELL, CELL, COLUMNS // CELL, CELL).mean(axis=(1, 3))


def build(rng: np.random.Generator) -> Terrain:
    """Raise hills between the valley lines and cut the river into the widest valley."""
    centre = meander(rng, RIVER_KM, amplitude=310, wavelength=2500)
    brooks = [meander(rng, line, amplitude=190, wavelength=2100) for line in TRIBUTARIES_KM]
    line = shapely.LineString(centre)
    widths = np.linspace(34, 62, 12)
    cuts = [
        shapely.ops.substring(line, i / 12, (i + 1) / 12, normalized=True).buffer(
            width, quad_segs=4
        )
        for i, width in enumerate(widths)
    ]
    river = shapely.union_all(cuts).buffer(-4).buffer(4)

    to_river = distance_to([centre])
    to_brook = distance_to(brooks)
    # Spurs and side valleys: the distance to the valley line is bent before it becomes height.
    bend = 330 * fractal(rng, (128, 64, 32), fall=0.6)
    valley = np.minimum(to_river - 620, (to_brook - np.float32(300)) * np.float32(1.15)) + bend
    rise = np.clip(valley / np.float32(2500), 0, 1)
    rise = rise * (2 - rise)
    relief = fractal(rng, (384, 192, 96, 48, 24), fall=0.55)
    ridged = 1 - np.abs(fractal(rng, (256, 128, 64, 32), fall=0.5)) * np.float32(0.75)
    elevation = 58 + rise * (215 + 120 * relief + 190 * ridged) + 5 * np.abs(relief)
    return Terrain(np.maximum(elevation, 55).astype(np.float32), river, line)


def reservoir(elevation_m: Field) -> NDArray[np.bool_]:
    """Fill the reservoirs: up to a contour of their valleys, within reach of the dam."""
    x, y = pixel_centres_m()
    wet = np.zeros(elevation_m.shape, bool)
    for east, north, reach in RESERVOIRS_KM:
        far = ((x - east * 1000) ** 2 + ((y - north * 1000) ** 2)[:, None]) / (reach * 1000) ** 2
        wet |= elevation_m + 30 * far**2 < 84
    return wet
