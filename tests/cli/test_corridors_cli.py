"""Roadsides and banks without a campaign: one command from files to workbook, page, map, GPX."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest

import greencover as gc
from greencover.cli import main
from greencover.cli.corridor_folder import files_of
from scenes import EQUAL_AREA, TRANSFORM, box, layer, line

GRASS, TREE = 30, 10


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    """A road of a kilometre, with trees along its western half; two townships."""
    import numpy as np
    import rasterio

    folder = tmp_path_factory.mktemp("roads")
    codes = np.full((20, 100), GRASS, "uint8")
    codes[:, :50] = TREE
    with rasterio.open(
        folder / "cover.tif", "w", "GTiff", 100, 20, 1, EQUAL_AREA, TRANSFORM, "uint8"
    ) as file:
        file.write(codes, 1)
    road = line((0, 10), (100, 10))
    roads = layer(road, line((0, 15), (100, 15)), name=["S1", "path"], highway=["primary", "track"])
    roads.to_file(folder / "roads.gpkg")
    layer(box(0, 0, 50, 20), box(50, 0, 100, 20), code=["W", "E"]).to_file(folder / "units.gpkg")
    return folder


def run(*arguments):
    return main([str(one) for one in arguments])


def test_openstreetmap_roads_become_workbook_page_map_and_waypoints(scene, tmp_path, capsys):
    given = [scene / "roads.gpkg", scene / "cover.tif", "--legend=worldcover", "--grades=osm"]

    code = run("roadside", *given, "--units", scene / "units.gpkg", "--out", tmp_path / "o")

    streams = capsys.readouterr()
    assert code == 0, streams.err
    assert all((tmp_path / "o" / file).stat().st_size for file in files_of("roadside"))
    book = pd.read_excel(tmp_path / "o" / "roadside.xlsx", sheet_name=None)
    assert book["rates"][["road", "grade"]].values.tolist() == [["S1", "provincial"]]
    # Both sides are lined with trees along one half.
    assert book["all"]["greening_pct"].item() == pytest.approx(50.0, abs=1.0)
    assert dict(book["by unit"][["unit", "greening_pct"]].values) == pytest.approx(
        {"W": 100.0, "E": 0.0},
        abs=1.5,
    )
    assert len(book["planting"]) == 2
    assert {"sides", "gaps", "planting"} <= set(pyogrio.list_layers(tmp_path / "o/gaps.gpkg")[:, 0])
    with closing(sqlite3.connect(tmp_path / "o" / "gaps.gpkg")) as layers:
        styles = dict(layers.execute("SELECT f_table_name, styleQML FROM layer_styles"))
    assert {"sides", "gaps", "planting"} <= set(styles)
    assert 'attr="status"' in styles["sides"]
    assert len(gpd.read_file(tmp_path / "o" / "gaps.gpx", layer="tracks")) == 2
    assert "of 2.01 km of sides greened" in streams.out
    lines = gc.read_layer(scene / "roads.gpkg")
    cover = gc.LandCover.open(scene / "cover.tif", legend="worldcover")
    alone = gc.roadside_greening(lines, cover, grade="highway", grades="osm")
    assert book["all"]["greening_pct"].item() == pytest.approx(
        alone.rates_by()["greening_pct"].item(), rel=1e-12
    )


def test_the_page_speaks_the_language_asked_for(scene, tmp_path, capsys):
    given = [scene / "roads.gpkg", scene / "cover.tif", "--legend=worldcover", "--grades=osm"]

    assert run("roadside", *given, "--lang=zh", "--out", tmp_path / "o") == 0, capsys.readouterr()

    page = (tmp_path / "o" / "report.html").read_text("utf-8")
    words = ("绿化率（%）", "按等级", "省道", "左侧")
    assert all(json.dumps(word)[1:-1] in page for word in words)
    assert "greening_pct" not in page


def test_own_words_for_grades_are_said_on_the_line(scene, tmp_path, capsys):
    given = [scene / "roads.gpkg", scene / "cover.tif", "--legend=worldcover", "--grade=highway"]

    words = "--grades=primary=county, track=none"
    assert run("roadside", *given, words, "--out", tmp_path / "o") == 0, capsys.readouterr()

    rates = pd.read_excel(tmp_path / "o" / "roadside.xlsx", sheet_name="rates")
    assert rates["grade"].tolist() == ["county"]


def test_a_column_that_is_not_told_is_asked_for_by_its_option(scene, tmp_path, capsys):
    roads = gpd.read_file(scene / "roads.gpkg").rename(columns={"name": "called"})
    roads.to_file(tmp_path / "roads.gpkg")
    given = [tmp_path / "roads.gpkg", scene / "cover.tif", "--legend=worldcover", "--grades=osm"]

    assert run("roadside", *given, "--out", tmp_path / "o") == 2
    said = capsys.readouterr().err
    assert "--name" in said
    assert "called" in said

    assert run("roadside", *given, "--name=called", "--out", tmp_path / "o") == 0


def test_results_replace_no_input(scene, tmp_path, capsys):
    out = tmp_path / "o"
    out.mkdir()
    gpd.read_file(scene / "roads.gpkg").to_file(out / "gaps.gpkg")
    given = [out / "gaps.gpkg", scene / "cover.tif", "--legend=worldcover", "--grades=osm"]

    assert run("roadside", *given, "--out", out) == 2

    assert "gaps.gpkg would replace" in capsys.readouterr().err


def test_banks_of_a_canal(scene, tmp_path, capsys):
    given = [scene / "roads.gpkg", scene / "cover.tif", "--legend=worldcover", "--width=4"]

    code = run("waterside", *given, "--where", "name = 'S1'", "--out", tmp_path / "o")

    assert code == 0, capsys.readouterr().err
    assert all((tmp_path / "o" / file).stat().st_size for file in files_of("waterside"))
    rates = pd.read_excel(tmp_path / "o" / "waterside.xlsx", sheet_name="rates")
    assert rates["greening_pct"].item() == pytest.approx(50.0, abs=1.0)
