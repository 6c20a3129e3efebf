"""Forms for the field: they hide what the map said, come back whole, and lead to the places."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pyproj
import pytest
import shapely

import greencover as gc
from greencover.corridor.field_columns import read_field_form
from greencover.ground.china import wgs84_to_gcj02
from greencover.ground.errors import ArgumentError, LayerError
from paths import SAMPLE
from phone import CHROMIUM, embedded, tried

EVIL = "=1+1</script><script>alert(1)</script>"


def roadside() -> gc.RoadsideGreening:
    """200 sides of 20 m on a line of latitude; every fourth is called a gap."""
    step = np.arange(200)
    lon = 114.3 + step * 2e-4
    lines = [shapely.LineString([(x, 30.5), (x + 2e-4, 30.5)]) for x in lon]
    sides = gpd.GeoDataFrame(
        {
            "road": np.where(step < 100, EVIL, "东环路"),
            "grade": "county",
            "side": np.where(step % 2, "left", "right"),
            "from_m": step * 20.0,
            "to_m": step * 20.0 + 20.0,
            "length_m": 20.0,
            "status": np.where(step % 4, "greened", "gap"),
            "township": np.where(step < 50, "东草乡", None),
        },
        geometry=lines,
        crs=4326,
    )
    return gc.RoadsideGreening(sides, {})


@pytest.fixture(scope="module")
def road():
    return roadside()


@pytest.fixture(scope="module")
def sample(road):
    return gc.field_sample(road, n=40)


@pytest.fixture
def forms(sample, tmp_path):
    return gc.write_field_forms(sample, tmp_path / "forms")


def fill_workbook(path, findings):
    book = openpyxl.load_workbook(path)
    sheet = book.active
    names = [cell.value for cell in sheet[4]]
    for row, found in enumerate(findings, start=5):
        sheet.cell(row, names.index("found") + 1).value = found
    book.save(path)


def test_a_workbook_comes_back_with_its_findings(road, sample, forms):
    words = ["已绿化", "缺口", "不可绿化", "未到达", "greened", "gap", "", None]
    fill_workbook(forms["field-form.xlsx"], words)

    form = read_field_form(forms["field-form.xlsx"])

    assert form["found"].tolist() == words[:6]
    assert form["sample_id"].tolist() == sample["sample_id"].tolist()[:6]
    assert form["distance_m"].isna().all()
    rate = gc.checked_greening(road, form).iloc[0]
    assert rate[["greened", "gap", "excluded", "not_reached"]].tolist() == [2, 2, 1, 35]


def test_the_workbook_offers_the_findings_and_hides_what_tells_the_draw(forms):
    sheet = openpyxl.load_workbook(forms["field-form.xlsx"]).active
    (choice,) = sheet.data_validations.dataValidation
    names = [cell.value for cell in sheet[4]]

    assert choice.formula1.strip('"').split(",")[:4] == ["已绿化", "缺口", "不可绿化", "未到达"]
    assert sheet.row_dimensions[4].hidden
    # Neighbouring columns of one width are one entry of the file.
    hidden = {
        name
        for number, name in enumerate(names, start=1)
        if any(
            entry.hidden and entry.min <= number <= entry.max
            for entry in sheet.column_dimensions.values()
        )
    }
    assert hidden == {"frame", "seed", "by", "drawn", "here_lon", "here_lat"}
    assert sheet.cell(5, names.index("road") + 1).data_type == "s"


@pytest.mark.parametrize("name", ["field-form.xlsx", "field-form.html", "field-form.gpkg"])
def test_no_form_says_what_the_map_called_a_side(forms, name):
    if name.endswith("xlsx"):
        cells = openpyxl.load_workbook(forms[name]).active.values
        content = "|".join(str(cell) for row in cells for cell in row).encode()
    elif name.endswith("gpkg"):
        content = ",".join(gpd.read_file(forms[name]).columns).encode()
    else:
        content = json.dumps(embedded(forms[name])).encode()

    for told in (b"status", b"stratum", b"weight", b"cover_now"):
        assert told not in content


def test_a_geopackage_comes_back_with_its_findings(road, sample, forms):
    points = gpd.read_file(forms["field-form.gpkg"])
    points["found"] = sample["status"].to_numpy()
    points.to_file(forms["field-form.gpkg"], layer="field_form")

    rate = gc.checked_greening(road, read_field_form(forms["field-form.gpkg"])).iloc[0]

    assert rate["greening_pct"] == pytest.approx(75.0)
    assert rate["checked"] == 40


def test_distance_of_a_position_is_measured_on_the_ground(sample, tmp_path):
    table = sample.drop(columns="geometry").assign(
        found="gap",
        lon=114.3,
        lat=30.5,
        here_lon=["114.301", *["114.3"] * 39],
        here_lat=["30.5", *[""] * 39],
    )
    table.to_csv(tmp_path / "form.csv", index=False, encoding="utf-8-sig")

    form = read_field_form(tmp_path / "form.csv")

    metres = pyproj.Geod(ellps="WGS84").line_length([114.3, 114.301], [30.5, 30.5])
    assert form["distance_m"].iloc[0] == pytest.approx(metres, abs=1e-6)
    assert form["distance_m"].iloc[1:].isna().all()


def test_a_form_without_its_draw_is_named(tmp_path):
    (tmp_path / "form.csv").write_text("sample_id,found\n1,gap\n")

    with pytest.raises(LayerError, match=r"form .*form\.csv.*frame"):
        read_field_form(tmp_path / "form.csv")


@pytest.mark.parametrize("datum", ["WGS 84", "GCJ-02"])
def test_points_lie_where_the_map_of_the_telephone_has_them(sample, tmp_path, datum):
    forms = gc.write_field_forms(sample, tmp_path, lang="zh", datum=datum)
    middle = shapely.get_coordinates(sample.geometry)
    wanted = middle if datum == "WGS 84" else np.transpose(wgs84_to_gcj02(*middle.T))

    marks = ET.parse(forms["field-form.gpx"]).getroot()
    found = [
        [float(one.get("lon")), float(one.get("lat"))] for one in marks.iter() if one.get("lon")
    ]
    kml = gpd.read_file(forms["field-form.kml"])
    page = embedded(forms["field-form.html"])

    assert np.allclose(found, wanted, atol=1e-6)
    assert np.allclose(shapely.get_coordinates(kml.geometry)[:, :2], wanted, atol=1e-6)
    assert np.allclose([row["shown"] for row in page["rows"]], wanted, atol=1e-6)
    # What is saved, and what a mapping program reads, is WGS 84 all the same.
    assert np.allclose([[row["lon"], row["lat"]] for row in page["rows"]], middle, atol=1e-6)
    points = gpd.read_file(forms["field-form.gpkg"])
    assert np.allclose(shapely.get_coordinates(points.geometry), middle, atol=1e-6)
    names = [one.text for one in marks.iter("{http://www.topografix.com/GPX/1/1}name")]
    row = sample.iloc[-1]
    assert names[-1].startswith(f"{row['sample_id']} 东环路 K")
    assert names[-1].endswith({"left": "左侧", "right": "右侧"}[row["side"]])


def test_another_datum_is_refused(sample, tmp_path):
    with pytest.raises(ArgumentError, match="Unknown datum 'BD-09'"):
        gc.write_field_forms(sample, tmp_path / "forms", datum="BD-09")

    assert list(tmp_path.iterdir()) == []


def test_names_are_text_in_the_page(forms):
    assert EVIL not in forms["field-form.html"].read_text()
    assert EVIL in {row["name"] for row in embedded(forms["field-form.html"])["rows"]}


PROBE = """<script>
document.querySelectorAll(".row")[0].click();
document.querySelectorAll(".findings button")[1].click();
const note = document.getElementById("note");
note.value = "=HYPERLINK(1), \\"quoted\\"";
note.dispatchEvent(new Event("input"));
document.querySelectorAll("main button")[0].click();
const told = document.createElement("pre");
told.id = "probe";
told.textContent = JSON.stringify({ table: table(), alerted: document.scripts.length,
  rows: document.querySelectorAll(".row").length,
  done: document.querySelectorAll(".row.done").length,
  progress: document.getElementById("progress").textContent,
  wide: document.documentElement.scrollWidth });
document.body.append(told);
</script>"""


@pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
def test_the_form_of_a_telephone_saves_what_was_found(road, sample, forms, tmp_path):
    result = tried(forms["field-form.html"], PROBE, tmp_path)
    form = tmp_path / "saved.csv"
    form.write_text(result["table"], encoding="utf-8")

    assert (result["rows"], result["done"], result["progress"]) == (40, 1, "1 / 40")
    # Data, program and probe: no name became one.
    assert result["alerted"] == 3
    assert result["wide"] <= 500
    filled = read_field_form(form)
    assert filled["sample_id"].tolist() == [sample["sample_id"].iloc[0]]
    assert filled["found"].tolist() == ["gap"]
    assert filled["note"].tolist() == ['\'=HYPERLINK(1), "quoted"']
    assert gc.checked_greening(road, filled)["gap"].iloc[0] == 1


@pytest.mark.thorough
def test_the_command_line_draws_and_judges(tmp_path, capsys):
    """Of the sample county's roadsides all that were drawn are found as they were called."""
    from greencover.cli import main

    campaign = str(SAMPLE / "campaign.toml")
    out = tmp_path / "forms"
    options = ["--sides", "60", "--seed", "a draw", "--lang", "en"]
    assert main(["field-sample", campaign, "--out", str(out), *options]) == 0
    said = capsys.readouterr()
    assert "60 sides drawn" in said.out
    fill_workbook(out / "field-form.xlsx", ["greened"] * 60)

    table = tmp_path / "rates.csv"
    form = str(out / "field-form.xlsx")
    status = main(["field-result", campaign, form, "--out", str(table), "--target", "99"])

    said = capsys.readouterr()
    assert status == 0
    rate = pd.read_csv(table).iloc[0]
    assert rate["greening_pct"] == 100.0
    assert rate["checked"] == 60
    assert rate["verdict"] == "uncertain"
    assert "a draw" in said.err
