"""Paths that look right and are not, and addresses, which no command takes for paths."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path, PureWindowsPath

import pytest

import greencover as gc
from greencover.campaign import Campaign
from greencover.cli import main
from greencover.ground.errors import GreencoverError
from greencover.ground.places import is_remote
from report_fixtures import make_assessment
from small_county import SmallCounty

# What Windows puts before a path that is copied from the dialog of properties; tab and line break,
# which double quotes make of backslashes; the mark that turns the direction of writing.
UNSEEN = "\u202aD:/data/town.tif", "D:\\data\new\\town.tif", "D:\\data\\\town.tif", "a\u200f.tif"
STAC = "--catalogue=catalog.json", "--collection=cover", "--year=2020"
ADDRESS = "https://example.org/data/cover.tif"


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return SmallCounty().write(tmp_path_factory.mktemp("双镇县"))


def given(county: Path, command: str, source: str, out: Path) -> list[str]:
    """A command that reads a layer or a raster, with one of them in a place of its own."""
    layer, cover = str(county.with_name("county.gpkg")), str(county.with_name("cover.tif"))
    legend = "--legend=worldcover"
    words = {
        "areas zones": ["areas", source, cover, legend],
        "areas raster": ["areas", layer, source, legend, "--layer=townships"],
        "sums zones": ["sums", source, cover, "--kind=count"],
        "sums raster": ["sums", layer, source, "--kind=count", "--layer=townships"],
        "change earlier": ["change", source, cover, legend, "--zones", layer],
        "change later": ["change", cover, source, legend, "--zones", layer],
        "change zones": ["change", cover, cover, legend, "--zones", source],
        "roadside roads": ["roadside", source, cover, legend],
        "roadside cover": ["roadside", layer, source, legend, "--layer=roads"],
        "waterside waters": ["waterside", source, cover, legend],
        "waterside cover": ["waterside", layer, source, legend, "--layer=roads"],
        "init": ["init", source],
        "fetch-cover": ["fetch-cover", "--zones", source, *STAC],
    }
    return [*words[command], "--out", str(out), "--lang=en"]


SOURCES = (
    *("areas zones", "areas raster", "sums zones", "sums raster", "change earlier"),
    *("change later", "change zones", "roadside roads", "roadside cover", "waterside waters"),
    *("waterside cover", "init", "fetch-cover"),
)
FILES = (
    *(["assess", "FILE", "--out=out"], ["check", "FILE"], ["programme", "FILE", "--out=out"]),
    *(["compare", "FILE", "b.toml", "--out=a.csv"], ["compare", "a.toml", "FILE", "--out=a.csv"]),
    *(["demo", "--out=FILE"], ["schema", "--out=FILE"], ["demo", "--template=FILE"]),
    *(["field-sample", "FILE", "--out=out"], ["field-result", "FILE", "form.xlsx"]),
    ["field-result", "a.toml", "FILE"],
    *(["survival-sample", "FILE", "--out=a.html"], ["survival-sample", "a.toml", "--out=FILE"]),
)


@pytest.mark.parametrize("command", SOURCES)
def test_an_address_of_a_layer_or_raster_is_called_by_its_name(
    county: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    for address in (ADDRESS, f"/vsicurl/{ADDRESS}"):
        assert main(given(county, command, address, tmp_path / "out.csv")) == 2
        said = capsys.readouterr().err
        assert f"{address} is on another machine: download it" in said
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", SOURCES)
def test_what_nobody_sees_in_a_source_is_told(
    county: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    for path in UNSEEN:
        assert main(given(county, command, path, tmp_path / "out.csv")) == 2
        assert "type its beginning anew" in capsys.readouterr().err


@pytest.mark.parametrize("command", FILES, ids=" ".join)
def test_an_address_or_the_unseen_where_a_file_of_this_machine_stands(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: list[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    for path, advice in ((ADDRESS, "download the file"), (UNSEEN[0], "type its beginning anew")):
        words = [word.replace("FILE", path) for word in command]
        assert main([*words, "--lang=en"]) == 2
        assert advice in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_an_address_of_this_machine_is_its_path(
    county: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = given(
        county, "areas raster", county.with_name("cover.tif").as_uri(), tmp_path / "a.csv"
    )
    assert "%E5" in words[2]
    assert main(words) == 0, capsys.readouterr().err
    assert (tmp_path / "a.csv").is_file()


def test_a_path_object_of_windows_does_not_hide_an_address() -> None:
    assert is_remote(str(PureWindowsPath(ADDRESS)))
    assert not is_remote(str(PureWindowsPath("D:/data/cover.tif")))


def test_the_advice_for_a_raster_in_an_archive_works(
    county: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """On the command line and in a campaign; where nobody can name the raster it is not given."""
    archive = tmp_path / "2023 地类.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("读我.txt", "")
        packed.write(county.with_name("cover.tif"), "地类/cover.tif")
    assert main(given(county, "areas raster", str(archive), tmp_path / "a.csv")) == 2
    inside = capsys.readouterr().err.rpartition(": give ")[2].rpartition(", which is")[0]
    assert inside.startswith("/vsizip/")
    assert main(given(county, "areas raster", inside, tmp_path / "a.csv")) == 0
    assert (
        main(given(county, "areas raster", str(county.with_name("cover.tif")), tmp_path / "b.csv"))
        == 0
    )
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()

    small = SmallCounty()
    small.replace('path = "cover.tif"', f"path = '{inside}'")
    campaign = small.write(tmp_path / "county")
    campaign.with_name("cover.tif").unlink()
    assert Campaign.read(campaign).open().cover.files

    for name in ("cover.tar", "cover.7z", "cover.tif.gz"):
        (tmp_path / name).write_bytes(archive.read_bytes())
        capsys.readouterr()
        assert main(given(county, "areas raster", str(tmp_path / name), tmp_path / "c.csv")) == 2
        said = capsys.readouterr().err
        assert "unpack it, and give the path" in said
        assert "vsi" not in said


@pytest.mark.parametrize(
    "place",
    [
        ('path = "cover.tif"', "path = {}"),
        ('path = "county.gpkg"', "path = {}"),
        ("title = ", "standard = {}\ntitle = "),
        ("title = ", "indicators = {}\ntitle = "),
        ('legend = "worldcover"', "legend = {}"),
    ],
    ids=["cover", "layer", "standard", "indicators", "legend"],
)
@pytest.mark.parametrize("written", [r'"D:\new\t.toml"', r'"D:\data\t.toml"', '"\u202aD:/a.toml"'])
def test_a_path_of_a_campaign(tmp_path: Path, place: tuple[str, str], written: str) -> None:
    r"""``"D:\new\t.tif"`` parses and ``"D:\data"`` does not; the advice is the same."""
    small = SmallCounty()
    small.replace(place[0], place[1].format(written))
    with pytest.raises(GreencoverError, match="single quotes"):
        Campaign.read(small.write(tmp_path)).open()


@pytest.mark.parametrize("path", UNSEEN)
def test_a_path_of_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    monkeypatch.chdir(tmp_path)
    doors = (
        gc.assess,
        gc.read_layer,
        gc.Programme.read,
        lambda one: gc.LandCover.open(one, legend="worldcover"),
        lambda one: gc.Legend.load(f"{one}.toml"),
        lambda one: gc.save(make_assessment().table, f"{one}.csv"),
        lambda one: make_assessment().write(one, formats=["json"]),
    )
    for door in doors:
        with pytest.raises(GreencoverError, match="with an r before the quotes"):
            door(path)
    assert list(tmp_path.iterdir()) == []


def test_what_really_has_such_a_name_is_read(tmp_path: Path) -> None:
    there = tmp_path / "a\u200eb"
    campaign = SmallCounty().write(there)
    assert gc.assess(campaign).write(there / "out", formats=["json"])


def test_json_for_programs_is_ascii() -> None:
    from greencover.report.tables import as_json

    text = as_json(make_assessment(), {})
    assert text.isascii()
    assert json.loads(text)["title"] == make_assessment().title
