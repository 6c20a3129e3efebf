"""The same figures to the last bit, whatever machine they are computed on."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import greencover as gc
from strategies import CODES, blobs, cover_of, write_raster, zones_of


@pytest.fixture(scope="module")
def raster(tmp_path_factory: pytest.TempPathFactory) -> Path:
    cells = np.random.default_rng(9).choice(np.array(CODES, dtype=np.uint8), (200, 150))
    return write_raster(tmp_path_factory.mktemp("identity") / "cover.tif", cells)


def tables(raster: Path, threads: int | None) -> list[pd.DataFrame]:
    cover = cover_of(raster)
    # Few zones of many corners, and many of few: wherever a table of edges is cut, one is hit.
    zones = zones_of(*blobs(4, 5, cover.bounds, size=900.0), *blobs(5, 60, cover.bounds, size=90.0))
    elsewhere = zones.to_crs("EPSG:3857")
    layers = {"here": zones, "elsewhere": elsewhere, "lonlat": zones.to_crs("EPSG:4326")}
    patches = cover.with_minimum_patch(["bare"], mu=3, counts_as="grass")
    options = {"threads": threads, "tile_cells": 900}
    found = [
        *gc.class_areas(layers, cover, **options).values(),
        gc.class_areas(zones, patches, **options),
        gc.class_areas(zones, cover, area="grid", **options),
        gc.zonal_sums(elsewhere, raster, kind="density", **options),
    ]
    return [*found, gc.ground_area_ha(elsewhere).to_frame()]


@pytest.fixture(scope="module")
def expected(raster: Path) -> list[pd.DataFrame]:
    return tables(raster, None)


@pytest.mark.parametrize("cores", [1, 2, 64])
@pytest.mark.parametrize("threads", [None, 1, 2, 3, 7])
def test_threads_and_cores_leave_every_bit(
    raster: Path,
    expected: list[pd.DataFrame],
    threads: int | None,
    cores: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(cores)), raising=False)
    for one, other in zip(tables(raster, threads), expected, strict=True):
        pd.testing.assert_frame_equal(one, other, check_exact=True)
