"""The GeoPackage opens styled: its styles are read back and drawn, its aliases are there."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from xml.etree import ElementTree as ET

import numpy as np
import pyogrio
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from greencover.report import palette
from greencover.report.classes import class_of, indicator_limits
from greencover.report.gis.layers import write_layers
from greencover.report.maps.geometry import add_lines, add_polygons, line_parts
from report_fixtures import EVIL, make_assessment


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


def paint(path, name: str, style: ET.Element, colour_key: str) -> tuple[list[str], np.ndarray]:
    """Draw a layer as its style says; colour of each feature, and pixels at their middles."""
    frame = pyogrio.read_dataframe(path, layer=name).to_crs(32650)
    renderer = style.find("renderer-v2")
    field = renderer.get("attr")
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
        if renderer.get("type") == "graduatedSymbol":
            value = getattr(row, field)
            number = next(
                r.get("symbol")
                for r in renderer.findall("ranges/range")
                if float(r.get("lower")) <= value <= float(r.get("upper"))
            )
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
    frame = pyogrio.read_dataframe(path, layer="townships", read_geometry=False)
    limits = indicator_limits(make_assessment().table, "forest_coverage")
    colours = palette.steps(palette.COVERAGE, len(limits) - 1)
    expected = [colours[class_of(v, limits)] for v in frame["forest_pct"]]
    # A value on a limit is in both ranges; QGIS takes the lower one.
    on_limit = frame["forest_pct"].isin(limits).to_numpy()
    drawn, pixels = paint(path, "townships", styles["townships"][2], "color")

    assert [d for d, o in zip(drawn, on_limit, strict=True) if not o] == [
        e for e, o in zip(expected, on_limit, strict=True) if not o
    ]
    shown = ["#" + "".join(f"{v:02x}" for v in pixel) for pixel in pixels]
    assert shown == drawn
    assert len(set(drawn)) > 3


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
