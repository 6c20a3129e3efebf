"""Maps: what is drawn, where it is drawn, and that Chinese is drawn at all."""

from __future__ import annotations

import re
import warnings
import zlib
from dataclasses import replace
from functools import partial
from xml.etree import ElementTree as ET

import numpy as np
import pytest
import shapely
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.figure import Figure
from matplotlib.image import imread
from matplotlib.text import Text
from pyproj import Geod, Transformer

from greencover.ground.errors import LayerError
from greencover.report.maps import cartography, furniture, geometry
from greencover.report.maps.change import draw_change
from greencover.report.maps.choropleth import draw_choropleth
from greencover.report.maps.gaps import draw_gaps_over_cover
from greencover.report.maps.labels import LabelPlacer, fit, polygon_spots
from greencover.report.maps.matrix import draw_verdict_matrix
from greencover.report.maps.parks import draw_park_service
from greencover.report.maps.pictures import save, write_maps
from greencover.report.maps.registry import maps
from greencover.report.maps.roadsides import draw_roadside_greening
from greencover.report.maps.township import draw_township
from greencover.report.style import PAGES, MapStyle
from report_fixtures import FROM_LAND_COVER, make_assessment

DRAW = {
    **{name: maps()[name].draw for name in FROM_LAND_COVER},
    "township": partial(draw_township, unit="350705"),
    "change": partial(draw_change, earlier=make_assessment()),
}


@pytest.fixture(scope="module")
def assessment():
    return make_assessment()


def texts(figure: Figure) -> list[str]:
    figure.draw_without_rendering()
    found = [t.get_text() for t in figure.findobj(lambda a: hasattr(a, "get_text"))]
    return [text for text in found if text]


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """All maps of names that no font can draw in full, with every warning an error."""
    folder = tmp_path_factory.mktemp("maps")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.filterwarnings("default", category=PendingDeprecationWarning)
        return write_maps(make_assessment(evil=True), folder, dpi=60)


def test_every_map_is_written_and_says_something(written):
    assert list(written) == [f"maps/{name}.png" for name in FROM_LAND_COVER]
    for path in written.values():
        pixels = imread(path)[..., :3]
        assert pixels.shape[1] == pytest.approx(11.69 * 60, abs=1)
        assert len(np.unique((pixels * 255).astype(int).reshape(-1, 3), axis=0)) > 50


def test_maps_without_data_are_left_out(tmp_path):
    written = write_maps(
        make_assessment(roads=False, villages=False, parks=False), tmp_path, dpi=40
    )

    names = ["forest-coverage", "land-cover", "indicators", "verdict-matrix"]
    assert list(written) == [f"maps/{name}.png" for name in names]
    assert sorted(p.stem for p in (tmp_path / "maps").iterdir()) == sorted(names)


@pytest.mark.parametrize("kind", ["roadside", "gaps"])
def test_map_without_its_layer_names_the_layer(kind):
    draw = draw_roadside_greening if kind == "roadside" else draw_gaps_over_cover

    with pytest.raises(LayerError, match="needs the layer road_sides"):
        draw(make_assessment(roads=False))


@pytest.mark.parametrize("draw", DRAW.values())
@pytest.mark.parametrize(
    ("lang", "chinese", "english"),
    [("zh", True, False), ("en", False, True)],
)
def test_titles_and_names_in_each_language(assessment, draw, lang, chinese, english):
    figure = draw(assessment, style=MapStyle(lang=lang)).figure
    words = "\n".join(texts(figure))

    # Roads and parks have one name each, whatever the language.
    for name in [*assessment.layers["roads"]["road"], *assessment.layers["parks"]["name"]]:
        words = words.replace(name, "")

    assert bool(re.search("[\u4e00-\u9fff]", words)) == chinese
    assert (" by " in words or "Legend" in words or "not met" in words) == english


@pytest.mark.parametrize("draw", DRAW.values())
def test_maps_draw_in_axes_that_are_given(assessment, draw):
    figure = Figure(figsize=(5, 5))
    FigureCanvasAgg(figure)
    ax = figure.add_subplot()

    assert draw(assessment, ax) is ax
    assert figure.axes == [ax]
    assert len(ax.collections) + len(ax.patches) + len(ax.child_axes) >= 5


def test_figures_under_the_target_and_without_data_stand_out(assessment):
    ax = draw_choropleth(assessment)
    table = assessment.table.query("indicator == 'forest_coverage' and level == 'township'")
    entries = [t.get_text() for t in ax.figure.axes[1].get_legend().get_texts()]

    assert f"低于目标 Below target  ({(table.verdict == 'not met').sum()})" in entries
    assert f"数据不足 no data  ({(table.verdict == 'no data').sum()})" in entries
    counted = [int(e.rsplit("(", 1)[1].rstrip(")")) for e in entries if "–" in e]
    assert sum(counted) == table["value"].notna().sum()
    hatched = [c for c in ax.collections if isinstance(c, PathCollection) and c.get_hatch()]
    assert [len(c.get_paths()) for c in hatched] == [1]


def test_legend_counts_the_kilometres_of_each_status(assessment):
    ax = draw_roadside_greening(assessment, style=MapStyle(lang="en"))
    km = assessment.layers["road_sides"].groupby("status")["length_m"].sum() / 1000
    entries = [t.get_text() for t in ax.figure.axes[1].get_legend().get_texts()]

    assert entries[:4] == [
        f"Greened  {km['greened']:.1f} km",
        f"Gap  {km['gap']:.1f} km",
        f"Excluded  {km['excluded']:.1f} km",
        f"Unobserved  {km['unobserved']:.1f} km",
    ]


def test_left_and_right_sides_lie_apart_on_their_sides(assessment):
    """At the scale of a county both sides would fall on the road itself."""
    sides = assessment.layers["road_sides"]
    one = sides[(sides["road"] == "X840") & (sides["status"] == "greened")]
    for side, sign in (("left", 1.0), ("right", -1.0)):
        part = one[one["side"] == side].to_crs(32650)
        (line,) = geometry.line_parts(part.geometry[:1])
        moved = geometry.shifted(line, sign * 30.0)
        road = shapely.LineString(line)
        apart = [road.distance(shapely.Point(p)) for p in moved]
        ring = shapely.LinearRing([*line, *moved[::-1]])

        assert apart == pytest.approx([30.0] * len(apart), abs=1.0)
        assert ring.is_ccw == (side == "left")


def test_shifted_corner_keeps_its_distance_to_both_legs():
    line = np.array([[0.0, 0.0], [10.0, 0.0], [10.0, 10.0]])

    assert geometry.shifted(line, 1.0).tolist() == [[0.0, 1.0], [9.0, 1.0], [9.0, 10.0]]


def test_shifted_line_that_turns_back_is_not_thrown_far_out():
    line = np.array([[0.0, 0.0], [10.0, 0.0], [0.0, 0.1]])
    moved = geometry.shifted(line, 1.0)

    assert np.hypot(*(moved - line).T).max() <= 2.0


def test_holes_stay_holes():
    shell = shapely.box(0, 0, 10, 10).difference(shapely.box(4, 4, 6, 6))
    (path,) = geometry.outlines([shell])
    figure = Figure(figsize=(1, 1), dpi=100)
    canvas = FigureCanvasAgg(figure)
    ax = figure.add_axes((0, 0, 1, 1))
    ax.set(xlim=(0, 10), ylim=(0, 10))
    ax.axis("off")
    geometry.add_polygons(ax, [shell], facecolor="black")
    canvas.draw()
    pixels = np.asarray(canvas.buffer_rgba())[..., 0]

    assert pixels[50, 50] == 255
    assert pixels[20, 20] == 0
    assert len(path.vertices) == 10


def test_scale_bar_is_as_long_as_it_says(assessment):
    """Measured on the ellipsoid, in the middle of the map, within a tenth of a per cent."""
    towns = assessment.layers["townships"]
    crs = cartography.local_crs(towns)
    figure = Figure(figsize=(8, 8))
    FigureCanvasAgg(figure)
    ax = figure.add_subplot()
    cartography.frame_map(ax, towns.to_crs(crs).total_bounds)
    length = furniture.add_scale_bar(ax, crs)
    segments = [p for p in ax.patches if p.get_zorder() == 21]
    bar = sum(p.get_width() for p in segments)
    x, y = np.mean(ax.get_xlim()), np.mean(ax.get_ylim())
    lon, lat = Transformer.from_crs(crs, 4326, always_xy=True).transform(
        [x - bar / 2, x + bar / 2], [y, y]
    )

    assert len(segments) == 4
    assert Geod(ellps="GRS80").inv(lon[0], lat[0], lon[1], lat[1])[2] == pytest.approx(
        length, rel=1e-3
    )
    assert f"{length / 1000:g} km" in [t.get_text() for t in ax.texts]


def test_north_arrow_follows_the_meridian(assessment):
    """East of the central meridian true north lies to the left of the sheet's upward."""
    figure = Figure(figsize=(8, 8))
    FigureCanvasAgg(figure)
    ax = figure.add_subplot()
    crs = cartography.local_crs(assessment.layers["townships"])
    to_map = Transformer.from_crs(4326, crs, always_xy=True)
    x, y = to_map.transform(119.9, 27.5)
    ax.set(xlim=(x - 1000, x + 1000), ylim=(y - 1000, y + 1000))
    bearing = furniture.add_north_arrow(ax, crs)
    convergence = np.degrees(np.radians(119.9 - 117.0) * np.sin(np.radians(27.5)))

    assert bearing == pytest.approx(-convergence, abs=0.02)


def test_map_has_one_scale_in_both_directions(assessment):
    ax = draw_choropleth(assessment)
    box = ax.get_window_extent()
    width, height = np.ptp(ax.get_xlim()), np.ptp(ax.get_ylim())

    assert width / box.width == pytest.approx(height / box.height)


def test_labels_neither_overlap_nor_leave_the_map():
    figure = Figure(figsize=(4, 4))
    FigureCanvasAgg(figure)
    ax = figure.add_subplot()
    ax.set(xlim=(0, 100), ylim=(0, 100))
    placer = LabelPlacer(ax)
    spots = [(50.0, 50.0), (50.0, 70.0), (99.9, 10.0)]
    placed = [placer.place([f"label {k}"], spots) for k in range(4)]

    assert [t.get_position() if t else None for t in placed] == [
        (50.0, 50.0),
        (50.0, 70.0),
        None,
        None,
    ]
    assert placer.dropped == ["label 2", "label 3"]


def test_label_takes_a_spot_clear_of_lines_before_one_on_them():
    figure = Figure(figsize=(4, 4))
    FigureCanvasAgg(figure)
    ax = figure.add_subplot()
    ax.set(xlim=(0, 100), ylim=(0, 100))
    placer = LabelPlacer(ax, avoid=[shapely.LineString([(0, 50), (100, 50)])])

    assert placer.place(["town"], [(50.0, 50.0), (50.0, 80.0)]).get_position() == (50.0, 80.0)
    assert placer.place(["road"], [(20.0, 50.0)]).get_position() == (20.0, 50.0)


def test_label_of_a_crescent_stands_inside_it():
    """The centroid of a crescent lies outside it."""
    crescent = shapely.Point(0, 0).buffer(10).difference(shapely.Point(4, 0).buffer(9))
    first = polygon_spots(crescent, step=1.0)[0]

    assert not crescent.contains(crescent.centroid)
    assert crescent.contains(shapely.Point(first))


def test_long_text_is_made_to_fit():
    figure = Figure(figsize=(4, 4))
    FigureCanvasAgg(figure)
    text = figure.text(0, 0.5, "", size=10)
    fit(text, ["a name of many words " * 5], 120.0)

    assert text.get_window_extent().width <= 120.0
    assert text.get_text().endswith("…")


def test_gaps_map_shows_the_classes_that_occur(assessment):
    ax = draw_gaps_over_cover(assessment, style=MapStyle(lang="zh"))
    entries = [t.get_text() for t in ax.figure.axes[1].get_legend().get_texts()]

    assert entries[0].startswith("绿化缺口")
    assert set(entries[2:]) == {"乡镇界", "树木", "草地", "耕地", "建成区", "永久水体"}
    assert len(ax.images) == 1
    assert any(isinstance(c, LineCollection) for c in ax.collections)


def test_no_gap_at_all_is_no_error(assessment):
    ax = draw_gaps_over_cover(
        replace(assessment, gaps=assessment.gaps.iloc[:0]), style=MapStyle(lang="en")
    )
    entries = [t.get_text() for t in ax.figure.axes[1].get_legend().get_texts()]

    assert entries[0] == "Roadside gap  0.0 km"


def test_matrix_shows_every_figure_with_its_verdict(assessment):
    figure = draw_verdict_matrix(assessment, style=MapStyle(lang="en")).figure
    words = texts(figure)
    table = assessment.table[assessment.table["level"].isin(["township", "county"])]
    signs = {"met": "✓", "not met": "×"}

    for row in table[table["verdict"].isin(list(signs))].itertuples():
        assert f"{row.value:.1f}  {signs[row.verdict]}" in words
    assert words.count("no data") == (table["verdict"] == "no data").sum()


@pytest.mark.thorough
@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
def test_maps_are_the_same_each_time(assessment, tmp_path, kind):
    for run in ("a", "b"):
        write_maps(assessment, tmp_path / run, maps=["forest-coverage"], formats=[kind], dpi=40)
    name = f"maps/forest-coverage.{kind}"

    assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_text_of_svg_is_text_and_brings_its_font(assessment, tmp_path):
    path = save(draw_choropleth(assessment).figure, tmp_path / "a.svg")
    svg = path.read_text(encoding="utf-8")

    assert ">青岚镇<" in svg
    assert "@font-face" in svg
    assert svg.count("<style>") == 1


def test_svg_with_names_that_bite_is_one_document(tmp_path):
    path = save(draw_choropleth(make_assessment(evil=True)), tmp_path / "a.svg")
    root = ET.fromstring(path.read_text(encoding="utf-8"))
    texts_in_it = ["".join(t.itertext()) for t in root.iter("{http://www.w3.org/2000/svg}text")]

    assert "<script>alert(1)</script>" in texts_in_it
    assert not list(root.iter("{http://www.w3.org/2000/svg}script"))


def test_text_of_pdf_is_text_in_an_embedded_font(assessment, tmp_path):
    """TrueType (Type 42) with a table from glyphs to characters: text can be searched."""
    path = save(draw_choropleth(assessment).figure, tmp_path / "a.pdf")
    data = path.read_bytes()
    tables = []
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", data, re.S):
        try:
            tables.append(zlib.decompress(stream))
        except zlib.error:
            tables.append(stream)
    mapped = "".join(
        chr(int(code, 16))
        for table in tables
        if b"begincmap" in table
        for code in re.findall(rb"<[0-9a-f]+> <([0-9a-f]{4})>", table)
    )

    assert b"/FontFile2" in data
    assert b"/Subtype /Type3" not in data
    assert set("青岚森林覆盖率") <= set(mapped)


@pytest.mark.parametrize("page", ["a4-portrait", "a3-landscape", "slide", "column"])
def test_every_page_has_its_size_and_holds_what_it_shows(assessment, page):
    """No text of the sheet leaves the page."""
    figure = draw_choropleth(assessment, style=MapStyle(page=page, approval="审S(1)")).figure
    size = PAGES[page]
    figure.draw_without_rendering()
    outside = [
        text.get_text()
        for text in figure.findobj(Text)
        if text.get_text()
        and text.get_visible()
        and not (
            text.get_window_extent().x0 > -1
            and text.get_window_extent().x1 < figure.bbox.x1 + 1
            and text.get_window_extent().y0 > -1
            and text.get_window_extent().y1 < figure.bbox.y1 + 1
        )
    ]

    assert tuple(figure.get_size_inches()) == pytest.approx((size.width, size.height))
    assert outside == []


def test_title_and_approval_number_of_the_office(assessment):
    style = MapStyle(title="森林一张图", approval="闽S(2024)7号", lang="zh")
    words = "\n".join(texts(draw_choropleth(assessment, style=style).figure))

    assert "森林一张图" in words
    assert "审图号: 闽S(2024)7号" in words
    assert "分布图" not in words


def test_classes_are_named_by_their_method(assessment):
    pytest.importorskip("mapclassify")
    style = MapStyle(scheme="quantiles", classes=4, palette="Purples", lang="en")
    ax = draw_choropleth(assessment, style=style)
    side = ax.figure.axes[1]
    known = assessment.table.query("indicator == 'forest_coverage' and level == 'township'")[
        "value"
    ].dropna()
    counts = [
        int(t.get_text().rsplit("(", 1)[1].rstrip(")"))
        for t in side.get_legend().get_texts()
        if "–" in t.get_text()
    ]

    assert "Quantiles" in [t.get_text() for t in side.texts]
    assert len(counts) == 4
    assert sum(counts) == len(known)
    assert max(counts) - min(counts) <= 1


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"page": "letter"}, "page='letter' is unknown: use one of a4-landscape"),
        ({"scheme": "jenks"}, "scheme='jenks' is unknown"),
        ({"classes": 1}, "classes=1 is not from 2 to 9"),
        ({"lang": "de"}, "lang='de' is unknown"),
    ],
)
def test_a_style_that_cannot_be_is_refused(wrong, words):
    with pytest.raises(ValueError, match=words):
        MapStyle(**wrong)


def test_unknown_palette_is_refused(assessment):
    with pytest.raises(ValueError, match="palette='grün' is unknown"):
        draw_choropleth(assessment, style=MapStyle(palette="grün"))


def test_unknown_indicator_names_those_there_are(assessment):
    with pytest.raises(LayerError, match="take one of forest_coverage, green_coverage"):
        draw_choropleth(assessment, indicator="moss")


def test_unknown_township_names_those_there_are(assessment):
    with pytest.raises(LayerError, match="take one of 350701, 350702"):
        draw_township(assessment, unit="1")


def test_graticule_lies_on_round_minutes(assessment):
    """The line labelled 118°10′E passes where the ellipsoid has 118°10′ E, at every height."""
    ax = draw_choropleth(assessment)
    crs = cartography.local_crs(assessment.layers["townships"])
    words = [t.get_text() for t in ax.get_xticklabels()]
    place = dict(zip(words, ax.get_xticks(), strict=True))["118°10′E"]
    lon, _ = Transformer.from_crs(crs, 4326, always_xy=True).transform(place, ax.get_ylim()[0])

    assert lon == pytest.approx(118 + 10 / 60, abs=2e-5)
    assert [t.get_text() for t in ax.get_yticklabels()]


def test_atlas_has_a_page_for_each_township(assessment, tmp_path):
    two = replace(
        assessment, layers={**assessment.layers, "townships": assessment.layers["townships"][:2]}
    )
    written = write_maps(two, tmp_path, maps=["townships"])

    assert list(written) == ["maps/townships.pdf"]
    assert b"/Count 2" in written["maps/townships.pdf"].read_bytes()


def test_change_adds_up_from_the_two_tables(assessment):
    earlier_table = assessment.table.assign(value=assessment.table["value"] - 1.5)
    earlier = replace(assessment, table=earlier_table, year=2020)
    ax = draw_change(assessment, earlier=earlier, style=MapStyle(lang="en"))
    words = texts(ax.figure)

    assert "Forest gained and lost 2020–2023" in words
    assert words.count("+1.5") == 7
    assert len([w for w in words if w.endswith("\n+1.5")]) > 4
    # The cover is the same in both: nothing is gained or lost.
    assert [t.get_text() for t in ax.figure.axes[1].get_legend().get_texts()] == [
        "Forest in both years",
        "Township boundary",
    ]


def test_parks_reach_as_far_as_told(assessment):
    ax = draw_park_service(assessment, distance_m=400.0, style=MapStyle(lang="en"))
    (served,) = [
        c for c in ax.collections if isinstance(c, PathCollection) and c.get_alpha() == 0.75
    ]
    area = sum(abs(_area(p)) for p in served.get_paths()[0].to_polygons())
    whole = np.pi * (220 + 400) ** 2 * 3

    assert area == pytest.approx(whole, rel=0.03)
    assert "Within 400 m" in texts(ax.figure)


def _area(ring: np.ndarray) -> float:
    x, y = ring.T
    return float(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1))) / 2


def test_locator_shows_where_the_township_lies(assessment):
    ax = draw_township(assessment, unit="350701")
    (small,) = ax.child_axes
    towns = assessment.layers["townships"].to_crs(
        cartography.local_crs(assessment.layers["townships"])
    )
    filled = small.collections[-1].get_paths()[0].get_extents()

    assert filled.bounds[:2] == pytest.approx(towns.geometry.iloc[0].bounds[:2])
    assert small.get_xlim()[1] > towns.total_bounds[2]
