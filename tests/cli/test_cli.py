"""The commands, as a person at a terminal meets them."""

from __future__ import annotations

import os
import subprocess
import sys
import warnings
from importlib.metadata import version
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely

from greencover import cli
from greencover.cover import available as legends
from greencover.ground.china import wgs84_to_gcj02
from greencover.ground.errors import GreencoverWarning
from greencover.standards import available as standards
from small_county import MIDDLE_X, NORTH, SOUTH, WEST, SmallCounty, townships


def run(capsys, *arguments):
    code = cli.main([str(argument) for argument in arguments])
    streams = capsys.readouterr()
    assert code == 0, streams.err
    return streams.out


@pytest.fixture
def county(tmp_path) -> Path:
    return SmallCounty().write(tmp_path / "in")


def areas(capsys, county, out, *options):
    folder = county.parent
    given = [folder / "county.gpkg", folder / "cover.tif", "--layer=townships", "--out", out]
    return run(capsys, "areas", *given, "--legend=worldcover", *options)


@pytest.mark.parametrize("suffix", ["csv", "parquet", "gpkg", "CSV"])
def test_areas_are_the_same_in_every_format(tmp_path, capsys, county, suffix):
    out = tmp_path / f"areas.{suffix}"

    said = areas(capsys, county, out, "--id=code")

    readers = {"csv": pd.read_csv, "parquet": gpd.read_parquet, "gpkg": gpd.read_file}
    table = readers[suffix.lower()](out)
    assert "2 zones" in said
    assert table["code"].tolist() == ["T1", "T2"]
    assert table["name"].tolist() == ["西林镇", "东草乡"]
    # West is all trees, east all grass, and the halves are equal.
    half = table["total_ha"][0]
    assert table["tree_10_ha"].tolist() == pytest.approx([half, 0.0], abs=1e-9)
    assert table["grass_30_ha"].tolist() == pytest.approx([0.0, half], abs=1e-9)
    assert table["unobserved_ha"].tolist() == pytest.approx([0.0, 0.0], abs=1e-9)
    assert ("geometry" in table.columns) == (suffix.lower() != "csv")


def test_areas_on_the_grid_differ_from_those_on_the_ellipsoid(tmp_path, capsys, county):
    totals = {}
    for area in ("ellipsoid", "grid"):
        areas(capsys, county, tmp_path / "a.csv", f"--area={area}")
        totals[area] = pd.read_csv(tmp_path / "a.csv")["total_ha"].sum()

    assert totals["grid"] == pytest.approx(totals["ellipsoid"], rel=1e-3)
    assert totals["grid"] != totals["ellipsoid"]


def test_areas_take_another_value_for_nodata(tmp_path, capsys):
    parts = SmallCounty()
    parts.codes[:4, :5] = 77
    county = parts.write(tmp_path / "in")
    out = tmp_path / "a.csv"

    areas(capsys, county, out, "--nodata=77")

    table = pd.read_csv(out)
    # Twenty cells of the west's eight hundred.
    share = table["unobserved_ha"] / table["total_ha"]
    assert share.tolist() == pytest.approx([20 / 800, 0.0], rel=1e-4)


def test_areas_read_a_class_that_the_raster_calls_nodata(tmp_path, capsys, county):
    with rasterio.open(county.parent / "cover.tif", "r+") as dataset:
        dataset.nodata = 30

    areas(capsys, county, tmp_path / "a.csv", "--nodata=none")

    table = pd.read_csv(tmp_path / "a.csv")
    assert table["unobserved_ha"].tolist() == [0.0, 0.0]
    assert table["grass_30_ha"][1] == pytest.approx(table["total_ha"][1])


def test_areas_of_zones_from_a_web_map(tmp_path, capsys, county):
    shapes = shapely.transform(townships().geometry.to_numpy(), wgs84_to_gcj02, interleaved=False)
    townships().set_geometry(gpd.GeoSeries(shapes, crs=4326)).to_file(tmp_path / "web.geojson")
    given = [tmp_path / "web.geojson", county.parent / "cover.tif", "--legend=worldcover"]

    run(capsys, "areas", *given, "--crs=GCJ-02", "--out", tmp_path / "web.csv")
    areas(capsys, county, tmp_path / "a.csv")

    web, true = pd.read_csv(tmp_path / "web.csv"), pd.read_csv(tmp_path / "a.csv")
    assert web["tree_10_ha"].tolist() == pytest.approx(true["tree_10_ha"].tolist(), abs=1e-6)
    assert web["unobserved_ha"].tolist() == pytest.approx([0.0, 0.0], abs=1e-6)


@pytest.mark.parametrize(
    ("zones", "raster", "words"),
    [
        (
            "rasterstats-slope/polygons_no_overlap.shp",
            "rasterstats-slope/slope_classes.tif",
            ["polygons_no_overlap.shp", "slope_classes.tif", "share no ground"],
        ),
        (
            "sao-miguel-azores/caop2024_municipalities.gpkg",
            "sao-miguel-azores/eu_dem_v11.tif",
            ["eu_dem_v11.tif", "take the raster of codes itself"],
        ),
    ],
)
def test_real_zones_that_do_not_fit_their_raster_are_refused(
    tmp_path, capsys, real_data, zones, raster, words
):
    """Zones that touch a raster's corner, and terrain in place of land cover."""
    given = [real_data(one.split("/")[0]) / one.split("/")[1] for one in (zones, raster)]
    command = ["areas", *given, "--legend=worldcover", "--out", tmp_path / "a.csv"]

    assert cli.main([str(one) for one in command]) == 2

    lines = capsys.readouterr().err.splitlines()
    (said,) = [line for line in lines if not line.startswith("note: ")]
    for word in words:
        assert word in said
    assert not (tmp_path / "a.csv").exists()


def test_zones_where_the_raster_has_no_data_are_measured_and_remarked(tmp_path, capsys, county):
    with rasterio.open(county.parent / "cover.tif", "r+") as dataset:
        dataset.nodata = 0
        dataset.write(np.zeros((1, 40, 40), dtype="uint8"))
    given = [county.parent / "county.gpkg", county.parent / "cover.tif", "--layer=townships"]
    command = ["areas", *given, "--legend=worldcover", "--out", tmp_path / "a.csv"]

    assert cli.main([str(one) for one in command]) == 0

    assert "has no zone where the raster" in capsys.readouterr().err
    table = pd.read_csv(tmp_path / "a.csv")
    assert table["unobserved_ha"].tolist() == pytest.approx(table["total_ha"].tolist())


def test_a_value_for_nodata_that_is_none_is_a_usage_mistake(tmp_path, capsys, county):
    folder = county.parent
    given = ["areas", folder / "county.gpkg", folder / "cover.tif", "--layer=townships"]
    given += ["--legend=worldcover", "--out", tmp_path / "a.csv", "--nodata=water"]

    assert cli.main([str(one) for one in given]) == 2
    assert "'water' is neither a number nor none" in capsys.readouterr().err


def test_verbose_says_what_is_read_and_only_then(capsys, county):
    for options, said in (([], 0), (["-v"], 1), ([], 0)):
        assert cli.main([*options, "check", str(county)]) == 0
        assert capsys.readouterr().err.count("read 2 rows of the layer 'townships'") == said


def test_own_columns_are_never_overwritten(tmp_path, capsys, county):
    zones = townships().assign(Total_ha=[1.0, 2.0], fid=[7, 7])
    zones.to_file(tmp_path / "zones.geojson")

    run(
        capsys,
        *["areas", tmp_path / "zones.geojson", county.parent / "cover.tif"],
        *["--legend=worldcover", "--out", tmp_path / "a.gpkg"],
    )

    table = gpd.read_file(tmp_path / "a.gpkg")
    assert table["Total_ha_zones"].tolist() == [1.0, 2.0]
    assert table["fid_zones"].tolist() == [7, 7]
    assert table["total_ha"].min() > 8.0


def test_areas_of_several_tiles(tmp_path, capsys, county):
    folder = county.parent
    tile = folder / "cover.tif"

    run(
        capsys,
        *["areas", folder / "county.gpkg", tile, tile, "--layer=townships"],
        *["--legend=worldcover", "--out", tmp_path / "a.csv"],
    )

    assert pd.read_csv(tmp_path / "a.csv")["tree_10_ha"][0] == pytest.approx(8.556423, abs=1e-6)


def test_csv_opens_with_its_chinese_names_in_a_spreadsheet(tmp_path, capsys, county):
    areas(capsys, county, tmp_path / "a.csv")

    assert (tmp_path / "a.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_repairs_are_noted_in_one_line(tmp_path, capsys):
    parts = SmallCounty()
    wings = [(WEST, SOUTH), (MIDDLE_X, NORTH), (MIDDLE_X, SOUTH), (WEST, NORTH)]
    parts.townships.loc[0, "geometry"] = shapely.Polygon(wings)
    county = parts.write(tmp_path / "in")

    code = cli.main(["check", str(county)])

    streams = capsys.readouterr()
    assert code == 0
    assert streams.err.startswith("note: The layer 'townships'")
    assert "1 invalid polygon (row 1)" in streams.err
    assert streams.err.count("\n") == 1


def test_warnings_are_shown_as_before_afterwards(capsys):
    show = warnings.showwarning
    cli.main(["legends"])
    capsys.readouterr()

    assert warnings.showwarning is show
    with pytest.warns(GreencoverWarning):
        warnings.warn("still a warning", GreencoverWarning, stacklevel=1)


def test_check_explains_and_writes_nothing(capsys, county):
    before = sorted(county.parent.iterdir())

    said = run(capsys, "check", county)

    assert "双镇县国家森林城市建设 · Two-township county" in said
    assert "Forest coverage >= 35 %" in said
    assert sorted(county.parent.iterdir()) == before


@pytest.mark.parametrize(("command", "names"), [("legends", legends()), ("standards", standards())])
def test_lists_name_everything_built_in(capsys, command, names):
    said = run(capsys, command)

    assert [line.split()[0] for line in said.splitlines()] == list(names)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["legends", "worldcover"], ["10", "tree", "Mangroves", "红树林", "unobserved", "CC BY"]),
        (["standards", "national-forest-city-2012"], [">= 35 %", "森林覆盖率", "> 800", "S2"]),
    ],
)
def test_one_legend_or_standard_is_shown(capsys, arguments, words):
    said = run(capsys, *arguments)

    for word in words:
        assert word in said


def test_version_is_the_installed_one(capsys):
    assert version("greencover") in run(capsys, "--version")


def test_help_of_the_program_is_in_two_languages():
    done = subprocess.run(
        [sys.executable, "-m", "greencover", "--help"],
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )

    assert "道路绿化率" in done.stdout.decode("utf-8")


def test_help_imports_nothing_heavy():
    """So that help comes at once, which no clock of a busy machine can tell."""
    script = (
        "import sys\nfrom greencover.cli import main\nmain(['--help'])\n"
        "heavy = {'numba', 'pandas', 'geopandas', 'matplotlib', 'rasterio', 'pydantic', 'bokeh'}\n"
        "sys.exit(len(heavy & set(sys.modules)))"
    )

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)

    assert done.stderr.decode() == ""
    assert done.returncode == 0


def test_chinese_is_written_whatever_the_locale():
    done = subprocess.run(
        [sys.executable, "-m", "greencover", "legends", "clcd"],
        capture_output=True,
        check=True,
        env=os.environ | {"PYTHONIOENCODING": "ascii", "LC_ALL": "C"},
    )

    assert "土地覆盖" in done.stdout.decode("utf-8")


def test_usage_mistakes_end_with_two(capsys):
    assert cli.main(["areas"]) == 2
    assert "Usage: greencover areas" in capsys.readouterr().err


def test_interruption_is_no_traceback(capsys, monkeypatch, county):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("greencover.campaign.Campaign.read", interrupt)

    assert cli.main(["check", str(county)]) == 130
    assert "Traceback" not in capsys.readouterr().err


def test_assess_prints_the_table_and_writes_the_files(tmp_path, capsys, county):
    out = tmp_path / "out"

    said = run(capsys, "assess", county, "--out", out, "--formats=xlsx,parquet,gpkg,html")

    assert "西林镇" in said
    for name in ("assessment.xlsx", "assessment.parquet", "gaps.gpkg", "report.html"):
        assert (out / name).is_file()
        assert name in said
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in", "out"]


def test_check_and_assess_agree_on_the_targets(tmp_path, capsys, county):
    explained = run(capsys, "check", county)
    cli.main(["assess", str(county), "--out", str(tmp_path / "out"), "--formats=json"])
    noted = capsys.readouterr().err

    line = next(line for line in explained.splitlines() if "not judged" in line)
    assert f" {line.split()[-1]} targets were not judged" in noted


@pytest.mark.thorough
def test_demo_says_where_the_sample_is(tmp_path, capsys):
    said = run(capsys, "demo", "--out", tmp_path / "out", "--formats=html")

    sample = Path(said.splitlines()[0].removeprefix("sample county: "))
    assert sample.is_file()
    assert (tmp_path / "out" / "report.html").is_file()
