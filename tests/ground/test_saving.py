"""Tables of results save as they are, and come back the same."""

from __future__ import annotations

import zipfile

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pyogrio
import pytest
import shapely

import greencover as gc
from greencover.corridor.planting_table import PlantingList
from greencover.ground.errors import OutputError
from scenes import BUILT, EQUAL_AREA, GRASS, LEGEND, TRANSFORM, TREE, box, line

pytestmark = pytest.mark.filterwarnings("ignore::greencover.GreencoverWarning")
LAYERS = (".gpkg", ".geojson", ".fgb", ".parquet")
ALL = (*LAYERS, ".csv", ".xlsx")
TROUBLE = pd.DataFrame(
    {
        "code": ["007", "0123"],
        "name": ["=1+1", "@SUM(A1)"],
        "change": ["-5", "+x"],
        "kind": pd.Categorical(["a", "b"]),
        "tags": [{"a": 1}, ["b"]],
        "fid": [5, 6],
        "Code": [1.5, np.nan],
        "none": [None, None],
        "yes": [True, False],
        "day": pd.to_datetime(["2023-05-01", None]),
    },
    index=pd.Index(["T1", "T2"], name="unit"),
)


@pytest.fixture(scope="module")
def cover():
    codes = np.full((20, 60), GRASS, "uint8")
    codes[:, :25] = TREE
    codes[0] = BUILT
    return gc.LandCover.from_array(codes, transform=TRANSFORM, crs=EQUAL_AREA, legend=LEGEND)


@pytest.fixture(scope="module")
def road(cover):
    shapes = [line((5, 10), (50, 10)), line((5, 15), (50, 15))]
    roads = gpd.GeoDataFrame({"name": ["=cmd", "b"]}, geometry=shapes, crs=EQUAL_AREA)
    return gc.roadside_greening(roads, cover, grade=None, offset_m=3.0, belt_m=10.0)


def tables(cover, road):
    zones = gpd.GeoDataFrame(
        {"code": ["01", "02"]}, geometry=[box(2, 2, 20, 18), box(20, 2, 50, 18)], crs=EQUAL_AREA
    )
    areas = gc.class_areas(zones.set_index("code"), cover)
    return {
        "areas": areas,
        "areas of zones": zones.set_index("code").join(areas),
        "forest": gc.forest_coverage(zones, cover),
        "change": gc.cover_change(zones, cover, cover),
        "transitions": gc.transitions(zones, cover, cover),
        "rates": road.rates,
        "sides": road.sides,
        "gaps": road.gaps,
        "not seen": road.not_seen,
        "deductions": road.deductions,
        "chains": road.chains,
        "planting": gc.planting_list(road),
    }


def read(path):
    if path.suffix == ".csv":
        return pd.read_csv(path, dtype={"code": str})
    if path.suffix == ".xlsx":
        return pd.read_excel(path, dtype={"code": str})
    if path.suffix == ".parquet":
        return pd.read_parquet(path)
    return pyogrio.read_dataframe(path)


@pytest.mark.parametrize("suffix", ALL)
def test_every_table_saves_and_its_figures_come_back(cover, road, tmp_path, suffix):
    for name, table in tables(cover, road).items():
        if suffix in (".geojson", ".fgb") and not isinstance(table, gpd.GeoDataFrame):
            continue
        path = gc.save(table, tmp_path / f"{name}{suffix}")
        back = read(path)
        # No rows, no types: a text format cannot tell what the columns of an empty table hold.
        assert len(back) == len(table), name
        for column in table.columns[(table.dtypes == "float64") & table.notna().any()]:
            np.testing.assert_allclose(back[column], table[column], rtol=1e-12, err_msg=column)
        if "code" in back:
            assert back["code"].tolist() == ["01", "02"]


@pytest.mark.parametrize("suffix", ALL)
def test_troublesome_values_save_and_do_nothing(tmp_path, suffix):
    shapes = gpd.points_from_xy([118, 119], [30, 31])
    table = gpd.GeoDataFrame(TROUBLE, geometry=shapes, crs=4326).assign(belt=shapes)
    before = table.copy()
    back = read(gc.save(table, tmp_path / f"t{suffix}"))

    pd.testing.assert_frame_equal(pd.DataFrame(table), pd.DataFrame(before))
    assert back["code"].tolist() == ["007", "0123"]
    assert "unit" in back
    if suffix == ".csv":
        assert back["name"].tolist() == ["'=1+1", "'@SUM(A1)"]
        assert back["change"].tolist() == ["-5", "'+x"]
    else:
        assert back["name"].tolist() == ["=1+1", "@SUM(A1)"]


def test_a_workbook_holds_codes_as_text_and_no_formula(tmp_path):
    path = gc.save(TROUBLE, tmp_path / "t.xlsx", layer="a:b")
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["a b"]
    cells = {cell.value: cell for row in book["a b"].iter_rows() for cell in row}
    assert cells["007"].data_type == "s"
    assert cells["007"].number_format == "@"
    assert cells["=1+1"].data_type == "s"
    with zipfile.ZipFile(path) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


def test_geojson_is_in_longitude_and_latitude_and_a_layer_has_a_name(road, tmp_path):
    flat = road.gaps.to_crs(EQUAL_AREA)
    back = pyogrio.read_dataframe(gc.save(flat, tmp_path / "g.geojson"))
    assert back.crs.to_epsg() == 4326
    assert shapely.equals_exact(
        back.geometry.array, road.gaps.geometry.to_crs(4326).array, tolerance=1e-6
    ).all()
    gc.save(flat, tmp_path / "g.gpkg", layer="gaps")
    assert pyogrio.list_layers(tmp_path / "g.gpkg")[0, 0] == "gaps"


def test_what_cannot_be_saved_is_told_and_the_remedy_works(cover, road, tmp_path):
    with pytest.raises(OutputError, match="name a file that ends in"):
        gc.save(road.rates, tmp_path / "rates.doc")
    zones = gpd.GeoDataFrame(geometry=[box(2, 2, 20, 18)], crs=EQUAL_AREA)
    areas = gc.class_areas(zones, cover)
    with pytest.raises(OutputError, match=r"zones\.join\(table\)"):
        gc.save(areas, tmp_path / "areas.geojson")
    gc.save(zones.join(areas), tmp_path / "areas.geojson")
    assert not list(tmp_path.glob("*.doc"))


def test_a_planting_list_goes_to_a_file_after_any_selection(road, tmp_path):
    gaps = gc.planting_list(road)
    assert isinstance(gaps, PlantingList)
    gaps.to_file(tmp_path / "all.gpkg")
    gaps[gaps["length_m"] > 0].head(2).sort_values("length_m").to_file(tmp_path / "two.gpkg")
    gaps.set_geometry("belt").to_file(tmp_path / "belts.gpkg")

    kinds = {
        p: set(pyogrio.read_dataframe(tmp_path / p).geom_type) for p in ("all.gpkg", "belts.gpkg")
    }
    assert all("Line" in kind for kind in kinds["all.gpkg"])
    assert all("Polygon" in kind for kind in kinds["belts.gpkg"])
    assert len(pyogrio.read_dataframe(tmp_path / "two.gpkg")) == 2
    assert type(gaps.drop(columns=["geometry", "belt", "places"])) is not PlantingList


def test_results_of_roads_draw_explore_and_write_themselves(road, tmp_path):
    import matplotlib as mpl

    mpl.use("Agg")
    axes = road.plot(lang="zh")
    legend = [text.get_text() for text in axes.get_legend().get_texts()]
    assert any("已绿化" in one for one in legend)
    page = road.explore()
    assert "<iframe" in page._repr_html_()
    assert "http" not in page.document.split("</head>")[1].split("<script")[0]
    files = road.write(tmp_path / "out")
    assert set(files) == {"roadside.xlsx", "roadside.gpkg", "roadside.png", "roadside.html"}
    assert all(path.stat().st_size > 500 for path in files.values())
    layers = {str(name) for name, _ in pyogrio.list_layers(files["roadside.gpkg"])}
    assert {"sides", "gaps", "chains"} <= layers
    rates = pd.read_excel(files["roadside.xlsx"], sheet_name="rates")
    np.testing.assert_allclose(rates["greening_pct"], road.rates["greening_pct"])
    assert rates["road"].tolist() == ["=cmd", "b"]
    assert "<table" in road._repr_html_()


def test_results_of_waters_do_so_too(cover, tmp_path):
    waters = gpd.GeoDataFrame({"name": ["w"]}, geometry=[line((5, 10), (50, 10))], crs=EQUAL_AREA)
    bank = gc.waterside_greening(waters, cover, width_m=4.0)
    assert set(bank.write(tmp_path)) >= {"waterside.xlsx", "waterside.gpkg"}
    assert bank.plot() is not None
