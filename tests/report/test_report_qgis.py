"""The GeoPackage opens styled: its styles are read back and drawn, its aliases are there."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from xml.etree import ElementTree as ET

import numpy as np
import pyogrio
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from pyproj import CRS

from greencover.report import palette
from greencover.report.gis.layers import write_layers
from greencover.report.maps.choropleth import classed
from greencover.report.maps.geometry import add_lines, add_polygons, line_parts
from greencover.report.selection import rates
from greencover.report.style import PLAIN
from report_fixtures import EVIL, METRIC, make_assessment


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    folder = tmp_path_factory.mktemp("qgis")
    return write_layers(make_assessment(evil=True), folder / "gaps.gpkg")


@pytest.fixture(scope="module")
def styles(path):
    with closing(sqlite3.connect(path)) as database:
        rows = database.execute(
            "SELECT f_table_name, f_geometry_column, useAsDefault, styleQML FROM layer_styles"
        ).fetchall()
    return {
        name: (geometry, default, ET.fromstring(qml.split("\n", 1)[1]))
        for name, geometry, default, qml in rows
    }


def symbols(style: ET.Element) -> dict[str, dict[str, str]]:
    return {
        symbol.get("name"): {
            option.get("name"): option.get("value")
            for option in symbol.find("layer/Option").findall("Option")
        }
        for symbol in style.findall("renderer-v2/symbols/symbol")
    }


def by_rule(path, layer: str, style: ET.Element) -> dict[str, list[str]]:
    """Symbols of the rules that each unit fulfils: filters of ours are SQL as well."""
    found: dict[str, list[str]] = {}
    with closing(sqlite3.connect(path)) as database:
        for rule in style.findall("renderer-v2/rules/rule"):
            rows = database.execute(f"SELECT code FROM {layer} WHERE {rule.get('filter')}")
            for (code,) in rows:
                found.setdefault(code, []).append(rule.get("symbol"))
    return found


def paint(path, name: str, style: ET.Element, colour_key: str) -> tuple[list[str], np.ndarray]:
    """Draw a layer as its style says; colour of each feature, and pixels at their middles."""
    frame = pyogrio.read_dataframe(path, layer=name).to_crs(32650)
    renderer = style.find("renderer-v2")
    field = renderer.get("attr")
    ruled = by_rule(path, name, style)
    looks = symbols(style)
    drawn = []
    figure = Figure(figsize=(8, 8), dpi=100)
    canvas = FigureCanvasAgg(figure)
    ax = figure.add_axes((0, 0, 1, 1))
    west, south, east, north = frame.total_bounds
    ax.set(xlim=(west, east), ylim=(south, north))
    ax.axis("off")
    for row in frame.itertuples():
        number = "0"
        if renderer.get("type") == "RuleRenderer":
            (number,) = ruled[row.code]
        elif renderer.get("type") == "categorizedSymbol":
            number = next(
                c.get("symbol")
                for c in renderer.findall("categories/category")
                if c.get("value") == getattr(row, field)
            )
        channels = [int(v) for v in looks[number][colour_key].split(",")[:3]]
        colour = "#" + "".join(f"{v:02x}" for v in channels)
        drawn.append(colour)
        if colour_key == "color":
            add_polygons(ax, [row.geometry], facecolor=colour, edgecolor="none")
        else:
            add_lines(ax, line_parts([row.geometry]), colors=colour, linewidths=3)
    canvas.draw()
    pixels = np.asarray(canvas.buffer_rgba())[..., :3]
    middles = frame.representative_point()
    columns = ((middles.x - west) / (east - west) * 799).round().astype(int)
    rows = ((north - middles.y) / (north - south) * 799).round().astype(int)
    return drawn, pixels[rows, columns]


def test_every_layer_has_a_default_style(path, styles):
    layers = pyogrio.list_layers(path)[:, 0].tolist()

    assert list(styles) == [name for name in layers if name != "layer_styles"]
    assert {default for _, default, _ in styles.values()} == {1}
    for name, (geometry, _, _) in styles.items():
        assert pyogrio.read_info(path, layer=name)["geometry_name"] == geometry


def test_styles_ask_for_fields_that_exist(path, styles):
    for name, (_, _, style) in styles.items():
        fields = set(pyogrio.read_info(path, layer=name)["fields"])
        asked = {style.find("renderer-v2").get("attr")} - {None}
        asked |= {t.get("fieldName") for t in style.iter("text-style")}
        asked |= {a.get("field") for a in style.iter("alias")}

        assert asked <= fields, name
        ids = {s.get("name") for s in style.findall("renderer-v2/symbols/symbol")}
        used = {e.get("symbol") for e in style.find("renderer-v2").iter() if e.get("symbol")}
        assert used <= ids


def test_townships_are_drawn_in_the_classes_of_the_map(path, styles):
    assessment = make_assessment(evil=True)
    data = classed(assessment, METRIC, indicator="forest_coverage", level="township", style=PLAIN)
    symbols_of = by_rule(path, "townships", styles["townships"][2])
    drawn, pixels = paint(path, "townships", styles["townships"][2], "color")

    # One township stands on a limit, one is blind.
    assert set(data.values) & set(data.limits)
    assert data.blind.sum() == 1
    assert {len(found) for found in symbols_of.values()} == {1}
    for code, kind, colour in zip(data.units["code"], data.kind, drawn, strict=True):
        classes = len(data.colours)
        assert symbols_of[code] == [str(classes if kind < 0 else kind)]
        assert kind < 0 or colour == data.colours[kind]
    shown = ["#" + "".join(f"{v:02x}" for v in pixel) for pixel in pixels]
    assert shown == drawn
    assert len(set(drawn)) > 3


def test_no_data_is_a_hatch_and_no_class(styles):
    for name in ("townships", "villages"):
        renderer = styles[name][2].find("renderer-v2")
        last = renderer.findall("rules/rule")[-1]
        brushes = {number: look["style"] for number, look in symbols(styles[name][2]).items()}

        assert last.get("label") == "数据不足 no data"
        assert brushes.pop(last.get("symbol")) == "b_diagonal"
        assert set(brushes.values()) == {"solid"}


def test_targets_gaps_and_verdicts_stand_behind_their_figures(path):
    rows = rates(make_assessment(evil=True).table, "forest_coverage", "township")
    towns = pyogrio.read_dataframe(path, layer="townships", read_geometry=False)
    own = towns.set_index("code").reindex(rows.index)

    places = towns.columns.get_indexer(
        ["forest_pct", "forest_pct_target", "forest_pct_gap", "forest_pct_verdict"]
    )
    assert (np.diff(places) == 1).all()
    assert own["forest_pct_verdict"].tolist() == rows["verdict"].tolist()
    assert own["forest_pct_target"].tolist() == rows["target"].tolist()
    np.testing.assert_array_equal(own["forest_pct_gap"], rows["gap_pct"])
    said = dict(zip(own["forest_pct_verdict"], own["forest_pct_verdict_zh"], strict=True))
    assert said == {"met": "达标", "not met": "未达标", "no data": "数据不足"}


def test_keys_of_road_sides_are_said_in_chinese(path):
    sides = pyogrio.read_dataframe(path, layer="road_sides", read_geometry=False)

    pairs = sides.drop_duplicates("side").set_index("side")["side_zh"].to_dict()
    assert pairs == {"left": "左侧", "right": "右侧"}
    assert set(sides.loc[sides["status"] == "gap", "status_zh"]) == {"缺口"}
    assert set(sides.loc[sides["reason"] == "", "reason_zh"]) == {""}


def test_layers_stand_in_the_system_of_the_campaign(tmp_path):
    given = make_assessment(roads=False, parks=False)
    own = replace(given, crs=CRS.from_epsg(4526))
    path = write_layers(own, tmp_path / "own.gpkg")
    towns = pyogrio.read_dataframe(path, layer="townships")

    assert towns.crs.to_epsg() == 4526
    expected = given.layers["townships"].to_crs(4526)
    shapes = towns.geometry.explode(index_parts=False).reset_index(drop=True)
    assert shapes.geom_equals_exact(expected.geometry.reset_index(drop=True), 1e-6).all()


def test_road_sides_are_drawn_by_status(path, styles):
    frame = pyogrio.read_dataframe(path, layer="road_sides", read_geometry=False)
    drawn, _ = paint(path, "road_sides", styles["road_sides"][2], "line_color")

    assert drawn == [palette.STATUS_COLOUR[status] for status in frame["status"]]


def test_fields_have_chinese_aliases(path, styles):
    aliases = {a.get("field"): a.get("name") for a in styles["townships"][2].iter("alias")}
    with closing(sqlite3.connect(path)) as database:
        kept = dict(
            database.execute(
                "SELECT column_name, name FROM gpkg_data_columns WHERE table_name = 'townships'"
            ).fetchall()
        )
        (schema,) = database.execute(
            "SELECT count(*) FROM gpkg_extensions WHERE extension_name = 'gpkg_schema'"
        ).fetchone()

    assert aliases["forest_pct"] == "森林覆盖率 (%) Forest coverage (%)"
    assert kept == aliases
    assert schema == 2


def test_names_that_bite_stay_data(path):
    towns = pyogrio.read_dataframe(path, layer="townships", read_geometry=False)
    parks = pyogrio.read_dataframe(path, layer="parks", read_geometry=False)

    assert set(EVIL) <= set(towns["name"])
    assert set(EVIL[:2]) <= set(parks["name"])


def test_labels_of_gaps_stand_on_zooming_in(styles):
    rendering = styles["gaps"][2].find("labeling/settings/rendering")

    # QGIS reads scaleMax as minimumScale: the farthest view that has labels.
    assert rendering.get("scaleVisibility") == "1"
    assert float(rendering.get("scaleMax")) == 25_000
    assert float(rendering.get("scaleMin")) == 0
