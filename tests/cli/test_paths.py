"""Paths that look right and are not, since they hold what nobody sees."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from greencover.campaign import Campaign
from greencover.cli import main
from greencover.ground.errors import CampaignError
from report_fixtures import make_assessment
from small_county import SmallCounty


@pytest.mark.parametrize("path", [r"data\new\town.tif", r"data\t.tif", "\u202aD:/data/cover.tif"])
def test_a_path_of_a_campaign(tmp_path: Path, path: str) -> None:
    county = SmallCounty()
    county.replace('path = "cover.tif"', f'path = "{path}"')
    with pytest.raises(CampaignError, match=r"cover\.path .*single quotes or with slashes"):
        Campaign.read(county.write(tmp_path))


def test_a_path_of_a_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "\u202aD:/data/campaign.toml"]) == 2
    assert "type its beginning anew" in capsys.readouterr().err


def test_json_for_programs_is_ascii() -> None:
    from greencover.report.tables import as_json

    text = as_json(make_assessment(), {})
    assert text.isascii()
    assert json.loads(text)["title"] == make_assessment().title
