"""Figures that nothing can have are refused where they are written."""

from __future__ import annotations

from pathlib import Path

import pytest

from greencover.campaign import Campaign
from greencover.cli import main
from greencover.cover import Legend
from greencover.ground.errors import CampaignError, LegendError
from small_county import SmallCounty

TARGET = '\n[[target]]\nindicator = "forest_coverage"\nlevel = "county"\nvalue = {}\n'
LEGEND = """
resolution_m = {resolution}
classes = [{{ code = {code}, name = "wood", cover = "tree" }}]
"""


@pytest.mark.parametrize("value", ["-5", "101", "1e308", "nan", "inf"])
def test_a_target_that_no_share_reaches(tmp_path: Path, value: str) -> None:
    county = SmallCounty()
    county.text += TARGET.format(value)
    with pytest.raises(CampaignError, match=r"target\[\d\]\.value"):
        Campaign.read(county.write(tmp_path))


@pytest.mark.parametrize("value", ["0", "100", "62.5"])
def test_a_target_that_one_may_set(tmp_path: Path, value: str) -> None:
    county = SmallCounty()
    county.text += TARGET.format(value)
    assert Campaign.read(county.write(tmp_path)).targets[-1].value == float(value)


@pytest.mark.parametrize("rain", ["-5", "nan", "inf"])
def test_rain_that_does_not_fall(tmp_path: Path, rain: str) -> None:
    county = SmallCounty()
    county.replace("[conditions]\n", f"[conditions]\nprecipitation_mm = {rain} #")
    with pytest.raises(CampaignError, match="precipitation_mm as a number"):
        Campaign.read(county.write(tmp_path))


@pytest.mark.parametrize("band", [0, -1, 2**70])
def test_a_band_that_no_raster_has(tmp_path: Path, band: int) -> None:
    county = SmallCounty()
    county.replace('path = "cover.tif"', f'path = "cover.tif"\nband = {band}')
    with pytest.raises(CampaignError, match=r"cover\.band"):
        Campaign.read(county.write(tmp_path))


@pytest.mark.parametrize("resolution", ["-10", "0", "nan", "inf", "1e300"])
def test_cells_of_no_size(tmp_path: Path, resolution: str) -> None:
    path = tmp_path / "own.toml"
    path.write_text(LEGEND.format(resolution=resolution, code=1))
    with pytest.raises(LegendError, match="is no size of a cell"):
        Legend.load(path)


@pytest.mark.parametrize("code", [2**70, -(2**70)])
def test_a_code_that_no_raster_holds(tmp_path: Path, code: int) -> None:
    path = tmp_path / "own.toml"
    path.write_text(LEGEND.format(resolution=10, code=code))
    with pytest.raises(LegendError, match="class 1: no raster holds the code"):
        Legend.load(path)


@pytest.mark.parametrize("value", ["inf", "-inf", "1e999", "cover"])
def test_a_nodata_value_that_no_cell_has(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], value: str
) -> None:
    files = ["county.gpkg", "cover.tif", "--legend=worldcover", "--out", str(tmp_path / "a.csv")]
    assert main(["areas", *files, f"--nodata={value}"]) == 2
    assert "nodata" in capsys.readouterr().err
