"""No result takes the place of a file that the campaign reads, from the command line or Python."""

from __future__ import annotations

import shutil

import pytest

import greencover as gc
from greencover.cli import main
from greencover.ground.errors import OutputError
from small_county import SmallCounty


def county_in(folder, name):
    """A campaign whose townships lie in a folder of results, under the name of a result."""
    campaign = SmallCounty().write(folder / "in")
    results = folder / "results"
    results.mkdir()
    shutil.copy(folder / "in" / "county.gpkg", results / name)
    text = campaign.read_text(encoding="utf-8").replace("county.gpkg", f"../results/{name}")
    campaign.write_text(text, encoding="utf-8")
    return campaign, results


def everything(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("formats", ["json", "gpkg", "xlsx"])
def test_a_layer_that_lies_where_a_result_goes_is_named_before_computing(
    tmp_path, capsys, monkeypatch, formats
):
    campaign, results = county_in(tmp_path, "gaps.gpkg")
    before = everything(tmp_path)
    monkeypatch.setattr("greencover.verdicts.run.measure", lambda *_, **__: pytest.fail("computed"))

    status = main(["assess", str(campaign), "--out", str(results), "--formats", formats])

    assert status == 2
    assert "gaps.gpkg would replace a file that this campaign reads" in capsys.readouterr().err
    assert everything(tmp_path) == before


def test_a_campaign_file_named_like_a_result_is_named(tmp_path, capsys):
    campaign = SmallCounty().write(tmp_path)
    named = campaign.rename(campaign.with_name("report.html"))
    before = everything(tmp_path)

    assert main(["assess", str(named), "--out", str(tmp_path)]) == 2

    assert "report.html would replace a file" in capsys.readouterr().err
    assert everything(tmp_path) == before


@pytest.mark.parametrize("command", ["field-sample", "field-result", "survival-sample"])
def test_forms_and_rates_replace_no_input(tmp_path, capsys, command):
    campaign, results = county_in(tmp_path, "field-form.gpkg")
    before = everything(tmp_path)
    forms, out = [], results
    if command == "field-result":
        forms, out = [results / "field-form.gpkg"], results / "field-form.gpkg"
    if command == "survival-sample":
        out = results / "field-form.gpkg"

    assert main([command, str(campaign), *map(str, forms), "--out", str(out)]) == 2

    assert "field-form.gpkg would replace a file" in capsys.readouterr().err
    assert everything(tmp_path) == before


@pytest.mark.parametrize("command", [["demo"], ["assess", "campaign.toml"]])
def test_an_empty_place_is_not_the_folder_that_one_stands_in(
    tmp_path, capsys, monkeypatch, command
):
    monkeypatch.chdir(tmp_path)

    assert main([*command, "--out", ""]) == 2

    assert "'--out' is empty" in capsys.readouterr().err
    assert everything(tmp_path) == {}


def test_python_refuses_as_well(tmp_path):
    campaign, results = county_in(tmp_path, "gaps.gpkg")
    assessment = gc.assess(campaign)
    before = everything(tmp_path)

    with pytest.raises(OutputError, match=r"gaps\.gpkg would replace"):
        assessment.write(results, formats=["json"])

    assert everything(tmp_path) == before


def test_an_input_of_another_name_may_lie_among_the_results(tmp_path):
    campaign, results = county_in(tmp_path, "our-townships.gpkg")

    status = main(["assess", str(campaign), "--out", str(results), "--formats=json", "--quiet"])

    assert status == 0
    assert {"our-townships.gpkg", "provenance.json"} <= {path.name for path in results.iterdir()}


def test_the_files_told_before_computing_are_those_of_the_provenance(tmp_path):
    campaign = SmallCounty().write(tmp_path)
    told = []
    assessment = gc.assess(campaign, before=told.extend)
    read = [one["path"] for files in assessment.provenance["inputs"].values() for one in files]
    assert {str(path) for path in told} == set(read)
    assert {"campaign.toml", "county.gpkg", "cover.tif"} <= {path.name for path in told}
