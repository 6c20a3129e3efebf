"""Canopy as land cover: heights and NDVI read by a threshold, shares of ground under trees."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from greencover.cover import COVER_TYPES, Legend, LegendClass
from greencover.ground.errors import RasterError
from greencover.rasters import Cells, is_blank

if TYPE_CHECKING:
    import pyproj
    from affine import Affine

TREE, OTHER = 1, 0
#: Legend of what NDVI shows: lawns, crops and trees alike.
ANY_GREEN = "any-green"
#: Models of canopy height lie a few metres below the ground where the terrain model errs.
LOWEST_M = -20.0
#: The tallest tree known stands at 116 m.
HIGHEST_M = 120.0


def height_legend(min_height_m: float) -> Legend:
    """Legend of the two classes that a threshold of height tells apart."""
    return _two_classes(
        "canopy-height",
        f"Canopy of {min_height_m:g} m and higher",
        f"高度{min_height_m:g}米及以上的冠层",
    )


def share_legend(unobserved: Iterable[int] = ()) -> Legend:
    """Legend of ground under trees and other ground, of which every cell holds shares."""
    return _two_classes("canopy-share", "Share of tree cover", "树冠覆盖比例", unobserved)


def ndvi_legend(min_ndvi: float) -> Legend:
    """Legend of green of any kind, which is no tree by itself, and other ground."""
    return _two_classes(
        ANY_GREEN,
        f"Any green by NDVI of {min_ndvi:g} and higher",
        f"NDVI为{min_ndvi:g}及以上的各类绿色植被",
        green=LegendClass(TREE, "grass", "Any green", "各类绿色植被", COVER_TYPES["grass"].colour),
    )


def _two_classes(
    key: str,
    title: str,
    title_zh: str,
    unobserved: Iterable[int] = (),
    *,
    green: LegendClass | None = None,
) -> Legend:
    tree, other = (
        LegendClass(code, name, (of := COVER_TYPES[name]).name, of.name_zh, of.colour)
        for code, name in ((TREE, "tree"), (OTHER, "other"))
    )
    classes = (green or tree, other)
    return Legend(
        key=key,
        title=title,
        title_zh=title_zh,
        classes=classes,
        unobserved=dict.fromkeys(unobserved, "not observed"),
    )


@dataclass(frozen=True, kw_only=True)
class ThresholdCells(Cells):
    """Cells of values as codes: ``TREE`` where a value reaches a threshold, else ``OTHER``.

    Attributes
    ----------
    values
        The raster of values.
    blanks
        Its values that mean "not observed".
    threshold
        The least value of a tree.
    within
        Least and greatest value that can be; any other is refused, since it would be a fill value
        or another unit, taken for trees or for ground without them.
    refusal
        Code of the sentence for such a value.
    """

    values: Cells = field(repr=False)
    blanks: frozenset[float]
    threshold: float
    within: tuple[float, float]
    refusal: str

    @classmethod
    def over(
        cls,
        values: Cells,
        *,
        blanks: frozenset[float],
        threshold: float,
        within: tuple[float, float],
        refusal: str,
    ) -> ThresholdCells:
        """Lay a threshold over a raster of values."""
        same = {one.name: getattr(values, one.name) for one in fields(Cells)}
        # What is blank is told by the mask. A compression that moves a value by its stated error
        # mixes no codes, and colours are those of values.
        same |= {"dtype": "uint8", "nodata": None, "nodata_beside": False}
        same |= {"lossy": "", "colours": ()}
        return cls(
            **same,
            values=values,
            blanks=blanks,
            threshold=threshold,
            within=within,
            refusal=refusal,
        )

    @contextmanager
    def reading(self) -> Iterator[Any]:
        """Open the raster of values."""
        with self.values.reading() as handle:
            yield handle

    def read(
        self, handle: Any, row: int, column: int, rows: int, columns: int
    ) -> tuple[npt.NDArray[Any], npt.NDArray[np.bool_]]:
        """Read a window as codes, and which of them are observed."""
        return self._codes(*self.values.read(handle, row, column, rows, columns))

    def picture(
        self, handle: Any, crs: pyproj.CRS, transform: Affine, shape: tuple[int, int]
    ) -> tuple[npt.NDArray[Any], npt.NDArray[np.bool_]]:
        """Nearest cells on another grid as codes, and which of them are observed."""
        return self._codes(*self.values.picture(handle, crs, transform, shape))

    def files(self) -> tuple[str, ...]:
        """Files of the values."""
        return self.values.files()

    def trace(self) -> tuple[Any, ...]:
        """What tells a change of the values."""
        return self.values.trace()

    def _codes(
        self, cells: npt.NDArray[Any], observed: npt.NDArray[np.bool_] | None
    ) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.bool_]]:
        seen = ~is_blank(cells, self.blanks)
        if observed is not None:
            seen &= observed
        check_within(self, cells[seen], self.within, self.refusal)
        # In the cells' own precision: 2.1 stored in 32 bits lies below 2.1.
        least = cells.dtype.type(self.threshold) if cells.dtype.kind == "f" else self.threshold
        return np.where(seen & (cells >= least), TREE, OTHER).astype(np.uint8), seen


def check_within(
    source: Cells, values: npt.NDArray[Any], within: tuple[float, float], refusal: str
) -> None:
    """Refuse a raster one of whose observed values cannot be what it is taken for."""
    if not values.size:
        return
    least, most = float(values.min()), float(values.max())
    if np.isinf([least, most]).any():
        raise RasterError("rasters.infinite_cells", path=source.path)
    if least < within[0] or most > within[1]:
        value = least if least < within[0] else most
        raise RasterError(refusal, path=source.path, value=value, low=within[0], high=within[1])
