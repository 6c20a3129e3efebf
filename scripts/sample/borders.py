"""Townships and villages: territories that meet on the ridges and share every vertex."""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np
import shapely
import shapely.ops
from numpy.typing import NDArray

from . import names
from .frame import (
    COLUMNS,
    PIXEL_X_M,
    PIXEL_Y_M,
    ROWS,
    Array,
    pixel_corners,
    to_lonlat,
    to_xy,
)
from .terrain import CELL, Terrain, coarse, spline

Labels = NDArray[np.int64]
CELL_X_M, CELL_Y_M = PIXEL_X_M * CELL, PIXEL_Y_M * CELL
GRID = (ROWS // CELL, COLUMNS // CELL)
STEPS = [
    (dr, dc, float(np.hypot(dr * CELL_Y_M, dc * CELL_X_M)))
    for dr in (-1, 0, 1)
    for dc in (-1, 0, 1)
    if dr or dc
]
OUTSIDE = -1


@dataclass(frozen=True)
class Borders:
    """Polygons in degrees; ``village_seats`` in plane metres, keyed by village code."""

    townships: dict[str, shapely.Polygon]
    villages: dict[str, shapely.Polygon]
    village_seats: dict[str, Array]
    county: shapely.Polygon


def cell_of(xy: Array) -> tuple[int, int]:
    """Give the row and column of the coarse cell at a plane position."""
    return int(ROWS * PIXEL_Y_M / CELL_Y_M - xy[1] / CELL_Y_M), int(xy[0] / CELL_X_M)


def centre_of(cell: tuple[int, int]) -> Array:
    """Give the plane position of a coarse cell's centre."""
    return np.array([(cell[1] + 0.5) * CELL_X_M, (GRID[0] - cell[0] - 0.5) * CELL_Y_M])


def grow(seeds: list[tuple[int, int]], cost: Array, fence: Labels) -> Labels:
    """Label each cell by the seed it is cheapest to reach from, never crossing the fence."""
    label = np.full(GRID, OUTSIDE)
    queue = [(0.0, r, c, i) for i, (r, c) in enumerate(seeds)]
    heapq.heapify(queue)
    while queue:
        spent, r, c, i = heapq.heappop(queue)
        if label[r, c] != OUTSIDE:
            continue
        label[r, c] = i
        for dr, dc, metres in STEPS:
            # Only across cell sides: a territory must never hang together by a corner.
            if dr and dc:
                continue
            row, col = r + dr, c + dc
            if not (0 <= row < GRID[0] and 0 <= col < GRID[1]) or label[row, col] != OUTSIDE:
                continue
            if fence[row, col] == fence[r, c]:
                step = metres * (cost[r, c] + cost[row, col]) / 2
                heapq.heappush(queue, (spent + step, row, col, i))
    return label


def county_mask(rng: np.random.Generator, elevation: Array) -> Labels:
    """Draw the county: the cells that are nearer, over the hills, to it than to its neighbours."""
    rows, cols = np.mgrid[: GRID[0], : GRID[1]]
    x = (cols + 0.5) / GRID[1] * 2 - 1
    y = (rows + 0.5) / GRID[0] * 2 - 1
    knots = rng.standard_normal(24)
    angle = (np.arctan2(y, x) / (2 * np.pi) % 1) * 24
    low = angle.astype(int) % 24
    t = angle - np.floor(angle)
    t = t * t * (3 - 2 * t)
    ripple = knots[low] * (1 - t) + knots[(low + 1) % 24] * t
    radius = (np.abs(x) ** 3.4 + np.abs(y) ** 3.4) ** (1 / 3.4)
    hills = (elevation - elevation.mean()) / elevation.std()
    return (radius < np.minimum(0.9 + 0.05 * ripple - 0.022 * hills, 0.965)).astype(np.int64)


def village_cells(
    rng: np.random.Generator, town: Labels, elevation: Array
) -> tuple[list[tuple[int, int]], list[str]]:
    """Spread village seats over each township: apart from one another, rather low than high."""
    cells: list[tuple[int, int]] = []
    codes: list[str] = []
    for number, township in enumerate(names.TOWNSHIPS):
        own = np.argwhere(town == number)
        inner = own[[_is_inner(town, r, c) for r, c in own]]
        chosen = [np.array(cell_of(np.array(township.seat_km) * 1000))]
        for _ in range(township.villages - 1):
            some = inner[rng.integers(0, len(inner), 60)]
            apart = np.min([np.hypot(*(some - cell).T) for cell in chosen], axis=0)
            score = apart * (1.25 - elevation[some[:, 0], some[:, 1]] / 700)
            chosen.append(some[int(np.argmax(score))])
        cells += [(int(r), int(c)) for r, c in chosen]
        codes += [names.code_of_village(township.code, i + 1) for i in range(township.villages)]
    return cells, codes


def _is_inner(town: Labels, row: int, col: int) -> bool:
    around = town[max(row - 3, 0) : row + 4, max(col - 3, 0) : col + 4]
    return bool((around == town[row, col]).all())


def trace(labels: Labels) -> list[tuple[list[tuple[int, int]], frozenset[int]]]:
    """Walk the borders of a label grid from fork to fork: corner paths with their two labels."""
    padded = np.pad(labels, 1, constant_values=OUTSIDE)
    sides: dict[tuple[int, int], dict[tuple[int, int], frozenset[int]]] = {}

    def join(a: tuple[int, int], b: tuple[int, int], pair: frozenset[int]) -> None:
        sides.setdefault(a, {})[b] = pair
        sides.setdefault(b, {})[a] = pair

    for r, c in np.argwhere(padded[:, 1:] != padded[:, :-1]).tolist():
        pair = frozenset((int(padded[r, c]), int(padded[r, c + 1])))
        join((r - 1, c), (r, c), pair)
    for r, c in np.argwhere(padded[1:] != padded[:-1]).tolist():
        pair = frozenset((int(padded[r, c]), int(padded[r + 1, c])))
        join((r, c - 1), (r, c), pair)

    forks = [corner for corner in sorted(sides) if len(sides[corner]) != 2]
    arcs, used = [], set()
    for fork in forks:
        for ahead in sorted(sides[fork]):
            if (fork, ahead) in used:
                continue
            path = [fork, ahead]
            while len(sides[path[-1]]) == 2:
                path.append(next(n for n in sorted(sides[path[-1]]) if n != path[-2]))
            used |= {(path[0], path[1]), (path[-1], path[-2])}
            arcs.append((path, sides[fork][ahead]))
    return arcs


def soften(path: list[tuple[int, int]], rng: np.random.Generator) -> Array:
    """Turn a staircase of cells into a natural line between the same two ends."""
    corners = np.array(path, float)
    line = np.column_stack([corners[:, 1] * CELL_X_M, (GRID[0] - corners[:, 0]) * CELL_Y_M])
    for _ in range(4):
        line[1:-1] = (line[:-2] + 2 * line[1:-1] + line[2:]) / 4
    line[1:-1] += rng.normal(0, 9, (len(line) - 2, 2))
    keep = np.r_[0 : len(line) - 1 : 2, len(line) - 1]
    return spline(line[np.unique(keep)], 45.0)


def along_pixels(line: Array) -> Array:
    """Lay a line onto pixel edges: corner to corner, one pixel side at a time."""
    dense = shapely.get_coordinates(shapely.segmentize(shapely.LineString(line), 2.0))
    columns = np.rint(dense[:, 0] / PIXEL_X_M).astype(int)
    rows = np.rint(ROWS - dense[:, 1] / PIXEL_Y_M).astype(int)
    walk = [(int(columns[0]), int(rows[0]))]
    for corner in zip(columns.tolist(), rows.tolist(), strict=True):
        last = walk[-1]
        if corner == last:
            continue
        if corner[0] != last[0] and corner[1] != last[1]:
            walk.append((corner[0], last[1]))
        walk.append(corner)
    # A step there and back would leave a spike of no area.
    clean: list[tuple[int, int]] = []
    for corner in walk:
        if len(clean) > 1 and clean[-2] == corner:
            clean.pop()
        elif not clean or clean[-1] != corner:
            clean.append(corner)
    array = np.array(clean, float)
    return pixel_corners(array[:, 0], array[:, 1])


def snapped(position: Array) -> Array:
    """Move a plane position to its nearest pixel corner, in degrees."""
    return pixel_corners(
        np.rint(position[:1] / PIXEL_X_M), np.rint(ROWS - position[1:] / PIXEL_Y_M)
    )[0]


def polygon_of(arcs: list[Array]) -> shapely.Polygon:
    """Close arcs into the one polygon they bound."""
    merged = shapely.polygonize([shapely.LineString(arc) for arc in arcs])
    (polygon,) = shapely.get_parts(merged)
    return shapely.orient_polygons(shapely.normalize(polygon))


def build(rng: np.random.Generator, terrain: Terrain) -> Borders:
    """Divide the county into townships and these into villages."""
    elevation = coarse(terrain.elevation_m).astype(float)
    # Uneven ground: without it cheapest paths run along the grid, and so would the borders.
    rough = rng.uniform(0.35, 1.9, GRID)
    cost = (1 + (elevation / 190) ** 2.5) * rough
    inside = county_mask(rng, elevation)
    seats = [cell_of(np.array(t.seat_km) * 1000) for t in names.TOWNSHIPS]
    town = np.where(inside == 1, grow(seats, cost, inside), OUTSIDE)
    cells, codes = village_cells(rng, town, elevation)
    village = np.where(town != OUTSIDE, grow(cells, (1 + elevation / 200) * rough, town), OUTSIDE)

    town_of = {OUTSIDE: "", **{i: code[:9] for i, code in enumerate(codes)}}
    traced = trace(village)
    lines = [soften(path, rng) for path, _ in traced]
    towns = [{town_of[label] for label in pair} for _, pair in traced]
    on_pixels = [names.ALIGNED in pair and len(pair) == 2 for pair in towns]
    pinned = {
        end: snapped(line[i])
        for (path, _), line, aligned in zip(traced, lines, on_pixels, strict=True)
        for i, end in ((0, path[0]), (-1, path[-1]))
        if aligned
    }
    arcs = []
    for (path, _), line, aligned in zip(traced, lines, on_pixels, strict=True):
        arc = along_pixels(line) if aligned else to_lonlat(line)
        arc[0] = pinned.get(path[0], arc[0])
        arc[-1] = pinned.get(path[-1], arc[-1])
        arcs.append(arc)

    def bounded(chosen: list[bool]) -> shapely.Polygon:
        return polygon_of([arc for arc, take in zip(arcs, chosen, strict=True) if take])

    villages = {code: bounded([i in pair for _, pair in traced]) for i, code in enumerate(codes)}
    townships = {
        t.code: bounded([t.code in pair and len(pair) == 2 for pair in towns])
        for t in names.TOWNSHIPS
    }
    county = bounded(["" in pair for pair in towns])
    seats_m = {code: centre_of(cell) for code, cell in zip(codes, cells, strict=True)}
    for t in names.TOWNSHIPS:
        seats_m[names.code_of_village(t.code, 1)] = np.array(t.seat_km) * 1000
    return Borders(townships, villages, seats_m, county)


def in_plane(polygon: shapely.Polygon) -> shapely.Polygon:
    """Move a polygon from degrees to plane metres."""
    return shapely.transform(polygon, to_xy)
