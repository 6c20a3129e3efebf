"""A campaign drafted from files: what it takes for what, and that ``check`` accepts it."""

from __future__ import annotations

import io
import tomllib

import geopandas as gpd
import openpyxl
import pytest
import shapely

from greencover.campaign import Campaign
from greencover.campaign.asking import Question, asked
from greencover.campaign.drafting import draft
from greencover.cli import init, main
from greencover.cli.speech import UsageMistake
from greencover.ground.errors import CampaignError, LayerError
from greencover.ground.notes import Note
from greencover.ground.toml_text import toml_of
from small_county import SmallCounty, cover_codes, write_raster
from small_county import roads as small_roads
from small_county import townships as small_townships


@pytest.fixture
def bureau(tmp_path):
    """What an office sends: shapefiles in GBK of a zone that no .prj names, and a workbook."""
    folder = tmp_path / "青岚县"
    folder.mkdir()
    towns = small_townships()[["code", "name", "geometry"]]
    towns = towns.rename(columns={"code": "XZQDM", "name": "XZQMC"}).to_crs(4549)
    towns.to_file(folder / "乡镇界.shp", encoding="gbk")
    (folder / "乡镇界.prj").unlink()
    lanes = small_roads().rename(columns={"road": "路名", "grade": "道路等级"})
    lanes.to_file(folder / "道路.shp", encoding="gbk")
    write_raster(folder / "worldcover_2023.tif", cover_codes())
    book = openpyxl.Workbook()
    for row in (["人口统计表"], ["乡镇", "常住人口"], ["西林镇", 1000], ["东草乡", 2000]):
        book.active.append(row)
    book.save(folder / "人口.xlsx")
    return folder


def test_a_bureaus_folder_becomes_a_campaign_that_check_accepts(bureau, capsys):
    out = bureau / "campaign.toml"

    assert main(["init", str(bureau), "--out", str(out), "--lang=zh"]) == 0, capsys.readouterr()
    assert main(["check", str(out)]) == 0

    said = tomllib.loads(out.read_text("utf-8"))
    assert said["cover"] == {"path": "worldcover_2023.tif", "legend": "worldcover", "year": 2023}
    towns = said["layers"]["townships"]
    assert (towns["path"], towns["code"], towns["name"]) == ("乡镇界.shp", "XZQDM", "XZQMC")
    assert towns["crs"] == "EPSG:4549"
    assert towns["population_table"] == {
        "path": "人口.xlsx",
        "name": "乡镇",
        "population": "常住人口",
    }
    assert said["layers"]["roads"] == {"path": "道路.shp", "name": "路名", "grade": "道路等级"}
    opened = Campaign.read(out).open()
    assert opened.townships["population"].tolist() == [1000.0, 2000.0]
    assert "按坐标推测" in out.read_text("utf-8")


def test_layers_of_one_file_and_words_of_openstreetmap(tmp_path):
    small = SmallCounty()
    small.roads = small_roads().assign(grade=["trunk", "residential"])
    campaign = small.write(tmp_path)
    campaign.unlink()

    drafted = draft([tmp_path], tmp_path)

    assert drafted.refused is None
    said = tomllib.loads(drafted.text)
    assert said["layers"]["roads"]["grades"] == "osm"
    assert said["layers"]["parks"]["name"] == "name"
    assert said["layers"]["townships"]["population"] == "residents"
    # Codes 10 and 30 mean something in many legends, and nothing says which is meant.
    assert "cover.legend" in drafted.guessed


def test_a_layer_that_check_refuses_stands_as_a_remark_with_the_reason(tmp_path):
    write_raster(tmp_path / "worldcover.tif", cover_codes())
    small_townships().to_file(tmp_path / "towns.gpkg")
    far = gpd.GeoDataFrame(
        {"name": ["S9"], "grade": ["county"]},
        geometry=[shapely.LineString([(1.0, 2.0), (1.0, 2.1)])],
        crs=4326,
    )
    far.to_file(tmp_path / "roads.gpkg")

    drafted = draft([tmp_path], tmp_path)

    assert drafted.refused is None
    assert set(tomllib.loads(drafted.text)["layers"]) == {"townships"}
    assert "# [layers.roads]" in drafted.text


def test_units_are_told_without_names_that_are_known(tmp_path):
    write_raster(tmp_path / "worldcover.tif", cover_codes())
    towns = small_townships()[["name", "geometry"]].rename(columns={"name": "label"})
    towns.assign(key=[7, 8], half=0.5).to_file(tmp_path / "zones.gpkg")

    said = tomllib.loads(
        draft([tmp_path / "worldcover.tif", tmp_path / "zones.gpkg"], tmp_path).text
    )

    assert said["layers"]["townships"]["name"] == "label"
    assert said["layers"]["townships"]["code"] in ("label", "key")


@pytest.mark.parametrize(
    ("left", "words"), [("cover.tif", "townships"), ("towns.gpkg", "land cover")]
)
def test_what_is_missing_is_one_sentence(tmp_path, left, words):
    write_raster(tmp_path / "cover.tif", cover_codes())
    small_townships().to_file(tmp_path / "towns.gpkg")

    with pytest.raises(CampaignError, match=words):
        draft([tmp_path / left], tmp_path)


def test_no_campaign_is_overwritten(tmp_path, capsys):
    campaign = SmallCounty().write(tmp_path)
    before = campaign.read_text("utf-8")

    assert main(["init", str(tmp_path), "--out", str(campaign)]) == 2

    assert "is there already" in capsys.readouterr().err
    assert campaign.read_text("utf-8") == before


def test_what_cannot_be_read_is_named_beside_what_can(tmp_path):
    campaign = SmallCounty().write(tmp_path)
    campaign.unlink()
    whole = (tmp_path / "cover.tif").read_bytes()
    (tmp_path / "broken.tif").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "broken.gpkg").write_bytes(b"SQLite format 3" + bytes(50))

    drafted = draft([tmp_path], tmp_path)

    assert drafted.refused is None
    assert all(name in " ".join(drafted.unused) for name in ("broken.tif", "broken.gpkg"))


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(LayerError, match="nowhere"):
        draft([tmp_path / "nowhere"], tmp_path)


def test_guesses_are_asked_about_and_answers_stand(bureau, monkeypatch, capsys):
    """The layer of roads is taken for what it is not, and the year of the file is wrong."""
    out = bureau / "campaign.toml"
    keys = []

    def answer(text: str, default: object, type: object) -> object:  # noqa: A002
        key = text.split("：")[0]
        keys.append(key)
        choices = getattr(type, "choices", ())
        assert not choices or default in choices
        return {"title": "青岚县", "standard": "national-forest-city-2012", "cover.year": 2022}.get(
            key, "no" if key == "layers.roads.path" else default
        )

    monkeypatch.setattr("greencover.cli.init.click.prompt", answer)
    assert main(["init", str(bureau), "--out", str(out), "--interactive", "--lang=zh"]) == 0
    said = tomllib.loads(out.read_text("utf-8"))
    assert said["title"] == "青岚县"
    assert said["standard"] == "national-forest-city-2012"
    assert said["cover"]["year"] == 2022
    assert "roads" not in said["layers"]
    assert {"layers.townships.path", "layers.townships.crs"} <= set(keys)
    assert "推测" not in capsys.readouterr().err
    assert main(["check", str(out)]) == 0


def test_the_grade_of_each_unknown_word_is_asked():
    keys = {"path": "roads.gpkg", "grades": {"lane": "village", "pike": "village"}}
    notes = {"grades": Note("campaign.draft.grades")}

    def answer(question):
        assert question.key == "layers.roads.grades"
        assert set(question.choices) > {"national", "village"}
        return "national" if question.about == "pike" else question.guessed

    assert asked("layers.roads", keys, notes, answer)
    assert keys["grades"] == {"lane": "village", "pike": "national"}
    assert not notes


@pytest.mark.parametrize(
    ("stream", "told"),
    [
        (None, "Nobody answers"),
        (io.StringIO(""), "Nobody answers"),
        (io.StringIO("\udcff\n"), "UTF-8"),
    ],
)
def test_nobody_answers(monkeypatch, stream, told):
    question = Question("title", "County")
    monkeypatch.setattr("sys.stdin", stream)
    with pytest.raises(UsageMistake, match=told):
        init._answer(question)


@pytest.mark.parametrize("answer", [float("nan"), float("inf"), 'a\x7f\x00"\n', 1e300])
def test_any_answer_is_written_as_toml_has_it(answer):
    said = tomllib.loads(f"key = {toml_of(answer)}")["key"]
    assert said == answer or (said != said and answer != answer)
