"""Files for the field: GPX, KML and straight-line diagrams."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import geopandas as gpd
import numpy as np
import pytest
from matplotlib.figure import Figure

import greencover as gc
from corridor_scenes import Scene, trees_where
from greencover.ground.errors import OutputError
from greencover.report.gis.field import write_gpx, write_kml
from greencover.report.maps.straight_line import draw_straight_line, write_straight_lines

G = {"g": "http://www.topografix.com/GPX/1/1"}
K = {"k": "http://www.opengis.net/kml/2.2"}
NASTY = 'R&D <1> "环路"\x0b'


@pytest.fixture
def road(tmp_path):
    scene = Scene(tmp_path)
    roads = scene.roads(
        scene.line((-500, 0), (500, 0)), scene.line((-500, 90), (400, 90)), name=[NASTY, "X/101"]
    )
    cover = scene.cover(trees_where(lambda x, y: (y > 0) & (x < -130) | (y > 90)))
    units = gpd.GeoDataFrame(
        {"code": ["W", "E"]},
        geometry=[scene.box(-600, -600, 5, 600), scene.box(5, -600, 600, 600)],
        crs=scene.crs,
    )
    return gc.roadside_greening(roads, cover, units=units, offset_m=5.0, belt_m=10.0, threshold=0.5)


def test_gpx_has_a_labelled_waypoint_at_either_end_and_a_track(road, tmp_path):
    gaps = road.gaps
    path = write_gpx(gaps, tmp_path / "gaps.gpx", title="青岚 & more")
    root = ET.parse(path).getroot()
    assert root.find("g:metadata/g:name", G).text == "青岚 & more"
    points = root.findall("g:wpt", G)
    assert len(points) == 2 * len(gaps)
    assert len(root.findall("g:trk", G)) == len(gaps)
    first = gaps.iloc[0]
    lon, lat = first.geometry.coords[0]
    assert float(points[0].get("lon")) == pytest.approx(lon, abs=1e-7)
    assert float(points[0].get("lat")) == pytest.approx(lat, abs=1e-7)
    start = first["chainage"].split("–")[0]
    assert points[0].find("g:name", G).text == f"{NASTY[:-1]}-L-{start} {start}"
    assert "左侧 left" in points[0].find("g:desc", G).text
    # The schema wants waypoints before tracks.
    tags = [child.tag.rpartition("}")[2] for child in root]
    assert tags == ["metadata"] + ["wpt"] * len(points) + ["trk"] * len(gaps)


def test_kml_has_a_folder_a_road(road, tmp_path):
    gaps = gc.planting_list(road)
    path = write_kml(gaps, tmp_path / "gaps.kml", lang="en")
    folders = ET.parse(path).getroot().findall("k:Document/k:Folder", K)
    names = [folder.find("k:name", K).text for folder in folders]
    assert sorted(names) == sorted([NASTY[:-1], "X/101"])
    lines = [mark for f in folders for mark in f.findall("k:Placemark", K)]
    places = [mark for mark in lines if "#" in mark.find("k:name", K).text]
    lines = [mark for mark in lines if mark not in places]
    assert len(places) == gaps["places"].map(lambda one: len(one.geoms)).sum() > 0
    assert len(lines) == 3 * len(gaps)
    coordinates = lines[0].find(".//k:coordinates", K).text.split()
    assert len(coordinates) == len(gaps.geometry.iloc[0].coords)
    assert "trees" in lines[0].find("k:description", K).text
    data = {d.get("name") for d in lines[0].findall("k:ExtendedData/k:Data", K)}
    assert {"road", "chainage", "trees", "priority"} <= data


def test_a_table_without_chainage_is_refused_and_nothing_is_left(road, tmp_path):
    with pytest.raises(OutputError, match="no column 'chainage'"):
        write_gpx(road.gaps.drop(columns="chainage"), tmp_path / "gaps.gpx")
    assert not (tmp_path / "gaps.gpx").exists()


def test_no_gaps_make_an_empty_file(road, tmp_path):
    path = write_gpx(road.gaps.iloc[:0], tmp_path / "none.gpx")
    assert ET.parse(path).getroot().findall("g:wpt", G) == []


def test_a_straight_line_page_shows_lanes_where_they_are(road):
    figure = draw_straight_line(road, NASTY, unit_names={"W": "西镇", "E": "东镇"})
    assert isinstance(figure, Figure)
    (ax,) = figure.axes
    assert ax.get_xlim() == pytest.approx((0.0, 1000.0))
    gap = [
        c for c in ax.collections
        if np.allclose(c.get_facecolor()[0][:3], [0xD5 / 255, 0x5E / 255, 0], atol=0.01)
    ]  # fmt: skip
    spans = [path.get_extents() for c in gap for path in c.get_paths()]
    left = [s for s in spans if s.y0 > 0]
    assert (left[0].x0, left[0].x1) == pytest.approx((370.0, 1000.0), abs=5.0)
    right = [s for s in spans if s.y1 < 0]
    assert (right[0].x0, right[0].x1) == pytest.approx((0.0, 1000.0), abs=0.1)
    assert {t.get_text() for t in ax.texts} >= {"西镇", "东镇"}


def test_pages_are_written_under_names_that_files_can_have(road, tmp_path):
    written = write_straight_lines(road, tmp_path / "lines", lang="en", dpi=40)
    assert len(written) == 2
    for path in written.values():
        assert path.read_bytes().startswith(b"\x89PNG")
    assert written["X/101"].name == "X_101.png"
    (svg,) = write_straight_lines(road, tmp_path, roads=["X/101"], suffix=".svg").values()
    assert svg.read_text("utf-8").count("<svg") == 1
    with pytest.raises(OutputError, match="no road 'X9'"):
        draw_straight_line(road, "X9")
