"""The form of survival checks on a telephone: what it lists, asks, saves, and how that is read."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from greencover.accuracy.survival import survival_rate, survival_sample
from greencover.campaign.book_sections import Survival
from greencover.campaign.plantings import read_survival
from greencover.ground.errors import AccuracyError, LayerError
from greencover.report.page import write_survival_page
from phone import CHROMIUM, embedded, tried

EVIL = "</script><script>alert(1)</script>"
TOWNSHIPS = gpd.GeoDataFrame(
    {"code": ["T1", "T2"], "name": ["西林镇", "东草乡"], "name_en": ["Xilin", None]},
    geometry=[shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)],
    crs=4326,
)


def plots() -> gpd.GeoDataFrame:
    """Planting records of two townships, every other one on a road, the last without a place."""
    number = np.arange(12)
    return gpd.GeoDataFrame(
        {
            "township": np.where(number < 6, "西林镇", "东草乡"),
            "responsible": np.where(number < 6, "张某", EVIL),
            "species": "杉木",
            "road": np.where(number % 2, "G1", ""),
            "from_km": np.where(number % 2, 0.1 * number, np.nan),
            "to_km": np.where(number % 2, 0.1 * number + 0.05, np.nan),
            "side": np.where(number % 2, "left", ""),
            "trees": 100.0 + number,
            "area_ha": np.where(number == 3, np.nan, 0.5),
            "alive": 90.0,
            "status": "seen",
        },
        geometry=[shapely.Point(114.0 + 0.01 * one, 30.0) for one in range(11)] + [None],
        crs=4326,
    )


@pytest.fixture(scope="module")
def sample():
    return survival_sample(plots(), 12)


@pytest.fixture(scope="module")
def page(sample, tmp_path_factory):
    return write_survival_page(sample, tmp_path_factory.mktemp("forms") / "survival.html")


def saved(data, answers, path):
    """The table that the button of the page saves."""
    rows = [row["columns"] | answers.get(row["id"], {}) for row in data["rows"]]
    pd.DataFrame(rows, columns=data["columns"]).to_csv(path, index=False, encoding="utf-8-sig")
    return read_survival(Survival(path=str(path)), TOWNSHIPS)


def test_the_page_lists_each_plot_with_what_is_known_of_it(page, sample):
    data = embedded(page)
    on_road, bare = data["rows"][3], data["rows"][0]

    assert [row["id"] for row in data["rows"]] == [str(one) for one in sample["plot"]]
    assert on_road["name"] == "G1"
    assert on_road["details"] == [
        ["西林镇", "西林镇"],
        ["杉木", "杉木"],
        ["K0+300 – K0+350", "K0+300 – K0+350"],
        ["左侧", "left"],
        ["责任人：张某", "Responsible: 张某"],
        ["株数：103", "Trees: 103"],
    ]
    assert bare["name"] == "西林镇"
    assert bare["details"][0] == ["杉木", "杉木"]
    assert data["title"] == ["成活率检查表", "Survival check form"]
    assert [row["lon"] for row in data["rows"][-2:]] == [114.1, None]


def test_the_page_says_neither_what_lived_before_nor_what_the_map_saw(page):
    row = embedded(page)["rows"][0]["columns"]
    assert not {"alive", "status"} & set(row)
    assert EVIL not in page.read_text(encoding="utf-8")


def test_numbers_are_whole_and_no_more_live_than_were_counted(page):
    counted, alive = (one for one in embedded(page)["questions"] if one["kind"] == "number")
    assert (counted["column"], counted["least"], counted["most"]) == ("counted", 1, "")
    assert (alive["column"], alive["least"], alive["most"]) == ("alive", 0, "counted")


def test_what_is_saved_is_read_as_it_is(page, tmp_path):
    answers = {
        "0": {"counted": "50", "alive": "45"},
        "3": {"counted": "40", "alive": "0", "note": 'dead, "all"'},
        "7": {"counted": "10", "alive": "10"},
    }
    form = saved(embedded(page), answers, tmp_path / "saved.csv")

    table = survival_rate(form, by="township").set_index("name")
    assert table.loc["T1", ["plots", "counted", "alive"]].tolist() == [2, 90, 45]
    assert table.loc["T2", "survival_pct"] == 100.0
    # One half of the trees of both plots, and of the ground of the one whose ground is known.
    assert table.loc["T1", ["replant_trees", "replant_ha"]].tolist() == [101.5, 0.25]
    assert form["responsible"].tolist()[-1] == EVIL


def test_a_form_without_any_plot_counted_is_named(page, tmp_path):
    form = saved(embedded(page), {}, tmp_path / "saved.csv")
    with pytest.raises(AccuracyError, match="no plot that was counted"):
        survival_rate(form)


def test_a_sample_without_numbers_of_plots_is_named(tmp_path):
    with pytest.raises(LayerError, match="plot"):
        write_survival_page(plots(), tmp_path / "form.html")


def test_forms_of_other_draws_do_not_share_what_the_browser_keeps(page, tmp_path):
    other = write_survival_page(survival_sample(plots(), 8), tmp_path / "other.html")
    assert embedded(other)["key"] != embedded(page)["key"]


def test_plots_without_a_place_and_mu_are_listed_too(tmp_path):
    table = pd.DataFrame({"township": "T1", "area": [30.0, 15.0], "unit": "mu", "plot": [1, 2]})
    data = embedded(write_survival_page(table, tmp_path / "form.html", lang="en"))
    answers = {"1": {"counted": 10, "alive": 5}, "2": {"counted": 10, "alive": 10}}

    assert [row["lon"] for row in data["rows"]] == [None, None]
    assert saved(data, answers, tmp_path / "saved.csv")["area_ha"].tolist() == [2.0, 1.0]


PROBE = """<script>
const enter = (id, value) => {
  const input = document.getElementById(id);
  input.value = value;
  input.dispatchEvent(new Event("input"));
};
const fault = (id) => document.getElementById(id + "-fault").textContent;
const probe = {};
document.querySelectorAll(".row")[0].click();
enter("counted", "５０");
enter("alive", "51");
probe.fault = fault("alive");
at("save").click();
probe.refused = document.getElementById("progress").textContent;
enter("alive", "45");
probe.mended = fault("alive");
document.querySelectorAll("main button")[0].click();
document.querySelectorAll(".row")[1].click();
enter("counted", "4.5");
probe.broken = fault("counted");
enter("counted", "");
document.querySelectorAll("main button")[0].click();
enter("checker", "王某");
const shown = document.createElement("pre");
shown.id = "probe";
shown.textContent = JSON.stringify({ ...probe, table: table(),
  rows: document.querySelectorAll(".row").length,
  done: document.querySelectorAll(".row.done").length,
  faulty: document.querySelectorAll(".row.faulty").length,
  progress: document.getElementById("progress").textContent,
  wide: document.documentElement.scrollWidth });
document.body.append(shown);
</script>"""


@pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
def test_the_telephone_takes_numbers_that_can_be_and_saves_them(page, tmp_path):
    result = tried(page, PROBE, tmp_path)

    assert result["fault"].startswith("请填写0到调查株数之间的整数。")
    assert "First finish" in result["refused"]
    assert result["mended"] == ""
    assert "whole number from 1 on" in result["broken"]
    assert (result["rows"], result["done"], result["faulty"]) == (12, 1, 0)
    assert result["progress"] == "1 / 12"
    assert result["wide"] <= 500
    (tmp_path / "saved.csv").write_text(result["table"], encoding="utf-8")
    raw = pd.read_csv(tmp_path / "saved.csv", dtype=str)
    assert raw.loc[0, ["counted", "alive", "inspector"]].tolist() == ["50", "45", "王某"]
    form = read_survival(Survival(path=str(tmp_path / "saved.csv")), TOWNSHIPS)
    assert survival_rate(form).iloc[0][["plots", "survival_pct"]].tolist() == [1, 90.0]
