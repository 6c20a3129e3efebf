"""Rows and belts of trees drawn as lines, such as on pictures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from greencover.corridor.evidence import Judged, Located
from greencover.corridor.sources.beside import Roadsides
from greencover.corridor.sources.stretches import Stretches
from greencover.ground.following import followed
from greencover.ground.geodesy import metres_per_degree

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

# A row is followed by points this far apart, to see which road each of them stands beside.
_FOLLOW_M = 1.0
_LONGEST_STEP_M = 20.0


@dataclass(frozen=True)
class TreeRows:
    """Stretches of roadsides along which rows of trees were drawn.

    Attributes
    ----------
    drawn
        Along which rows stand that are dense enough, or wide enough.
    thin
        Along which rows stand that are not.
    surveyed
        Where all rows were drawn.
    rank
        How good the source is.
    """

    drawn: Stretches
    thin: Stretches
    surveyed: Stretches
    rank: float
    key: str = "rows"

    @property
    def breaks(self) -> tuple[Ints, Floats]:
        """Chain and distance of the places at which stations have to end."""
        several = [one.breaks for one in (self.drawn, self.thin, self.surveyed)]
        chains, places = zip(*several, strict=True)
        return np.concatenate(chains), np.concatenate(places)

    def judge(self, strips: Located, threshold: Floats | float) -> Judged:  # noqa: ARG002
        """Greened along a row; a gap along a thin one, and where all rows were drawn."""
        along = strips.along
        middle = (along.from_m + along.to_m) / 2.0
        greened = self.drawn.holds(along.roadside, middle)
        told = self.thin.holds(along.roadside, middle)
        told |= self.surveyed.holds(along.roadside, middle)
        return Judged(greened | told, greened)


def stretches_along(
    lines: npt.NDArray[np.object_], width_m: Floats, roadsides: Roadsides, across_m: float
) -> tuple[Stretches, Stretches]:
    """Stretches of roadsides that lines in degrees run along, wide enough and not.

    Parameters
    ----------
    lines, width_m
        The lines, and how wide their trees reach.
    roadsides
        The roads.
    across_m
        Interruption between two lines that is none, since trees stand as far apart.
    """
    if not len(lines):
        return Stretches.none(), Stretches.none()
    first = shapely.get_coordinates(lines[:1])
    east, north = metres_per_degree(first[:1, 1], roadsides.ellipsoid)
    dense = followed(lines, _FOLLOW_M / max(float(east[0]), float(north[0])))
    points, line = shapely.get_coordinates(dense, return_index=True)
    found = roadsides.beside(points)
    found = found.taken(found.in_reach)
    at, least = np.full(len(points), np.nan), np.zeros(len(points))
    roadside = np.full(len(points), -1, dtype=np.int64)
    at[found.row], roadside[found.row] = found.at_m, found.roadside
    least[found.row] = found.least_m
    one = np.flatnonzero(
        (line[:-1] == line[1:]) & (roadside[:-1] == roadside[1:]) & (roadside[:-1] >= 0)
    )
    ends = np.sort(np.column_stack([at[one], at[one + 1]]), axis=1)
    # A longer step than the row's own is a jump across the inside of a bend or the end of a ring.
    step = ends[:, 1] - ends[:, 0]
    kept = (step > 0.0) & (step <= _LONGEST_STEP_M)
    one, ends = one[kept], ends[kept]
    wide = width_m[line[one]] >= least[one] - 1e-6
    drawn, thin = (
        Stretches.united(roadside[one[of]], ends[of, 0], ends[of, 1], across_m=across)
        for of, across in ((wide, max(across_m, 1e-3)), (~wide, 1e-3))
    )
    return drawn, thin
