"""The JSON Schema of campaigns says what the reader of campaigns takes."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from greencover.campaign.schema import json_schema
from greencover.cli import main
from small_county import SmallCounty

jsonschema = pytest.importorskip("jsonschema")
SAMPLE = Path(__file__).parents[2] / "data" / "sample" / "campaign.toml"


@pytest.fixture(scope="module")
def valid() -> Any:
    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_the_sample_and_a_small_county_are_valid(valid, tmp_path):
    for path in (SAMPLE, SmallCounty().write(tmp_path)):
        assert not list(valid.iter_errors(tomllib.loads(path.read_text("utf-8"))))


@pytest.mark.parametrize(
    "line",
    [
        'grades = "osm"',
        'grades = { G = "national" }',
        'grades = { scheme = "osm", lane = "village" }',
    ],
)
def test_a_scheme_of_grades_is_valid(valid, line):
    text = SAMPLE.read_text("utf-8").replace("[layers.roads]", f"[layers.roads]\n{line}")
    assert not list(valid.iter_errors(tomllib.loads(text)))


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ('legend = "worldcover"', "legend = 3"),
        ('legend = "worldcover"', 'legends = "worldcover"'),
        ("year = 2023", 'year = "2023"'),
        ('area = "ellipsoid"', 'area = "globe"'),
    ],
)
def test_mistakes_are_found(valid, right, wrong):
    text = SAMPLE.read_text("utf-8")
    assert right in text
    assert list(valid.iter_errors(tomllib.loads(text.replace(right, wrong, 1))))


def test_every_key_is_described_in_both_languages_and_has_a_kind():
    schema = json_schema()
    for name, table in {"": schema, **schema["$defs"]}.items():
        for key, entry in table["properties"].items():
            if "$ref" not in entry and "$ref" not in json.dumps(entry):
                assert {"type", "enum", "anyOf"} & set(entry), (name, key)
            assert "campaign.key" not in entry.get("description", "")
    keys = schema["$defs"]["Cover"]["properties"]
    assert keys["legend"]["description"].splitlines()[0].startswith("what the raster's codes")
    assert "图例" in keys["legend"]["description"].splitlines()[1]
    undescribed = [
        (name, key)
        for name, table in schema["$defs"].items()
        for key, entry in table["properties"].items()
        if not entry.get("description")
    ]
    assert not undescribed


def test_the_command_prints_and_writes_it(tmp_path, capsys):
    assert main(["schema", "--lang=zh"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert main(["schema", "--lang=zh", "--out", str(tmp_path / "s.json")]) == 0
    assert json.loads((tmp_path / "s.json").read_text("utf-8")) == printed == json_schema(["zh"])
