"""Maps in grey print, what their legends hold, and that nothing lies over what they are of.

Looked up in what is drawn rather than in pixels: no font and no release of a library matters.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from itertools import combinations
from xml.etree import ElementTree as ET

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from greencover.report import palette
from greencover.report.gis.layers import write_layers
from greencover.report.labels import Named
from greencover.report.maps import cartography
from greencover.report.maps.badges import label_roads
from greencover.report.maps.choropleth import draw_choropleth
from greencover.report.maps.labels import LabelPlacer
from greencover.report.maps.multiples import MOST, draw_indicators
from greencover.report.maps.registry import maps
from greencover.report.maps.room import frame_subject
from greencover.report.maps.sheet import label_units, told_apart
from greencover.report.maps.strokes import BORDER, ROAD, STATUS_STROKE, VILLAGE_BORDER
from greencover.report.maps.township import draw_township
from greencover.report.page.languages import Languages
from greencover.report.page.map import MapBuilder
from greencover.report.style import MapStyle
from report_fixtures import FROM_LAND_COVER, make_assessment

# Two greys of 255 that lie closer are one grey on paper.
APART = 30.0
EN = MapStyle(lang="en")


@pytest.fixture(scope="module")
def assessment():
    return make_assessment()


@pytest.fixture(scope="module")
def drawn(assessment):
    """Every kind of map, once."""
    known = maps()
    found = {name: known[name].draw(assessment, style=EN) for name in FROM_LAND_COVER}
    return found | {"township": draw_township(assessment, unit="350705", style=EN)}


def grey(colour: object) -> float:
    return float(255 * np.dot(to_rgb(colour), (0.299, 0.587, 0.114)))


def blank(width: float = 8.0, height: float = 6.0):
    figure = Figure(figsize=(width, height))
    FigureCanvasAgg(figure)
    return figure.add_axes((0.05, 0.05, 0.9, 0.9))


def test_statuses_differ_without_colour():
    """By grey, or by dash, or by twice the width."""
    for (one, a), (other, b) in combinations(STATUS_STROKE.items(), 2):
        colours = [grey(palette.STATUS_COLOUR[status]) for status in (one, other)]
        dashes = a["linestyle"] != b["linestyle"] or a.get("gapcolor") != b.get("gapcolor")
        widths = max(a["linewidth"], b["linewidth"]) >= 2 * min(a["linewidth"], b["linewidth"])

        assert dashes or widths or abs(colours[0] - colours[1]) >= APART, (one, other)


def test_gaps_are_barred_and_wide_beside_plain_greened_sides():
    greened, gap = STATUS_STROKE["greened"], STATUS_STROKE["gap"]

    assert greened["linestyle"] == "-"
    assert gap["linestyle"] != "-"
    assert gap["linewidth"] > 1.5 * greened["linewidth"]
    assert abs(grey(gap["gapcolor"]) - grey(palette.STATUS_COLOUR["gap"])) >= APART


def test_borders_are_dashed_where_roads_are_plain():
    dashes = [str(stroke["linestyle"]) for stroke in (BORDER, VILLAGE_BORDER, ROAD)]

    assert len(set(dashes)) == 3
    assert ROAD["linestyle"] == "-"


def test_verdicts_differ_without_colour():
    verdicts = list(palette.VERDICT_FILL)
    hatches = [palette.VERDICT_HATCH.get(verdict) for verdict in verdicts]
    for (one, a), (other, b) in combinations(zip(verdicts, hatches, strict=True), 2):
        fills = [grey(palette.VERDICT_FILL[verdict]) for verdict in (one, other)]

        assert a != b or abs(fills[0] - fills[1]) >= APART, (one, other)


def test_steps_of_a_choropleth_differ_without_colour():
    for sequence in palette.SEQUENCES.values():
        greys = [grey(colour) for colour in palette.steps(sequence, 5)]

        assert np.all(np.diff(greys) <= -15)


def test_matrix_hatches_what_it_says_is_missed(drawn):
    patches = [p for p in drawn["verdict-matrix"].patches if p.get_width() > 0.5]
    hatched = {p.get_hatch() for p in patches}

    assert {palette.VERDICT_HATCH["not met"], None} <= hatched


@pytest.mark.parametrize("level", ["township", "village"])
def test_a_missed_target_is_marked_inside_its_unit(assessment, level):
    """No point of the line lies on a border, which a neighbour that meets the target shares."""
    ax = draw_choropleth(assessment, level=level, style=EN)
    table = assessment.table.query("indicator == 'forest_coverage' and level == @level")
    missed = set(table.loc[table["verdict"] == "not met", "unit"].astype(str))
    layer = assessment.layers["townships" if level == "township" else "villages"]
    units = layer.to_crs(cartography.local_crs(assessment.layers["townships"]))
    inside = units[units["code"].astype(str).isin(missed)].geometry
    (marks,) = [
        c
        for c in ax.collections
        if isinstance(c, LineCollection)
        and c.get_zorder() == 2.6
        and c.get_linestyle()[0][1] is None
    ]
    lines = shapely.multilinestrings([shapely.linestrings(p.vertices) for p in marks.get_paths()])

    assert missed
    assert shapely.within(lines, inside.union_all())
    if level == "township":
        assert shapely.distance(lines, units.boundary.union_all()) > 0.0
    assert 0.0 < shapely.length(lines) < inside.length.sum()
    entries = [t.get_text() for t in ax.figure.axes[1].get_legend().get_texts()]
    assert f"Below target  ({len(missed)})" in entries


def _legend(ax) -> list[object]:
    side = ax.figure.axes[1]
    return list(side.get_legend().legend_handles)


def test_every_line_drawn_is_in_the_legend_and_every_entry_is_drawn(drawn):
    casing = {to_rgb("white"), to_rgb("#7b8990")}
    for name, ax in drawn.items():
        if name in ("indicators", "verdict-matrix"):
            continue
        lines = {
            tuple(np.round(c.get_edgecolor()[0][:3], 3))
            for c in ax.collections
            if isinstance(c, LineCollection) and len(c.get_paths())
        } - {tuple(np.round(colour, 3)) for colour in casing}
        keys = [h for h in _legend(ax) if isinstance(h, Line2D)]
        told = {tuple(np.round(to_rgb(h.get_color()), 3)) for h in keys}
        # The outline of the one township is a polygon's.
        told -= {tuple(np.round(to_rgb(palette.INK), 3))} if name == "township" else set()

        assert lines == told, name


def test_ground_that_nothing_saw_is_hatched_and_in_the_legend(assessment):
    cover = assessment.cover

    class Holed(type(cover)):
        def read_overview(self, bounds, crs, *, max_px):
            codes, affine, more = super().read_overview(bounds, crs, max_px=max_px)
            mask = np.ma.getmaskarray(codes).copy()
            height, width = mask.shape
            mask[height // 2 - 9 : height // 2 + 9, width // 2 - 9 : width // 2 + 9] = True
            return np.ma.masked_array(codes.data, mask), affine, more

    holed = replace(assessment, cover=Holed())
    for name in ("land-cover", "gaps-over-cover"):
        ax = maps()[name].draw(holed, style=EN)
        entries = [t.get_text() for t in ax.figure.axes[1].get_legend().get_texts()]
        hatched = [c for c in ax.collections if isinstance(c, PathCollection) and c.get_hatch()]

        assert "Unobserved" in entries
        assert len(hatched) == 1
    whole = maps()["land-cover"].draw(assessment, style=EN).figure.axes[1].get_legend()
    assert "Unobserved" not in [t.get_text() for t in whole.get_texts()]


SHAPES = {
    "fills a square": shapely.box(0, 0, 9000, 9000),
    "fills the frame": shapely.box(0, 0, 12000, 8950),
    "upright": shapely.box(0, 0, 900, 9000),
    "flat": shapely.box(0, 0, 9000, 400),
    "round": shapely.Point(0, 0).buffer(5000),
    "islands": shapely.union_all([shapely.Point(k * 4000, k * 3000).buffer(900) for k in range(3)]),
}


@pytest.mark.parametrize("locator", [False, True])
@pytest.mark.parametrize("shape", list(SHAPES))
def test_nothing_lies_over_the_subject(shape, locator):
    """Overlaps of scale bar, arrow and locator with the subject, and with one another, are 0."""
    ax = blank()
    room = frame_subject(ax, [SHAPES[shape]], locator=locator)
    boxes = [shapely.box(*place) for place in room.boxes]
    frame = shapely.box(*cartography.view(ax))

    assert len(boxes) == 2 + locator
    assert [shapely.area(shapely.intersection(b, SHAPES[shape])) for b in boxes] == [0] * len(boxes)
    assert all(shapely.within(box, frame) for box in boxes)
    assert not any(shapely.intersects(a, b) for a, b in combinations(boxes, 2))
    assert shapely.within(SHAPES[shape], frame)


def test_drawn_furniture_and_labels_keep_clear_of_the_subject(assessment, drawn):
    crs = cartography.local_crs(assessment.layers["townships"])
    towns = assessment.layers["townships"].to_crs(crs)
    here = towns[towns["code"].astype(str) == "350705"].union_all()
    for name, ax in drawn.items():
        if name in ("indicators", "verdict-matrix"):
            continue
        subject = here if name == "township" else towns.union_all()
        to_map = ax.transData.inverted()
        furniture = [p for p in ax.patches if p.get_zorder() >= 20]
        furniture += [small.patch for small in ax.child_axes]
        boxes = [shapely.box(*p.get_window_extent().transformed(to_map).extents) for p in furniture]

        assert len(boxes) >= 7
        assert sum(shapely.area(shapely.intersection(b, subject)) for b in boxes) == 0.0, name


def test_an_islet_is_ringed_in_the_locator(assessment):
    towns = assessment.layers["townships"].copy()
    middle = towns.geometry.iloc[0].centroid
    towns.loc[towns.index[0], towns.geometry.name] = middle.buffer(0.0004)
    ax = draw_township(
        replace(assessment, layers={**assessment.layers, "townships": towns}),
        unit=str(towns["code"].iloc[0]),
        style=EN,
    )
    (small,) = ax.child_axes

    assert [line.get_marker() for line in small.lines] == ["o"]


def test_a_township_higher_than_wide_has_an_upright_page(assessment):
    towns = assessment.layers["townships"].copy()
    west, south, *_ = towns.total_bounds
    towns.loc[towns.index[0], towns.geometry.name] = shapely.box(
        west, south, west + 0.02, south + 0.08
    )
    tall = replace(assessment, layers={**assessment.layers, "townships": towns})
    sizes = {
        unit: draw_township(tall, unit=unit, style=EN).figure.get_size_inches()
        for unit in towns["code"].astype(str)[:2]
    }
    upright, across = sizes.values()

    assert upright[1] > upright[0]
    assert across[0] > across[1]


def test_a_name_stands_in_its_own_unit_or_is_led_out_to_ground_of_none():
    """One unit has room for its name; the slip of land beside it has none."""
    units = gpd.GeoDataFrame(
        {"code": ["1", "2"], "name": ["Wideland", "Narrowstrip"]},
        geometry=[shapely.box(0, 0, 700, 500), shapely.box(700, 0, 712, 500)],
        crs=32650,
    )
    ax = blank()
    ax.set(xlim=(-400, 1100), ylim=(-300, 800))
    placer = LabelPlacer(ax)
    label_units(placer, units, "en")
    to_map = ax.transData.inverted()
    boxes = {
        t.get_text(): shapely.box(*t.get_window_extent().transformed(to_map).extents)
        for t in ax.texts
    }

    assert placer.dropped == ["Narrowstrip"]
    assert shapely.within(boxes["Wideland"], units.geometry[0])
    assert not shapely.intersects(boxes["Narrowstrip"], units.union_all())
    (lead,) = ax.lines
    assert units.geometry[1].contains(shapely.Point(lead.get_xydata()[0]))


def test_units_of_one_name_are_told_apart():
    towns = gpd.GeoDataFrame(
        {"code": ["a", "b"], "name": ["East", "West"]},
        geometry=[shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10)],
    )
    villages = gpd.GeoDataFrame(
        {"code": list("1234"), "name": ["Mill", "Mill", "Ford", "Mill"]},
        geometry=[shapely.Point(x, 5).buffer(1) for x in (3, 13, 5, 17)],
    )

    assert list(told_apart(villages, towns)["name"]) == [
        "Mill (East)", "Mill (West) (2)", "Ford", "Mill (West) (4)",
    ]  # fmt: skip
    assert list(told_apart(villages)["name"]) == ["Mill (1)", "Mill (2)", "Ford", "Mill (4)"]
    assert told_apart(towns) is towns


def test_badges_go_by_rank_and_not_by_alphabet():
    ax = blank()
    ax.set(xlim=(0, 1000), ylim=(0, 700))
    line = shapely.LineString([(100, 350), (160, 350)])
    placer = LabelPlacer(ax)
    label_roads(
        placer,
        ["A1", "Z9", "B2"],
        [line, line, shapely.LineString([(0, 0), (1, 0)])],
        {"A1": 1.0, "Z9": 9.0, "B2": 99.0},
    )

    assert ax.texts[0].get_text() == "Z9"
    # Too short for its badge, however high its rank.
    assert "B2" not in [t.get_text() for t in ax.texts]


def test_small_maps_go_on_on_a_second_sheet(assessment):
    towns = assessment.table[assessment.table["level"] == "township"]
    one = towns[towns["indicator"] == "forest_coverage"]
    more = [one.assign(indicator=f"own_{k}", indicator_name=f"own {k}") for k in range(MOST)]
    many = replace(assessment, table=pd.concat([assessment.table, *more], ignore_index=True))
    count = many.table.query("level == 'township'")["indicator"].nunique()
    sheets = [draw_indicators(many, sheet_number=k, style=EN) for k in (1, 2)]

    assert [len(ax.child_axes) for ax in sheets] == [MOST, count - MOST]
    fits = [maps()[f"indicators-{k}"].fits(many) for k in (2, 3)]
    assert fits == [True, False]
    assert not maps()["indicators-2"].fits(assessment)


@pytest.mark.parametrize("name", ["land-cover", "forest-coverage", "verdict-matrix"])
def test_chinese_maps_have_no_english_words(assessment, name):
    ax = maps()[name].draw(assessment, style=MapStyle(lang="zh"))
    words = " ".join(t.get_text() for t in ax.figure.findobj(lambda a: hasattr(a, "get_text")))

    assert "person" not in words
    assert "zone" not in words


def test_legend_of_works_tells_line_plot_and_point_apart(assessment):
    towns = assessment.layers["townships"]
    spot = towns.geometry.iloc[0].representative_point()
    shapes = [spot, spot.buffer(0.003), shapely.LineString([spot.coords[0], (118.2, 27.6)])]
    books = gpd.GeoDataFrame(
        {"kind": "works", "status": "seen"}, index=range(3), geometry=shapes, crs=towns.crs
    )
    ax = maps()["works"].draw(
        replace(assessment, layers={**assessment.layers, "books": books}), style=EN
    )
    handles = _legend(ax)[:3]

    assert [type(h) is Line2D for h in handles] == [False, True, True]
    assert isinstance(handles[0], Patch)
    assert [h.get_marker() for h in handles[1:]] == ["None", "o"]


def test_names_stand_beside_records_of_works(assessment):
    towns = assessment.layers["townships"]
    layers = assessment.layers

    def name_and_record(line):
        books = gpd.GeoDataFrame(
            {"kind": ["claims"], "status": ["seen"]}, geometry=[line], crs=towns.crs
        )
        ax = maps()["works"].draw(replace(assessment, layers={**layers, "books": books}), style=EN)
        words = str(towns["name_en"].iloc[0])
        (name,) = (text for text in ax.texts if words in text.get_text())
        drawn = name.get_window_extent().transformed(ax.transData.inverted())
        return shapely.box(*drawn.extents), books.to_crs(
            cartography.local_crs(towns)
        ).geometry.iloc[0]

    far = towns.geometry.iloc[0].exterior.interpolate(0.0)
    usual, _ = name_and_record(shapely.LineString([far, (far.x + 1e-4, far.y)]))
    at_name = gpd.GeoSeries(
        [usual.centroid.buffer(30.0).envelope], crs=cartography.local_crs(towns)
    )
    moved, record = name_and_record(
        shapely.LineString(at_name.to_crs(towns.crs).iloc[0].exterior.coords[:2])
    )

    assert usual.intersects(record)
    assert not moved.intersects(record)


def test_picture_page_and_layer_style_have_one_legend(assessment, drawn, tmp_path):
    """Classes of the page and of QGIS are those of the maps, colour by colour."""
    builder = MapBuilder(assessment, Languages.of("en"))
    builder.add_units()
    page = {
        str(words.zh).removesuffix(" %"): colour
        for layer in builder.layers
        for colour, words in layer.swatches
        if isinstance(words, Named)
    }
    path = write_layers(assessment, tmp_path / "gaps.gpkg", lang="en")
    with closing(sqlite3.connect(path)) as database:
        (text,) = database.execute(
            "SELECT styleQML FROM layer_styles WHERE f_table_name = 'townships'"
        ).fetchone()
    style = ET.fromstring(text.split("\n", 1)[1])
    labels = [one.get("label").removesuffix(" %") for one in style.iter("rule")]
    labels = [one for one in labels if "–" in one]
    map_legend = {
        handle.get_label().split(" %")[0]: to_hex(handle.get_facecolor())
        for handle in _legend(drawn["forest-coverage"])
        if isinstance(handle, Patch) and "–" in handle.get_label()
    }

    assert labels == list(page)
    assert map_legend.items() <= page.items()
    target = assessment.table.query("indicator == 'forest_coverage'")["target"].max()
    assert any(one.split("–")[0] == f"{target:g}" for one in labels)


def test_a_road_without_a_line_has_no_badge(assessment):
    roads = assessment.layers["roads"].copy()
    bare = str(roads["road"].iloc[0])
    roads.loc[roads.index[0], roads.geometry.name] = None
    ax = draw_township(
        replace(assessment, layers={**assessment.layers, "roads": roads}), unit="350705", style=EN
    )

    assert bare not in [t.get_text() for t in ax.texts]
