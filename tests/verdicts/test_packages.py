"""Work packages of a campaign: written as workbook, layers and tracks, and taken back."""

from __future__ import annotations

import geopandas as gpd
import openpyxl
import pytest

import greencover as gc
from greencover.report.gis import field
from small_county import SmallCounty

SECTION = """
[planting]
spacing_m = 5
rows = 1
seasons = ["2024春", "2024秋"]
"""


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("packages")
    county = SmallCounty()
    county.text += SECTION
    campaign = county.write(folder / "county")
    assessment = gc.assess(campaign)
    files = assessment.write(folder / "out", formats=["packages", "packages-gis"])
    return campaign, assessment, files


def rows_of(path):
    sheet = openpyxl.load_workbook(path).worksheets[0]
    keys = [cell.value for cell in sheet[4]]
    rows = sheet.iter_rows(min_row=5, values_only=True)
    return keys, [dict(zip(keys, row, strict=True)) for row in rows]


def test_packages_are_written_by_township_season_person_and_state(written):
    _, assessment, files = written
    packages = assessment.packages
    assert set(files) == {"work-packages.xlsx", "work-packages.gpkg", "work-packages.gpx"}
    assert len(packages) > 0
    assert packages["gap_id"].is_unique
    assert set(packages["gap_id"]) == set(assessment.gaps["gap_id"])
    assert set(packages["responsible"]) == set(packages["township"])

    keys, rows = rows_of(files["work-packages.xlsx"])
    assert {"gap_id", "township", "season", "responsible", "work_status", "trees"} <= set(keys)
    assert [row["gap_id"] for row in rows] == packages["gap_id"].tolist()
    assert sum(row["trees"] for row in rows) == packages["trees"].sum()
    sums = openpyxl.load_workbook(files["work-packages.xlsx"]).worksheets[1]
    total = [cell.value for cell in sums[3]].index("株数\nTrees")
    assert sum(row[total] for row in sums.iter_rows(min_row=4, values_only=True)) == (
        packages["trees"].sum()
    )

    belts = gpd.read_file(files["work-packages.gpkg"], layer="belts")
    lines = gpd.read_file(files["work-packages.gpkg"], layer="lines")
    assert belts.geom_type.unique().tolist() == ["MultiPolygon"]
    assert belts["gap_id"].tolist() == lines["gap_id"].tolist() == packages["gap_id"].tolist()
    ground = belts.to_crs(belts.estimate_utm_crs()).area.sum() / 1e4
    assert ground == pytest.approx(packages["belt_ha"].sum(), rel=2e-3)
    places = gpd.read_file(files["work-packages.gpkg"], layer="places")
    assert places["gap_id"].value_counts().to_dict() == {
        gap: trees for gap, trees in packages.set_index("gap_id")["trees"].items() if trees
    }
    assert places["name"].is_unique
    text = files["work-packages.gpx"].read_text("utf-8")
    assert "2024春" in text
    marks = gpd.read_file(files["work-packages.gpx"], layer="waypoints")
    assert set(places["name"]) <= set(marks["name"])
    assert len(marks) == len(places) + 2 * len(packages)


def test_more_places_than_a_receiver_takes_are_left_out_and_told(written, tmp_path, monkeypatch):
    _, assessment, _ = written
    packages = assessment.packages
    monkeypatch.setattr(field, "MOST_PLACES", int(packages["trees"].sum()) - 1)
    for write, name in ((field.write_gpx, "a.gpx"), (field.write_kml, "a.kml")):
        text = write(packages, tmp_path / name, lang="en").read_text("utf-8")
        assert "#1" not in text
        assert "work-packages.gpkg" in text
        monkeypatch.undo()
        assert f"{packages['gap_id'].iloc[0]} #1<" in write(packages, tmp_path / name).read_text(
            "utf-8"
        )
        monkeypatch.setattr(field, "MOST_PLACES", int(packages["trees"].sum()) - 1)


@pytest.mark.parametrize("form", ["xlsx", "gpkg"])
def test_a_form_that_comes_back_updates_the_state(written, form):
    campaign, assessment, files = written
    first = assessment.packages["gap_id"].iloc[0]
    back = campaign.parent / f"back.{form}"
    if form == "xlsx":
        book = openpyxl.load_workbook(files["work-packages.xlsx"])
        sheet = book.worksheets[0]
        keys = [cell.value for cell in sheet[4]]
        sheet.cell(5, keys.index("work_status") + 1).value = "已验收"
        sheet.cell(5, keys.index("done_on") + 1).value = "2024-11-02"
        book.save(back)
    else:
        belts = gpd.read_file(files["work-packages.gpkg"], layer="belts")
        belts.loc[0, ["work_status", "done_on"]] = ["accepted", "2024-11-02"]
        belts.to_file(back, layer="belts")
    again = campaign.with_name(f"again-{form}.toml")
    text = campaign.read_text("utf-8").replace("[planting]", f'[planting]\nform = "{back.name}"')
    again.write_text(text, encoding="utf-8")

    after = gc.assess(again)

    packages = after.packages.set_index("gap_id")
    assert packages.loc[first, ["work_status", "done_on"]].tolist() == ["accepted", "2024-11-02"]
    assert set(packages["work_status"].drop(first)) <= {"planned", "to check", "cannot be planted"}
    assert "work packages" in after.provenance["inputs"]
    assert after.provenance["parameters"]["planting"]["spacing_m"] == 5


def test_without_a_plan_nothing_is_written(tmp_path):
    assessment = gc.assess(SmallCounty().write(tmp_path / "county"))
    assert len(assessment.packages) == 0
    assert assessment.write(tmp_path / "out", formats=["packages", "json"]).keys() == {
        "provenance.json"
    }
