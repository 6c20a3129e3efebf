"""The page of all keys says what the model of campaigns holds; that of the docs is of today."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from greencover.campaign.key_reference import key_reference
from greencover.campaign.schema import json_schema
from greencover.cli import main

HERE = Path(__file__).parents[2]


def keys_below(table: dict[str, object], prefix: str = "") -> set[tuple[str, str]]:
    """Keys with values of a parsed campaign file, with the heading that they stand under."""
    found = set()
    for key, value in table.items():
        many = isinstance(value, list) and bool(value) and isinstance(value[0], dict)
        if many or (isinstance(value, dict) and (not prefix or prefix in ("layers.", "tables."))):
            inner = prefix + key
            for one in value if many else [value]:
                found |= keys_below(one, f"{inner}.")
        else:
            found.add((prefix.rstrip("."), key))
    return found


def test_the_page_of_the_docs_is_that_of_the_model():
    written = (HERE / "docs" / "campaign-keys.md").read_text("utf-8")
    assert written == key_reference() + "\n", "greencover schema --out docs/campaign-keys.md"


def test_every_key_of_the_schema_has_a_line():
    schema = json_schema(["en"])
    tables = [schema, *schema["$defs"].values()]
    known = {
        key
        for table in tables
        for key, entry in table["properties"].items()
        if "$ref" not in entry and "$ref" not in entry.get("items", {})
    }
    assert set(re.findall(r"^\| `(\w+)`", key_reference(["en"]), flags=re.M)) == known


def test_what_the_sample_says_stands_under_its_heading():
    page = key_reference(["zh"])
    under: dict[str, set[str]] = {}
    heading = ""
    for line in page.splitlines():
        if line.startswith("## "):
            named = re.match(r"## `\[+([\w.]+)\]+`", line)
            heading = named[1] if named else ""
        elif named := re.match(r"\| `(\w+)` \|", line):
            under.setdefault(heading, set()).add(named[1])
    text = (HERE / "data" / "sample" / "campaign.toml").read_text("utf-8")
    said = keys_below({k: v for k, v in tomllib.loads(text).items() if k != "conditions"})
    said = {one for one in said if one[0].split(".")[0] != "conditions"}
    assert said
    assert not {one for one in said if one[1] not in under.get(one[0], set())}


def test_the_command_writes_a_page_where_the_name_says_so(tmp_path):
    out = tmp_path / "keys.md"
    assert main(["schema", "--out", str(out), "--lang", "zh"]) == 0
    assert out.read_text("utf-8") == key_reference(["zh"]) + "\n"
