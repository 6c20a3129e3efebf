"""Sums, change and comparison on the command line give the figures of the library."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from greencover.cli import main
from scenes import CELL_HA, EQUAL_AREA, TRANSFORM, box, layer
from small_county import GRASS, TREE, SmallCounty


def raster(path, cells):
    import rasterio

    shape = cells.shape
    with rasterio.open(
        path, "w", "GTiff", shape[1], shape[0], 1, EQUAL_AREA, TRANSFORM, cells.dtype
    ) as file:
        file.write(cells, 1)
    return path


@pytest.fixture
def zones(tmp_path):
    path = tmp_path / "zones.gpkg"
    layer(box(0, 0, 2, 4), box(2, 0, 4, 4), code=["W", "E"], sum=[1, 2]).to_file(path)
    return path


def run(*arguments):
    return main([str(one) for one in arguments])


def test_sums_of_residents(tmp_path, zones):
    people = raster(tmp_path / "people.tif", np.repeat([[1.0, 1.0, 3.0, 3.0]], 4, axis=0))

    assert run("sums", zones, people, "--kind=count", "--out", tmp_path / "o.csv") == 0

    table = pd.read_csv(tmp_path / "o.csv")
    assert table["sum"].tolist() == pytest.approx([8.0, 24.0])
    assert table["code"].tolist() == ["W", "E"]
    assert table["sum_zones"].tolist() == [1, 2]


def test_change_of_forest(tmp_path, zones, capsys):
    first = np.full((4, 4), GRASS, "uint8")
    second = first.copy()
    second[:, 0] = TREE
    covers = [raster(tmp_path / f"{n}.tif", one) for n, one in enumerate((first, second))]
    given = [*covers, "--zones", zones, "--legend=worldcover", "--out", tmp_path / "o.gpkg"]

    assert run("change", *given) == 0

    import geopandas as gpd

    table = gpd.read_file(tmp_path / "o.gpkg")
    assert table["gain_ha"].tolist() == pytest.approx([4 * CELL_HA, 0.0], rel=1e-3)
    assert table["loss_ha"].tolist() == [0.0, 0.0]
    assert "note:" in capsys.readouterr().err


def test_two_years_of_a_county(tmp_path, capsys):
    later = SmallCounty().write(tmp_path / "2023")
    earlier = SmallCounty()
    earlier.text = earlier.text.replace("year = 2023", "year = 2020")
    earlier.codes[:, :10] = GRASS
    before = earlier.write(tmp_path / "2020")
    results = tmp_path / "results"
    results.mkdir()
    named = {"inputs": {"campaign": [{"path": str(before)}]}}
    (results / "provenance.json").write_text(json.dumps(named), encoding="utf-8")

    assert run("compare", results, later, "--out", tmp_path / "o.csv") == 0, capsys.readouterr()

    table = pd.read_csv(tmp_path / "o.csv")
    forest = table.query("indicator == 'forest_coverage' and level == 'township'")
    # Half of the west was grass.
    assert dict(zip(forest["unit"], forest["change"], strict=True)) == pytest.approx(
        {"T1": 50.0, "T2": 0.0}, abs=1e-6
    )


def test_a_folder_without_a_campaign_is_refused(tmp_path, capsys):
    campaign = SmallCounty().write(tmp_path / "in")

    assert run("compare", tmp_path, campaign, "--out", tmp_path / "o.csv") == 2

    assert "names no campaign" in capsys.readouterr().err
