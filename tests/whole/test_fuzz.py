"""Whatever arrives ends in a result or in one sentence, never in a traceback or a wrong total.

Bounded: a few hundred examples a test, each in milliseconds.
"""

from __future__ import annotations

import json
import tempfile
import warnings
import zipfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import formats
import greencover as gc
from greencover.campaign import Campaign
from greencover.campaign.layer_readers import read_roads
from greencover.campaign.layer_sections import RoadLayer
from greencover.ground.errors import GreencoverError
from greencover.layers import check_geometry, read_layer, read_people
from greencover.layers.encoding import codec_of, dbf_texts, decode, detect, of_dbf
from small_county import CAMPAIGN, SmallCounty

pytestmark = pytest.mark.filterwarnings("ignore")
# The same draws each time: `make fuzz` looks for others, for as long as one likes.
QUICK = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
SLOW = settings(QUICK, max_examples=20)

LINES = CAMPAIGN.splitlines()
VALUES = st.one_of(
    st.integers(),
    st.floats(),
    st.booleans(),
    st.text(max_size=20),
    st.lists(st.text(max_size=5), max_size=3),
    st.just({"a": 1}),
)


def one_sentence(error):
    text = str(error)
    assert text
    assert "\n" not in text.strip()
    assert "Traceback" not in text


def or_one_sentence(run):
    """Run something that may refuse; return what it gives, or None when it refused politely."""
    try:
        return run()
    except GreencoverError as error:
        one_sentence(error)
        return None


@pytest.fixture(scope="module")
def place():
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


@QUICK
@given(content=st.binary(max_size=300))
def test_any_bytes_as_campaign(place, content):
    path = place / "campaign.toml"
    path.write_bytes(content)

    or_one_sentence(lambda: Campaign.read(path))


@QUICK
@given(
    number=st.integers(0, len(LINES) - 1),
    line=st.one_of(st.text(max_size=40), st.sampled_from(LINES)),
)
def test_any_line_in_a_campaign(place, number, line):
    path = place / "campaign.toml"
    path.write_text("\n".join([*LINES[:number], line, *LINES[number + 1 :]]), encoding="utf-8")

    or_one_sentence(lambda: Campaign.read(path))


@QUICK
@given(
    keys=st.lists(
        st.sampled_from(
            ["title", "year", "area", "cover", "layers", "townships", "path", "crs", "belt_m"]
        ),
        min_size=1,
        max_size=4,
    ),
    value=VALUES,
)
def test_any_value_under_any_key(place, keys, value):
    from greencover.campaign.reader import _toml

    path = place / "campaign.toml"
    path.write_text(f"{'.'.join(keys)} = {_toml(value)}\n", encoding="utf-8", errors="ignore")

    or_one_sentence(lambda: Campaign.read(path))


SUFFIXES = ["shp", "gpkg", "geojson", "kml", "kmz", "gpx", "fgb", "csv", "parquet", "zip", "gml"]


@QUICK
@given(suffix=st.sampled_from(SUFFIXES), content=st.binary(max_size=400))
def test_any_bytes_as_layer(place, suffix, content):
    path = place / f"any.{suffix}"
    path.write_bytes(content)

    or_one_sentence(lambda: read_layer(path))


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    """Each format that is one file, as bytes."""
    found = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for number, name in enumerate(formats.FORMATS):
            folder = tmp_path_factory.mktemp(f"format{number}")
            path, _ = formats.write(name, folder)
            if path.is_file() and path.suffix != ".shp":
                found[name] = (path.suffix, path.read_bytes())
    return found


@settings(QUICK, max_examples=100)
@given(data=st.data())
def test_flipped_bytes_in_every_format(place, stored, data):
    """Damage either shows, or leaves two townships; their ground may be what was damaged."""
    name = data.draw(st.sampled_from(sorted(stored)))
    suffix, content = stored[name]
    changed = bytearray(content)
    for _ in range(data.draw(st.integers(1, 4))):
        changed[data.draw(st.integers(0, len(changed) - 1))] = data.draw(st.integers(0, 255))
    path = place / f"flipped{suffix}"
    path.write_bytes(changed)

    or_one_sentence(lambda: read_layer(path, crs="EPSG:4326", geometry="polygon"))


@settings(QUICK, max_examples=50)
@given(data=st.data())
def test_flipped_bytes_in_the_parts_of_a_shapefile(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("shape")
    path, _ = formats.write("Shapefile, UTF-8 unsaid", folder)
    part = path.with_suffix(data.draw(st.sampled_from([".shp", ".shx", ".dbf", ".prj"])))
    changed = bytearray(part.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        changed[data.draw(st.integers(0, len(changed) - 1))] = data.draw(st.integers(0, 255))
    part.write_bytes(changed)

    or_one_sentence(lambda: read_layer(path, geometry="polygon"))


@QUICK
@given(
    rows=st.lists(
        st.tuples(st.text(max_size=8), st.text(max_size=12), st.text(max_size=12)), max_size=4
    ),
    heading=st.sampled_from(["code,x,y", "编码,经度,纬度", "a,WKT,b", "WKT", "x", ""]),
)
def test_any_table_as_layer(place, rows, heading):
    path = place / "any.csv"
    text = "\n".join([heading, *(",".join(row) for row in rows)])
    path.write_text(text, encoding="utf-8", errors="ignore")

    or_one_sentence(lambda: read_layer(path, crs="EPSG:4326"))


CELLS = st.one_of(
    st.text(max_size=8),
    st.sampled_from(
        ["西林镇", "东草乡", "西林", "1,234", "１２", "1.2万", "人口", "乡镇", "", "-1"]
    ),
)


@QUICK
@given(
    rows=st.lists(st.lists(CELLS, min_size=1, max_size=3), max_size=6),
    separator=st.sampled_from([",", ";", "\t", "，"]),
    encoding=st.sampled_from(["utf-8", "gb18030", "utf-16"]),
)
def test_any_table_of_residents(place, rows, separator, encoding):
    """Residents of both units, or one sentence."""
    path = place / "people.csv"
    text = "\n".join(separator.join(row) for row in [["乡镇", "人口"], *rows])
    path.write_bytes(text.encode(encoding, errors="ignore"))
    units = pd.DataFrame({"code": ["T1", "T2"], "name": ["西林镇", "东草乡"]})

    people = or_one_sentence(lambda: read_people(path, units, population="人口", name="乡镇"))

    if people is not None:
        assert len(people) == 2
        assert np.isfinite(people).all()
        assert (people >= 0.0).all()


DEGREES = st.one_of(st.floats(-360.0, 360.0), st.floats(100.0, 120.0), st.just(180.0))


@QUICK
@given(
    lines=st.lists(
        st.tuples(
            st.lists(st.tuples(DEGREES, DEGREES), max_size=5),
            st.sampled_from(["国道", "G206", "x", "", None]),
        ),
        min_size=1,
        max_size=4,
    ),
    system=st.sampled_from(["EPSG:4326", "GCJ-02", "BD-09", "EPSG:4527", None]),
)
def test_any_lines_as_roads(place, campaign, lines, system):
    """Roads of any grade and shape, also where they are moved from a web map's coordinates."""
    features = [
        {
            "type": "Feature",
            "properties": {"road": "G1", "grade": grade},
            "geometry": {"type": "LineString", "coordinates": corners},
        }
        for corners, grade in lines
    ]
    path = place / "roads.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    section = RoadLayer.model_validate({"path": str(path), "crs": system})

    roads = or_one_sentence(lambda: read_roads(section, campaign, (118.0, 30.0)))

    if roads is not None:
        assert np.isfinite(shapely.get_coordinates(roads.geometry.array)).all()


@pytest.fixture(scope="module")
def campaign(tmp_path_factory):
    return Campaign.read(SmallCounty().write(tmp_path_factory.mktemp("roads")))


@QUICK
@given(data=st.data())
def test_flipped_bytes_in_an_archive(place, data):
    """Of the archive itself, whose members are right."""
    path = place / "flipped.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a/layer.csv", "code,WKT\nA,POINT (118 30)\n")
    changed = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        changed[data.draw(st.integers(0, len(changed) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(changed)

    or_one_sentence(lambda: read_layer(path, crs="EPSG:4326"))


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_a_table_in_an_archive_is_read(tmp_path, suffix):
    """Formats that are not read by GDAL are read from an archive as well."""
    frame = formats.sample()
    name = "CSV with EWKT" if suffix == "csv" else "GeoParquet"
    path, _ = formats.write(name, tmp_path)
    with zipfile.ZipFile(tmp_path / "t.zip", "w") as archive:
        archive.write(path, f"数据/{path.name}")

    found = read_layer(tmp_path / "t.zip", geometry="polygon")

    assert list(found["code"]) == list(frame["code"])
    assert found.geometry.geom_equals(frame.geometry).all()


GML = (
    '<ogr:FeatureCollection xmlns:ogr="http://ogr.maptools.org/" '
    'xmlns:gml="http://www.opengis.net/gml"><gml:featureMember><ogr:t><ogr:code>A</ogr:code>'
    "<ogr:geometryProperty><gml:Point><gml:coordinates>118,30</gml:coordinates></gml:Point>"
    "</ogr:geometryProperty></ogr:t></gml:featureMember></ogr:FeatureCollection>"
)


@pytest.mark.parametrize("own", [True, False])
def test_reading_gml_leaves_no_file_and_takes_none_away(tmp_path, own):
    path = tmp_path / "t.gml"
    path.write_text(GML)
    if own:
        pyogrio.list_layers(path)
        assert (tmp_path / "t.gfs").exists()
    before = sorted(tmp_path.iterdir())

    read_layer(path, crs="EPSG:4326")

    assert sorted(tmp_path.iterdir()) == before


def test_polygons_among_lines_are_repaired_too():
    """A lake that crosses itself, in a layer of waters that may hold lines as well."""
    bow = shapely.Polygon([(118, 30), (118.1, 30.1), (118.1, 30), (118, 30.1)])
    line = shapely.LineString([(118, 30), (118.1, 30.1)])
    frame = gpd.GeoDataFrame(geometry=[bow, line], crs=4326)

    with pytest.warns(gc.GreencoverWarning, match="1 invalid polygon"):
        found = check_geometry(frame, "waters")

    assert found.is_valid.all()
    assert found.geometry.iloc[1].equals(line)


def test_messages_quote_no_line_breaks_and_no_escapes():
    assert str(GreencoverError("one\r\ntwo \x1b[2J\u2028three")) == "one two  [2J three"


@QUICK
@given(st.binary(max_size=600))
def test_any_bytes_as_dbf(content):
    list(dbf_texts(content))
    of_dbf(content, None)


@QUICK
@given(st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=6))
def test_utf8_is_never_taken_for_another(texts):
    found = detect([one.encode("utf-8", errors="ignore") for one in texts])

    # Letters of two bytes, as Greek has them, may spell Chinese in GBK; never the reverse.
    if any(ord(char) > 0x7FF for one in texts for char in one) and all(
        0x4E00 <= ord(char) <= 0x9FFF or ord(char) < 0x80 for one in texts for char in one
    ):
        assert found == "utf-8"


CHINESE = st.text(
    st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=2, max_size=10
).filter(lambda text: sum(one >= 0xA1 for one in text.encode("gbk")[1::2]) > len(text) // 2)


@QUICK
@given(st.lists(CHINESE, min_size=1, max_size=8))
def test_chinese_is_read_back_whatever_its_encoding(texts):
    for encoding in ("gbk", "gb18030", "utf-8"):
        samples = [one.encode(encoding) for one in texts]
        found = detect(samples)
        assert found is not None
        assert [decode(one, found) for one in samples] == texts


@QUICK
@given(st.text(max_size=20))
def test_any_word_as_code_page(text):
    codec_of(text)


COORDINATES = st.one_of(
    st.floats(), st.floats(117.9, 118.1), st.sampled_from([118.0, 118.001, 118.002, 30.001])
)


@QUICK
@given(st.lists(st.lists(st.tuples(COORDINATES, COORDINATES), max_size=6), min_size=1, max_size=3))
def test_any_ring_as_polygon(rings):
    shapes = []
    for ring in rings:
        try:
            shapes.append(shapely.Polygon(ring))
        except (ValueError, shapely.errors.GEOSException):
            continue
    if not shapes:
        return
    frame = gpd.GeoDataFrame(geometry=shapes, crs=4326)

    found = or_one_sentence(lambda: check_geometry(frame, "layer", geometry="polygon"))

    if found is not None:
        assert found.is_valid.all()
        assert np.isfinite(shapely.area(found.geometry)).all()


@pytest.fixture(scope="module")
def cover(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cover")
    SmallCounty().write(folder)
    return gc.LandCover.open(folder / "cover.tif", legend="worldcover")


@SLOW
@given(
    st.lists(
        st.tuples(st.floats(117.999, 118.005), st.floats(29.999, 30.005)), min_size=3, max_size=9
    )
)
def test_any_outline_has_a_right_total(cover, points):
    """Classes and the unobserved sum to the ground of the shape that was measured."""
    frame = gpd.GeoDataFrame(geometry=[shapely.Polygon(points)], crs=4326)
    checked = or_one_sentence(lambda: check_geometry(frame, "layer", geometry="polygon"))
    if checked is None:
        return

    areas = or_one_sentence(lambda: gc.class_areas(checked, cover))

    if areas is not None:
        total = float(gc.ground_area_ha(checked).iloc[0])
        assert areas.to_numpy().sum() == pytest.approx(total, rel=1e-6, abs=1e-9)
        assert (areas.to_numpy() >= 0.0).all()
