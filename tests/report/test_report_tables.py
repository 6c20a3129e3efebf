"""GeoParquet, GeoPackage, provenance, and the table for a terminal."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest

from greencover.report.gis.layers import writable, write_layers
from greencover.report.parquet import write_parquet
from greencover.report.provenance import flat, write_provenance
from greencover.report.selection import rates, shown
from greencover.report.tables import as_text, display_width
from report_fixtures import EVIL, make_assessment


@pytest.fixture(scope="module")
def assessment():
    return make_assessment(evil=True)


def test_parquet_is_the_table_with_geometries(assessment, tmp_path):
    path = write_parquet(assessment, tmp_path / "assessment.parquet")
    back = gpd.read_parquet(path)

    assert back.crs.to_epsg() == 4326
    pd.testing.assert_frame_equal(
        pd.DataFrame(back.drop(columns="geometry")), assessment.table, check_dtype=False
    )
    assert not back.geometry.isna().any()
    kinds = back.groupby("level")["geometry"].agg(lambda g: set(g.geom_type.str[-7:]))
    assert kinds["township"] == {"Polygon"}
    assert kinds["road"] == {"eString"}


def test_parquet_county_covers_its_townships(assessment, tmp_path):
    back = gpd.read_parquet(write_parquet(assessment, tmp_path / "assessment.parquet"))
    county = back[back["level"] == "county"].geometry.iloc[0]
    towns = assessment.layers["townships"]

    assert county.area == pytest.approx(sum(g.area for g in towns.geometry), rel=1e-9)


def test_unit_without_a_layer_has_no_geometry(tmp_path):
    layers = {k: v for k, v in make_assessment().layers.items() if k != "roads"}
    assessment = replace(make_assessment(), layers=layers)
    back = gpd.read_parquet(write_parquet(assessment, tmp_path / "assessment.parquet"))

    assert back.geometry[back["level"] == "road"].isna().all()
    assert back.geometry[back["level"] == "township"].notna().all()


def test_geopackage_has_every_layer(assessment, tmp_path):
    path = write_layers(assessment, tmp_path / "gaps.gpkg")

    assert pyogrio.list_layers(path)[:, 0].tolist() == [
        "townships",
        "villages",
        "parks",
        "roads",
        "road_sides",
        "gaps",
        "layer_styles",
    ]
    gaps = pyogrio.read_dataframe(path, layer="gaps")
    assert gaps.crs.to_epsg() == 4326
    assert gaps["chainage"].tolist() == assessment.gaps["chainage"].tolist()
    assert gaps["length_m"].sum() == pytest.approx(assessment.gaps["length_m"].sum())
    towns = pyogrio.read_dataframe(path, layer="townships")
    assert towns["name"].tolist() == assessment.layers["townships"]["name"].tolist()
    assert set(EVIL) <= set(towns["name"])
    assert list(tmp_path.iterdir()) == [path]


def test_geopackage_without_roads_has_no_layer_of_gaps(tmp_path):
    alone = make_assessment(roads=False, villages=False, parks=False)
    path = write_layers(alone, tmp_path / "gaps.gpkg")

    assert pyogrio.list_layers(path)[:, 0].tolist() == ["townships", "layer_styles"]


def test_geopackage_with_roads_and_no_gap_has_an_empty_layer(tmp_path):
    assessment = make_assessment()
    assessment = replace(assessment, gaps=assessment.gaps.iloc[:0])
    path = write_layers(assessment, tmp_path / "gaps.gpkg")

    assert pyogrio.read_info(path, layer="gaps")["features"] == 0


def test_reserved_and_repeated_field_names_are_changed(tmp_path):
    assessment = make_assessment(roads=False, villages=False)
    towns = assessment.layers["townships"].assign(
        fid="x", Name="twice", kind=pd.Categorical(["a"] * 8), mixed=[1, "b", None, 2, 3, 4, 5, 6]
    )
    path = write_layers(replace(assessment, layers={"townships": towns}), tmp_path / "g.gpkg")
    back = pyogrio.read_dataframe(path, layer="townships")

    assert {"fid_", "name", "Name_", "kind", "mixed"} <= set(back.columns)
    assert back["mixed"].tolist()[:3] == ["1", "b", ""]
    assert writable(towns).geometry.name == "geometry"


def test_provenance_is_plain_json(assessment, tmp_path):
    odd = {
        "path": Path("a") / "b.tif",
        "limit": np.float64(5),
        "never": float("nan"),
        "codes": np.array([1, 2]),
        "day": date(2024, 5, 1),
        "名称": EVIL[0],
    }
    path = write_provenance(replace(assessment, provenance=odd), tmp_path / "provenance.json")
    text = path.read_text(encoding="utf-8")

    assert json.loads(text) == {
        "path": str(Path("a") / "b.tif"),
        "limit": 5.0,
        "never": None,
        "codes": [1, 2],
        "day": "2024-05-01",
        "名称": EVIL[0],
    }
    assert "名称" in text


def test_flat_names_every_leaf():
    nested = {"a": {"b": 1, "c": [1, 2]}, "d": [{"e": 3}, {"e": None}]}

    assert list(flat(nested)) == [("a.b", "1"), ("a.c", "1, 2"), ("d.1.e", "3"), ("d.2.e", "")]


@pytest.mark.parametrize("lang", ["zh", "en", "both"])
def test_text_table_aligns(lang):
    """The figures of an indicator end at one and the same column of the terminal."""
    table = make_assessment().table
    table = table[table["indicator"] == "tree_cover_rate"]
    lines = as_text(table, lang=lang).splitlines()
    figures = [line for line in lines if line and line[-1].isdigit()]

    assert len(figures) == 9
    assert len({display_width(line) for line in figures}) == 1


@pytest.mark.parametrize("lang", ["zh", "en", "both"])
@pytest.mark.parametrize("width", [60, 80, 100])
def test_text_table_keeps_to_its_width(lang, width):
    text = as_text(make_assessment(), lang=lang, width=width)

    assert max(map(display_width, text.splitlines())) <= width


def test_text_table_verdicts_align():
    """Met, not met and no data begin at the same column, whatever the figure before them."""
    table = make_assessment().table
    table = table[(table["indicator"] == "forest_coverage") & (table["level"] == "township")]
    lines = as_text(table, lang="zh").splitlines()
    starts = {
        display_width(line[: line.index(word)])
        for line in lines
        for word in ("未达标", "达标", "数据不足")
        if word in line and not (word == "达标" and "未达标" in line)
    }

    assert len(starts) == 1
    assert sum("达标" in line or "数据不足" in line for line in lines) == 8


def test_text_table_says_every_figure_and_target():
    assessment = make_assessment()
    text = as_text(assessment, lang="en")
    table = assessment.table[assessment.table["level"].isin(["township", "county"])]

    for value in table["value"].dropna():
        assert shown(value) in text
    assert ">= 60" in text
    assert "m2/person" in text


def test_text_table_has_nothing_that_steers_a_terminal():
    assessment = make_assessment()
    assessment.table.loc[0, "name"] = "evil\x1b[2Jname\n"

    assert "\x1b" not in as_text(assessment)


def test_a_figure_that_rounds_to_its_target_shows_why_it_fails():
    assert shown(79.96) == "80.0"
    assert shown(79.96, 80.0) == "79.96"
    assert shown(80.04, 80.0) == "80.04"
    assert shown(79.9999999999, 80.0) == "80.0"
    assert shown(2864.3) == "2,864"
    assert shown(float("nan"), 80.0) == ""


def test_own_target_of_a_unit_is_shown_beside_its_verdict():
    assessment = make_assessment()
    table = assessment.table
    county = (table["level"] == "county") & (table["indicator"] == "roadside_greening_rate")
    table.loc[county, ["target", "gap_pct", "verdict"]] = [100.0, 34.4, "not met"]

    assert "not met (>= 100)" in as_text(assessment, lang="en")


def test_strictest_of_several_targets_is_shown():
    """A unit that meets the national target and misses the county's own does not look fine."""
    table = make_assessment().table
    town = table[(table["unit"] == "350701") & (table["indicator"] == "forest_coverage")]
    harder = town.assign(target=90.0, gap_pct=17.7, verdict="not met")
    both = pd.concat([town, harder], ignore_index=True)

    assert rates(both, "forest_coverage", "township")["verdict"].tolist() == ["not met"]
    assert rates(both, "forest_coverage", "township")["target"].tolist() == [90.0]


def test_display_width_counts_chinese_twice():
    assert display_width("青岚镇 Qinglan") == 14
    assert display_width("e\u0301") == 1
