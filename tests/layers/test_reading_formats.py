"""One layer, every format: the same rows, names, figures and ground come in."""

from __future__ import annotations

import contextlib
import re
import shutil
import zipfile
from encodings.aliases import aliases

import geopandas as gpd
import numpy as np
import pytest
import shapely

import formats
from greencover.campaign import Campaign
from greencover.ground.errors import CrsError, GreencoverWarning, LayerError
from greencover.layers import find_columns, read_layer
from greencover.layers.encoding import codec_of, settled

HOLE_AND_ISLAND = 0.01 - 0.02**2 + 0.01**2


@pytest.fixture(params=formats.FORMATS)
def stored(request, tmp_path):
    """The sample layer in one format after another: its file, how to read it, what comes back."""
    path, frame = formats.write(request.param, tmp_path)
    return path, formats.FORMATS[request.param], frame


def said(form):
    if form.warns is None:
        return contextlib.nullcontext()
    return pytest.warns(GreencoverWarning, match=form.warns)


def read(path, form, **options):
    with said(form):
        return read_layer(path, geometry="polygon", **form.options, **options)


def test_rows_names_and_figures_come_in_as_they_are(stored):
    path, form, frame = stored

    found = read(path, form).sort_values("code")

    assert found["code"].tolist() == ["T01", "T02"]
    assert found["乡镇"].tolist() == frame["乡镇"].tolist()
    assert found["residents"].astype(float).tolist() == [1200.0, 345.0]


def test_ground_comes_in_as_it_is(stored):
    path, form, _ = stored

    found = read(path, form).sort_values("code").to_crs(4326)

    assert not found.has_z.any()
    assert found.is_valid.all()
    assert shapely.area(found.geometry).tolist() == pytest.approx([0.01, HOLE_AND_ISLAND])
    assert shapely.get_num_geometries(found.geometry).tolist() == [1, 2]
    assert found.total_bounds.tolist() == pytest.approx([118.0, 30.0, 118.22, 30.1])


def test_columns_are_chosen_and_found(stored):
    path, form, frame = stored

    found = read(path, form, columns={"name": "乡镇"}).sort_values("code")
    with pytest.warns(GreencoverWarning, match=r"'residents' was taken: write population = "):
        columns = find_columns(found, ["code", "population"], "layer")

    assert found["name"].tolist() == frame["乡镇"].tolist()
    assert columns == {"code": "code", "population": "residents"}


def test_a_missing_column_is_named_with_those_there_are(stored):
    path, form, _ = stored

    with pytest.raises(LayerError, match=r"no column 'people': its columns are .*residents"):
        read(path, form, columns={"population": "people"})


def test_the_wrong_kind_of_geometry_is_named(stored):
    path, form, _ = stored

    with said(form), pytest.raises(LayerError, match=r"must hold lines but has (Multi)?Polygon"):
        read_layer(path, geometry="line", **form.options)


@pytest.mark.filterwarnings("ignore")
def test_a_file_cut_short_is_named_or_read_whole(stored):
    """Never a traceback, never fewer rows in silence."""
    path, form, _ = stored
    if path.is_dir():
        shutil.rmtree(path)
        path.mkdir()
    else:
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])

    def read_or_refuse():
        assert len(read_layer(path, geometry="polygon", **form.options)) == 2
        raise LayerError(f"{path.name} is whole")

    with pytest.raises((LayerError, CrsError), match=re.escape(path.name)):
        read_or_refuse()


@pytest.mark.parametrize("named", ["folder", ".dbf", ".shx", "capitals"])
def test_a_shapefile_is_found_by_its_folder_and_by_its_parts(tmp_path, named):
    path, frame = formats.write("Shapefile, GBK unsaid", tmp_path)
    if named == "capitals":
        for part in list(tmp_path.iterdir()):
            part.rename(part.with_suffix(part.suffix.upper()))
        path = path.with_suffix(".SHP")
    given = {"folder": tmp_path, "capitals": path}.get(named) or path.with_suffix(named)

    with pytest.warns(GreencoverWarning, match="was read as GBK"):
        found = read_layer(given, layer="乡镇界" if named == "folder" else None)

    assert found["乡镇"].tolist() == frame["乡镇"].tolist()


def test_tracks_of_a_gpx_file_are_lines(tmp_path):
    path = tmp_path / "walk.gpx"
    track = gpd.GeoDataFrame(
        {"name": ["县道"]}, geometry=[shapely.LineString([(118, 30), (118.1, 30.1)])], crs=4326
    )
    track.to_file(path, driver="GPX", layer="tracks", FORCE_GPX_TRACK="YES")

    found = read_layer(path, geometry="line")

    assert found["name"].tolist() == ["县道"]
    assert found.crs.to_epsg() == 4326
    assert read_layer(path)["name"].tolist() == ["县道"]
    assert len(read_layer(path, layer="track_points")) == 2


def test_points_come_from_columns_of_x_and_y(tmp_path):
    path = tmp_path / "trees.csv"
    path.write_text("编号,经度,纬度\n1,118.25,30.5\n02,118.5,30.75\n", encoding="utf-8")

    found = read_layer(path, crs="EPSG:4326")

    assert shapely.get_coordinates(found.geometry).tolist() == [[118.25, 30.5], [118.5, 30.75]]
    # A leading zero makes it a code rather than a number.
    assert found["编号"].tolist() == ["1", "02"]


def test_a_table_of_coordinates_proposes_systems_and_assumes_none(tmp_path):
    path = tmp_path / "trees.csv"
    path.write_text("lon,lat\n118.25,30.5\n", encoding="utf-8")

    with pytest.raises(CrsError, match=r"look like .*EPSG:4490.*EPSG:4326.*GCJ-02"):
        read_layer(path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x,y\n1,2\n3,abc\n", "no number in column 'y' in row 2"),
        ("x,lon,y\n1,2,3\n", "several columns of coordinates"),
        ("code,WKT\nA,POLYGON ((0 0\n", "no WKT geometry in row 1"),
        ("WKT\nSRID=4326;POINT (1 2)\nSRID=4490;POINT (1 2)\n", "mixes the coordinate systems"),
        ("code,residents\nA,1\n", "table without geometry"),
        ("code,WKT\n", "is empty"),
        ("", "no table"),
        ('a,b\n1,2\n3,"4\n', "no table"),
    ],
)
def test_tables_that_are_no_layers_are_named(tmp_path, text, message):
    path = tmp_path / "table.csv"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(LayerError, match=message):
        read_layer(path, crs="EPSG:4326")


def test_curves_become_lines(tmp_path):
    path = tmp_path / "round.csv"
    curve = "CURVEPOLYGON (CIRCULARSTRING (118 30, 118.5 30.5, 119 30, 118.5 29.5, 118 30))"
    path.write_text(f'code,WKT\nA,"{curve}"\n', encoding="utf-8")

    found = read_layer(path, geometry="polygon", crs="EPSG:4326")

    # A disc of half a degree's radius.
    assert shapely.area(found.geometry)[0] == pytest.approx(np.pi * 0.25, rel=2e-3)


def test_a_collection_of_polygons_is_a_polygon_of_parts(tmp_path):
    path = tmp_path / "parts.kml"
    ring = "<Polygon><outerBoundaryIs><LinearRing><coordinates>{}</coordinates></LinearRing>"
    ring += "</outerBoundaryIs></Polygon>"
    one = ring.format("118,30 118.1,30 118.1,30.1 118,30")
    other = ring.format("118.2,30 118.3,30 118.3,30.1 118.2,30")
    path.write_text(
        '<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark><name>西林镇</name>'
        f"<MultiGeometry>{one}<MultiGeometry>{other}</MultiGeometry></MultiGeometry></Placemark>"
        "</Document></kml>",
        encoding="utf-8",
    )

    found = read_layer(path, geometry="polygon", columns={"name": "Name"})

    assert found["name"].tolist() == ["西林镇"]
    assert shapely.get_num_geometries(found.geometry).tolist() == [2]


def test_a_member_named_as_gdal_names_it_is_read_as_well(tmp_path):
    path, frame = formats.write("Shapefile in a folder of a ZIP", tmp_path)
    text = '[cover]\npath = "c.tif"\nlegend = "worldcover"\n[layers.townships]\n'
    campaign = tmp_path / "c.toml"
    inside = f"/vsizip/{path}/数据/2023/乡镇界.shp"
    campaign.write_text(f'title = "t"\n{text}path = "{inside}"\n', encoding="utf-8")

    given = Campaign.read(campaign).layers.townships.path

    assert str(given) == inside
    assert read_layer(given)["乡镇"].tolist() == frame["乡镇"].tolist()


def test_an_archive_of_several_layers_asks_for_one(tmp_path):
    for name in ("towns", "villages"):
        formats.sample().assign(kind=name).to_file(tmp_path / f"{name}.geojson")
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        for name in ("towns", "villages"):
            archive.write(tmp_path / f"{name}.geojson", f"{name}.geojson")

    with pytest.raises(LayerError, match="choose one with layer, among towns and villages"):
        read_layer(tmp_path / "all.zip")
    found = read_layer(tmp_path / "all.zip", layer="villages")

    assert set(found["kind"]) == {"villages"}


@pytest.mark.filterwarnings("ignore")
def test_values_cut_off_in_the_middle_of_a_character_lose_that_character(tmp_path):
    frame = formats.sample().assign(long=["长" * 100, "短"])
    path = formats.shapefile(frame, tmp_path, encoding="UTF-8", cpg="UTF-8")
    table = path.with_suffix(".dbf").read_bytes()
    # The column is 252 bytes wide: a letter, 83 characters of three bytes, two bytes of the next.
    cut = ("a" + "长" * 84).encode()[:252]
    start = table.index("长".encode() * 84)
    path.with_suffix(".dbf").write_bytes(table[:start] + cut + table[start + 252 :])

    assert read_layer(path)["long"].tolist() == ["a" + "长" * 83, "短"]


def test_western_names_without_an_encoding_stay_western(tmp_path):
    frame = formats.sample()[["code", "geometry"]].assign(nome=["São Tomé", "Água Grande"])
    path = formats.shapefile(frame, tmp_path, encoding="ISO-8859-1", cpg=None)

    assert read_layer(path)["nome"].tolist() == ["São Tomé", "Água Grande"]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    "name", ["MapInfo table, GBK unsaid", "MapInfo export, GBK called Western"]
)
def test_every_part_of_a_mapinfo_layer_cut_anywhere_is_refused_or_whole(tmp_path, name):
    path, frame = formats.write(name, tmp_path)
    whole = read_layer(path, geometry="polygon")
    refused = 0
    for part in sorted(tmp_path.iterdir()):
        content = part.read_bytes()
        for size in range(0, len(content), max(1, len(content) // 40)):
            part.write_bytes(content[:size])
            try:
                found = read_layer(path, geometry="polygon")
            except (LayerError, CrsError):
                refused += 1
                continue
            assert found["乡镇"].tolist() == frame["乡镇"].tolist()
            assert found.geometry.geom_equals(whole.geometry).all()
        part.write_bytes(content)
    assert refused > 50


def test_a_mapinfo_table_without_a_part_names_it(tmp_path):
    table, _ = formats.write("MapInfo table", tmp_path)
    export, _ = formats.write("MapInfo export", tmp_path)
    table.with_suffix(".dat").unlink()
    export.with_suffix(".mid").unlink()

    with pytest.raises(LayerError, match=r"乡镇界\.tab lacks 乡镇界\.dat .* MapInfo table"):
        read_layer(table)
    with pytest.raises(LayerError, match=r"乡镇界\.mif lacks 乡镇界\.mid .* MapInfo export"):
        read_layer(export)


def test_a_gauss_kruger_zone_of_mapinfo_is_placed(tmp_path):
    """A projection written out in numbers, as MapInfo has it, is as good as a code."""
    path = tmp_path / "zone.mif"
    path.write_text(
        'Version 300\nCharset "WindowsSimpChinese"\nDelimiter ","\n'
        'CoordSys Earth Projection 8, 104, "m", 117, 0, 1, 500000, 0\nColumns 1\n  镇 Char(20)\n'
        "Data\n\nRegion 1\n  4\n600000 3300000\n601000 3300000\n601000 3301000\n600000 3300000\n",
        encoding="gbk",
    )
    path.with_suffix(".mid").write_text('"西林镇"\n', encoding="gbk")

    found = read_layer(path, geometry="polygon", columns={"name": "镇"})

    assert found["name"].tolist() == ["西林镇"]
    assert shapely.area(found.geometry).tolist() == [500_000.0]
    west, south, _, _ = found.to_crs(4326).total_bounds
    expected = gpd.GeoSeries([shapely.Point(600_000, 3_300_000)], crs=4548).to_crs(4326)[0]
    assert (west, south) == pytest.approx((expected.x, expected.y), abs=1e-4)


def test_no_codec_of_python_ends_in_a_traceback():
    """A .cpg may name anything, such as "zip", which Python knows as a codec that is no text."""
    samples = ["西林镇".encode("gbk"), b"\xff\xfe\x00", bytes(range(128, 256))]
    for name in {*aliases, *aliases.values()}:
        settled(codec_of(name), samples)

    assert codec_of("zip") is None
    assert settled(codec_of("zip"), samples[:1]).name == "gbk"


def test_an_impossible_date_is_told(tmp_path):
    path = tmp_path / "t.geojson"
    shape = '{"type": "Polygon", "coordinates": [[[118, 30], [118.1, 30], [118, 30.1], [118, 30]]]}'
    properties = '{"name": "西林镇", "surveyed": "0000/05/01"}'
    feature = f'{{"type": "Feature", "properties": {properties}, "geometry": {shape}}}'
    path.write_text(f'{{"type": "FeatureCollection", "features": [{feature}]}}', encoding="utf-8")

    with pytest.raises(LayerError, match=r"t\.geojson holds an impossible value, such as a date"):
        read_layer(path)
