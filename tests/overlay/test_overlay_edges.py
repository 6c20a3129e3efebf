"""Zones given as edges: the same ground as their polygons."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pyproj
import pytest
import shapely
from affine import Affine

import greencover as gc
from greencover.ground.errors import NoOverlapError
from greencover.overlay import EdgeTable, areas_of_edges
from strategies import CELL, CODES, NORTH, WEST, cover_of, write_raster


@dataclass(frozen=True)
class Squares:
    """Squares of one size by their south-west corners, in metres of a plane."""

    corner: npt.NDArray[np.float64]
    side: float
    crs: pyproj.CRS

    def __len__(self) -> int:
        return len(self.corner)

    def edges_in(self, target: pyproj.CRS, cell: float | None = None) -> EdgeTable:  # noqa: ARG002
        into = pyproj.Transformer.from_crs(self.crs, target, always_xy=True)
        ring = np.array([(0, 0), (1, 0), (1, 1), (0, 1), (0, 0)]) * self.side
        x, y = into.transform(*(self.corner[:, None] + ring).reshape(-1, 2).T)
        x, y = x.reshape(-1, 5), y.reshape(-1, 5)
        ends = (x[:, :-1], y[:, :-1], x[:, 1:], y[:, 1:])
        number = np.repeat(np.arange(len(self)), 4)
        return EdgeTable(*(end.ravel() for end in ends), number, len(self))

    @property
    def geometries(self) -> npt.NDArray[Any]:
        low = self.corner
        return np.asarray(shapely.box(*low.T, *(low + self.side).T), dtype=object)


@pytest.fixture
def paths(tmp_path: Path) -> list[Path]:
    """Two rasters that overlap by ten columns."""
    cells = np.random.default_rng(6).choice(np.array(CODES, dtype=np.uint8), (30, 40))
    shifted = Affine(CELL, 0.0, WEST + 30 * CELL, 0.0, -CELL, NORTH)
    return [
        write_raster(tmp_path / "one.tif", cells),
        write_raster(tmp_path / "two.tif", cells[::-1], transform=shifted),
    ]


def squares(count: int = 50) -> Squares:
    corner = np.random.default_rng(8).uniform((0.0, 0.0), (64 * CELL, 24 * CELL), (count, 2))
    return Squares(corner + np.array([WEST, NORTH - 30 * CELL]), 47.0, pyproj.CRS("EPSG:32650"))


@pytest.mark.parametrize("tiles", [1, 2])
def test_edges_give_the_areas_of_their_polygons(paths: list[Path], tiles: int) -> None:
    cover = cover_of(paths[:tiles])
    zones = squares()

    found = areas_of_edges(zones, cover)

    expected = gc.class_areas(gpd.GeoSeries(zones.geometries, crs=zones.crs), cover)
    np.testing.assert_allclose(found, expected, atol=1e-12)
    assert found[:, :-1].sum() > 5 * zones.side**2 / 1e4


def test_edges_off_the_raster_are_told_from_their_polygons(paths: list[Path]) -> None:
    far = squares()
    far.corner[:] += 1e5
    with pytest.raises(NoOverlapError, match="share no ground: the zones span 600"):
        areas_of_edges(far, cover_of(paths))
