"""What the commands write and print: languages, formats, quiet, JSON, exit codes."""

from __future__ import annotations

import json

import pytest

from greencover import cli
from greencover.report.tables import display_width
from report_fixtures import make_assessment
from small_county import SmallCounty


@pytest.fixture(scope="module")
def campaign(tmp_path_factory):
    return SmallCounty().write(tmp_path_factory.mktemp("county"))


@pytest.fixture
def assessed(monkeypatch):
    """The hand-made assessment in place of a computed one: its verdicts are known."""
    monkeypatch.setattr("greencover.verdicts.assess", lambda *_, **__: make_assessment())


def run(capsys, *arguments) -> tuple[int, str, str]:
    code = cli.main([str(argument) for argument in arguments])
    streams = capsys.readouterr()
    return code, streams.out, streams.err


@pytest.mark.usefixtures("assessed")
def test_only_the_formats_and_maps_asked_for(tmp_path, capsys, campaign):
    out = tmp_path / "r"
    code, _, error = run(
        capsys, "assess", campaign, "--out", out, "--formats", "svg, json", "--maps",
        "verdict-matrix,indicators", "--approval", "赣S(2024)9号",
    )  # fmt: skip

    assert (code, error.count("\n")) == (0, 2)
    assert sorted(p.relative_to(out).as_posix() for p in out.rglob("*") if p.is_file()) == [
        "maps/indicators.svg",
        "maps/verdict-matrix.svg",
        "provenance.json",
    ]
    # The matrix is a table and needs no approval.
    numbers = ["赣S(2024)9号" in p.read_text("utf-8") for p in sorted((out / "maps").iterdir())]
    assert numbers == [True, False]


@pytest.mark.usefixtures("assessed")
def test_results_that_go_are_named(tmp_path, capsys, campaign):
    out = tmp_path / "r"
    run(capsys, "assess", campaign, "--out", out, "--formats=json,parquet")

    _, _, error = run(capsys, "assess", campaign, "--out", out, "--formats=json")

    assert "are gone from" in error
    assert "assessment.parquet" in error


@pytest.mark.usefixtures("assessed")
@pytest.mark.parametrize(("lang", "word"), [("zh", "森林覆盖率"), ("en", "Forest")])
def test_language_of_the_table(tmp_path, capsys, monkeypatch, campaign, lang, word):
    monkeypatch.setenv("COLUMNS", "80")
    _, said, _ = run(
        capsys, "assess", campaign, "--out", tmp_path / "r", "--formats=json", f"--lang={lang}"
    )
    lines = said.splitlines()

    assert word in said
    assert ("Forest" in said) == (lang == "en")
    assert max(map(display_width, lines[:-1])) <= 80


@pytest.mark.usefixtures("assessed")
def test_quiet_prints_nothing(tmp_path, capsys, campaign):
    found = run(capsys, "assess", campaign, "--out", tmp_path / "r", "--formats=json", "--quiet")

    assert found == (0, "", "")
    assert (tmp_path / "r" / "provenance.json").is_file()


@pytest.mark.usefixtures("assessed")
def test_json_is_for_other_programs(tmp_path, capsys, campaign):
    code, said, _ = run(
        capsys, "assess", campaign, "--out", tmp_path / "r", "--formats=parquet,json", "--json"
    )
    found = json.loads(said)
    assessment = make_assessment()

    assert code == 0
    assert found["verdicts"] == assessment.table["verdict"].value_counts().to_dict()
    assert len(found["table"]) == len(assessment.table)
    assert found["table"][0]["name"] == "青岚镇"
    assert sorted(found["files"]) == ["assessment.parquet", "provenance.json"]
    assert found["gaps"]["count"] == len(assessment.gaps)


@pytest.mark.parametrize(("missed", "code"), [(True, 3), (False, 0)])
def test_exit_code_when_a_target_is_not_met(tmp_path, capsys, monkeypatch, campaign, missed, code):
    from dataclasses import replace

    given = make_assessment()
    if not missed:
        given = replace(given, table=given.table.replace({"verdict": {"not met": "met"}}))
    monkeypatch.setattr("greencover.verdicts.assess", lambda *_, **__: given)
    options = ("--out", tmp_path / "r", "--formats=json", "--quiet")
    found, _, error = run(capsys, "assess", campaign, *options, "--fail-on=not-met")

    assert found == code
    assert ("38 targets are not met" in error) == missed
    assert run(capsys, "assess", campaign, *options)[0] == 0


@pytest.mark.parametrize(
    ("option", "words"),
    [
        ("--formats=xls", "format 'xls' is unknown: use some of xlsx"),
        ("--maps=forest", "map 'forest' is unknown: use some of forest-coverage"),
        ("--template=none.docx", "The template none.docx does not exist"),
    ],
)
def test_a_mistake_is_told_before_anything_is_computed(
    tmp_path, capsys, monkeypatch, campaign, option, words
):
    def fail(*_, **__):
        raise AssertionError("computed")

    monkeypatch.setattr("greencover.verdicts.assess", fail)
    code, _, error = run(capsys, "assess", campaign, "--out", tmp_path / "r", option)

    assert code == 2
    assert words in error
    assert not (tmp_path / "r").exists()
