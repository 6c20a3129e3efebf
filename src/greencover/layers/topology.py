"""How well units fit together: ground that two of them claim, and ground that none does."""

from __future__ import annotations

from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pyproj
import shapely

from greencover.ground.geodesy import HECTARE_M2, require_crs
from greencover.ground.notes import Note, tell
from greencover.words import Listed

# A square metre is what two digitised lines may differ by and no figure shows.
SMALLEST_M2 = 1.0
# What polygons share that only touch, by the rounding of their coordinates.
_ROUNDING_M2 = 1e-6
# Four pi times area over perimeter squared: one for a disc, 0.03 for a strip 1 to 100.
_SLIVER_ROUNDNESS = 0.05


@dataclass(frozen=True)
class Fit:
    """How units of one layer fit together, in hectares of ground.

    Attributes
    ----------
    overlap_ha, overlap_places
        Ground inside two units at once, and how many pieces it has.
    overlapping
        The pairs of row numbers that share it, the largest first.
    sharing
        All pairs that share ground, pieces too small to be told among them.
    gap_ha, gap_places
        Ground enclosed by units and inside none, and how many pieces it has.
    sliver_places
        How many of all these pieces are slivers, as two drawings of one border leave them.
    largest_gap
        A point inside the largest gap, in the layer's coordinates; None where there is no gap.
    """

    overlap_ha: float
    overlap_places: int
    overlapping: tuple[tuple[int, int], ...]
    gap_ha: float
    gap_places: int
    sliver_places: int
    largest_gap: tuple[float, float] | None
    sharing: tuple[tuple[int, int], ...] = field(default=(), compare=False, repr=False)


def measure_fit(frame: gpd.GeoDataFrame) -> Fit:
    """Measure overlaps and enclosed gaps between the polygons of a layer.

    Pieces below one square metre are left out. A gap may be right: a lake or another county's
    enclave.
    """
    shapes = frame.geometry.to_numpy()
    # Units that meet vertex by vertex, as a cadastre keeps them, are told at once to share nothing.
    exact = bool(shapely.coverage_is_valid(shapes))
    first, second = _neighbours(shapes) if not exact else (np.zeros(0, int), np.zeros(0, int))
    owner, pieces = _polygons(shapely.intersection(shapes[first], shapes[second]))
    m2 = ground_m2(pieces, require_crs(frame.crs))
    shared = np.unique(owner[m2 > _ROUNDING_M2])
    kept = m2 >= SMALLEST_M2
    by_pair = np.bincount(owner[kept], weights=m2[kept], minlength=len(first))
    order = [int(i) for i in np.argsort(-by_pair) if by_pair[i] > 0.0]
    union = shapely.coverage_union_all(shapes) if exact else shapely.union_all(shapes)
    gaps = _enclosed(shapes, shapely.get_parts(union))
    gap_m2 = ground_m2(gaps, require_crs(frame.crs))
    gaps, gap_m2 = gaps[gap_m2 >= SMALLEST_M2], gap_m2[gap_m2 >= SMALLEST_M2]
    largest = None
    if len(gaps):
        point = shapely.point_on_surface(gaps[int(np.argmax(gap_m2))])
        largest = (float(point.x), float(point.y))
    thin = _roundness(np.concatenate([pieces[kept], gaps])) < _SLIVER_ROUNDNESS
    return Fit(
        overlap_ha=float(m2[kept].sum() / HECTARE_M2),
        overlap_places=int(kept.sum()),
        overlapping=tuple((int(first[i]), int(second[i])) for i in order),
        sharing=tuple((int(first[i]), int(second[i])) for i in shared),
        gap_ha=float(gap_m2.sum() / HECTARE_M2),
        gap_places=len(gaps),
        sliver_places=int(thin.sum()),
        largest_gap=largest,
    )


def report_fit(frame: gpd.GeoDataFrame, where: str, *, names: npt.ArrayLike) -> None:
    """Warn of overlaps and gaps between units, in hectares; silent where they fit.

    Parameters
    ----------
    frame, where
        The units, and how messages call their layer.
    names
        The name of each unit.
    """
    fit = measure_fit(frame)
    called = np.asarray(names, dtype=object)
    slivers = Note("layers.slivers", count=fit.sliver_places) if fit.sliver_places else ""
    if fit.overlap_places:
        tell(
            "layers.units_overlap",
            where=where,
            ha=_shown(fit.overlap_ha),
            places=fit.overlap_places,
            pairs=Listed.of(
                (Listed.of((called[one], called[other])) for one, other in fit.overlapping), limit=3
            ),
            slivers=slivers,
            stacklevel=2,
        )
        slivers = ""
    if fit.gap_places and fit.largest_gap is not None:
        x, y = fit.largest_gap
        tell(
            "layers.units_leave_gaps",
            where=where,
            ha=_shown(fit.gap_ha),
            places=fit.gap_places,
            x=x,
            y=y,
            slivers=slivers,
            stacklevel=2,
        )


def without_overlaps(shapes: npt.NDArray[np.object_], fit: Fit) -> npt.NDArray[np.object_]:
    """Polygons that share no ground: of two that did, the later one has lost it."""
    apart = shapes.copy()
    if not fit.sharing:
        return apart
    earlier, later = np.array(sorted(fit.sharing, key=lambda pair: pair[1])).T
    rows, first = np.unique(later, return_index=True)
    for row, taken in zip(rows, np.split(earlier, first[1:]), strict=True):
        rest = shapely.difference(shapes[row], shapely.union_all(shapes[taken]))
        _, parts = _polygons(np.array([rest], dtype=object))
        apart[row] = shapely.multipolygons(parts)
    return apart


def _shown(hectares: float) -> str:
    return f"{hectares:,.2f}" if hectares >= 0.01 else f"{hectares:.4f}"


def _neighbours(shapes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the row numbers of every pair of units that touch or overlap."""
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    pair = first < second
    return first[pair], second[pair]


def _polygons(shapes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the polygons among the parts of shapes, each with the number of its shape."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    parts, inner = shapely.get_parts(parts, return_index=True)
    flat = shapely.get_type_id(parts) == 3
    return owner[inner][flat], parts[flat]


def _enclosed(shapes: np.ndarray, union: np.ndarray) -> np.ndarray:
    """Return the holes of the union that are no unit's own hole filled by none.

    A hole in the middle of a single unit is drawn on purpose, so it is no gap.
    """
    holes: np.ndarray = shapely.polygons(shapely.get_rings(union)[_is_hole(union)])
    if not len(holes):
        return holes
    own = shapely.get_parts(shapes)
    drawn = shapely.polygons(shapely.get_rings(own)[_is_hole(own)])
    if not len(drawn):
        return holes
    tree = shapely.STRtree(drawn)
    hole, ring = tree.query(holes, predicate="within")
    equal = shapely.equals(holes[hole], drawn[ring])
    return np.delete(holes, np.unique(hole[equal]))


def _is_hole(polygons: np.ndarray) -> np.ndarray:
    _, owner = shapely.get_rings(polygons, return_index=True)
    return np.concatenate([[False], owner[1:] == owner[:-1]]) if len(owner) else owner.astype(bool)


def ground_m2(polygons: np.ndarray, crs: pyproj.CRS) -> npt.NDArray[np.float64]:
    """Return the ground area of small polygons, by geodesics."""
    if not len(polygons):
        return np.zeros(0)
    geodetic = crs.geodetic_crs or crs
    lonlat = gpd.GeoSeries(polygons, crs=crs).to_crs(geodetic)
    geod = geodetic.get_geod() or pyproj.Geod(ellps="WGS84")
    return np.array([abs(geod.geometry_area_perimeter(shape)[0]) for shape in lonlat])


def _roundness(polygons: np.ndarray) -> npt.NDArray[np.float64]:
    perimeter = shapely.length(polygons)
    square = np.where(perimeter > 0.0, perimeter, np.inf) ** 2
    return np.asarray(4.0 * np.pi * shapely.area(polygons) / square)
