"""Legends are found by key in packages and beside a campaign, as the built-in ones are."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import greencover as gc
import small_county
from greencover.cover import Legend, available
from greencover.ground.errors import CampaignError, LegendError
from plugins import installed

LEGEND = """
title = "County survey"
title_zh = "县级调查"
classes = [
  { code = 10, cover = "tree", name = "Woods", name_zh = "林地" },
  { code = 30, cover = "grass", name = "Grass", name_zh = "草地" },
]
"""


def test_a_package_brings_a_folder_of_legends(tmp_path: Path) -> None:
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "survey.toml").write_text(LEGEND, encoding="utf-8")
    code = f"from pathlib import Path\nFOLDER = Path({str(tmp_path / 'tables')!r})\n"
    with installed(tmp_path / "site", "surveys", code, legends="surveys:FOLDER"):
        assert "survey" in available()
        assert Legend.load("survey").codes_of("tree") == (10,)
        with pytest.raises(LegendError, match=r"did you mean 'survey'\?"):
            Legend.load("surveyy")
    assert "survey" not in available()


def test_a_campaign_has_legends_of_its_own_beside_it(tmp_path: Path) -> None:
    county = small_county.SmallCounty()
    expected = gc.assess(county.write(tmp_path)).table
    (tmp_path / "legends").mkdir()
    (tmp_path / "legends" / "survey.toml").write_text(LEGEND, encoding="utf-8")
    county.replace('legend = "worldcover"', 'legend = "survey"')

    found = gc.assess(county.write(tmp_path))

    assert found.table["value"].tolist() == pytest.approx(expected["value"].tolist(), nan_ok=True)
    assert found.provenance["legend"]["title"] == "County survey"
    shutil.rmtree(tmp_path / "legends")
    with pytest.raises(CampaignError, match="'survey' is not known"):
        gc.assess(tmp_path / "campaign.toml")


def test_a_legend_beside_a_campaign_goes_before_a_built_in_one(tmp_path: Path) -> None:
    (tmp_path / "worldcover.toml").write_text(LEGEND, encoding="utf-8")
    assert Legend.load("worldcover", beside=tmp_path).codes == (10, 30)
    assert len(Legend.load("worldcover").codes) > 2
