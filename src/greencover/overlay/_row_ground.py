"""What a cell in each row of a raster weighs on the ground."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from greencover.ground.geodesy import Ellipsoid, band_area_m2, density_m2_per_deg2
from greencover.rasters import Cells

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class RowGround:
    """Ground of a cell in each row of a raster, and how it changes across the row."""

    weight: Floats
    slope: Floats
    bend: Floats

    @classmethod
    def even(cls, rows: int, weight: float) -> RowGround:
        """Every cell counts the same."""
        zeros = np.zeros(rows)
        return cls(np.full(rows, weight), zeros, zeros)

    @classmethod
    def ellipsoidal(cls, source: Cells) -> RowGround:
        """Square metres of the cells of a longitude/latitude grid."""
        ellipsoid = Ellipsoid.of(source.crs)
        step = source.transform.e
        width = abs(source.transform.a)
        top = source.transform.f + step * np.arange(source.height, dtype=np.float64)
        bottom = top + step
        south, north = np.minimum(top, bottom), np.maximum(top, bottom)
        weight = band_area_m2(south, north, width, ellipsoid)
        per_cell = abs(step) * width / weight
        at_top = density_m2_per_deg2(top, ellipsoid) * per_cell
        at_middle = density_m2_per_deg2((top + bottom) / 2.0, ellipsoid) * per_cell
        at_bottom = density_m2_per_deg2(bottom, ellipsoid) * per_cell
        return cls(weight, at_bottom - at_top, 2.0 * (at_top + at_bottom) - 4.0 * at_middle)

    def rows(self, first: int, last: int) -> tuple[Floats, Floats, Floats]:
        """Weight, slope and bend of the rows from ``first`` up to ``last``."""
        return self.weight[first:last], self.slope[first:last], self.bend[first:last]
