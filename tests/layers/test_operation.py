"""Layers moved by the operation that their owner names; right places by the textbook formulas."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely

from greencover.ground.errors import CrsError
from greencover.ground.notes import collected
from greencover.layers import read_layer
from greencover.layers.operation import moved_by, operation_error_m

PLACE = (112.0, 31.0)
KRASSOWSKY, WGS84 = (6378245.0, 298.3), (6378137.0, 298.257223563)
SECOND = np.radians(1.0 / 3600.0)


def to_geocentric(lon: float, lat: float, a: float, rf: float) -> np.ndarray:
    lon, lat, e2 = np.radians(lon), np.radians(lat), (2.0 - 1.0 / rf) / rf
    n = a / np.sqrt(1.0 - e2 * np.sin(lat) ** 2)
    return n * np.array(
        [np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), (1.0 - e2) * np.sin(lat)]
    )


def to_degrees(xyz: np.ndarray, a: float, rf: float) -> tuple[float, float]:
    e2, p = (2.0 - 1.0 / rf) / rf, np.hypot(xyz[0], xyz[1])
    lat = np.arctan2(xyz[2], p * (1.0 - e2))
    for _ in range(20):
        n = a / np.sqrt(1.0 - e2 * np.sin(lat) ** 2)
        lat = np.arctan2(xyz[2] + e2 * n * np.sin(lat), p)
    return float(np.degrees(np.arctan2(xyz[1], xyz[0]))), float(np.degrees(lat))


def bursa_wolf(place: tuple[float, float], parameters: tuple[float, ...]) -> tuple[float, float]:
    """The seven-parameter formula, rotations as of the position vector."""
    x = to_geocentric(*place, *KRASSOWSKY)
    rx, ry, rz = (one * SECOND for one in parameters[3:6])
    turn = np.array([[1.0, -rz, ry], [rz, 1.0, -rx], [-ry, rx, 1.0]])
    moved = np.array(parameters[:3]) + (1.0 + parameters[6] * 1e-6) * turn @ x
    return to_degrees(moved, *WGS84)


def layer(crs: int = 4214) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"code": ["A"]}, geometry=[shapely.Point(PLACE)], crs=crs)


SEVEN = (15.8, -154.4, -82.3, 0.8, -1.2, 2.5, 4.0)
THREE = (15.8, -154.4, -82.3, 0.0, 0.0, 0.0, 0.0)
PROJ_STEP = (
    "+proj=helmert +x=15.8 +y=-154.4 +z=-82.3 +rx=0.8 +ry=-1.2 +rz=2.5 +s=4"
    " +convention=position_vector"
)


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("EPSG:15921", THREE),
        ("15.8, -154.4, -82.3", THREE),
        (", ".join(map(str, SEVEN)), SEVEN),
        ("15.8 -154.4 -82.3 0.8 -1.2 2.5 4", SEVEN),
        (PROJ_STEP, SEVEN),
    ],
)
def test_places_are_those_of_the_formula(operation: str, parameters: tuple[float, ...]) -> None:
    with collected() as notes:
        moved = moved_by(layer(), operation, "layer")
    assert moved.crs == 4326
    lon, lat = bursa_wolf(PLACE, parameters)
    # A millimetre is 1e-8 degrees.
    assert (moved.geometry[0].x, moved.geometry[0].y) == pytest.approx((lon, lat), abs=1e-8)
    assert [note.code for note in notes] == ["layers.operation_applied"]


def test_a_projected_layer_is_moved_from_its_own_datum() -> None:
    with collected():
        moved = moved_by(layer().to_crs(2434), "EPSG:15921", "layer")
    lon, lat = bursa_wolf(PLACE, THREE)
    assert (moved.geometry[0].x, moved.geometry[0].y) == pytest.approx((lon, lat), abs=1e-8)


@pytest.mark.parametrize("operation", ["EPSG:4326", "EPSG:999999", "1, 2", "north", "+proj=wrong"])
def test_what_is_no_operation_is_refused(operation: str) -> None:
    with pytest.raises(CrsError) as refused:
        moved_by(layer(), operation, "layer")
    assert refused.value.code == "layers.no_such_operation"


def test_an_operation_from_another_datum_is_refused() -> None:
    with pytest.raises(CrsError, match="starts from CH1903"):
        moved_by(layer(), "EPSG:1676", "layer")


def test_the_reader_takes_it(tmp_path) -> None:
    layer().to_file(tmp_path / "a.gpkg")
    with collected() as notes:
        frame = read_layer(tmp_path / "a.gpkg", operation="EPSG:15921")
    assert frame.geometry[0].x == pytest.approx(bursa_wolf(PLACE, THREE)[0], abs=1e-8)
    assert [note.code for note in notes] == ["layers.operation_applied"]
    assert (operation_error_m("EPSG:15921"), operation_error_m("1, 2, 3")) == (1.0, 0.0)
