"""Tasks, works and claims of a plan: what was entered stands beside what the map shows."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely

import greencover as gc
from greencover.ground.errors import CampaignError
from small_county import EAST, MIDDLE_X, MIDDLE_Y, NORTH, SOUTH, WEST, SmallCounty

TASKS = """
[[task]]
task = "廊道绿化"
planned = 200
done = 210
unit = "亩"
township = "西林镇"
responsible = "张某"
start = 2023-03-01
end = 2023-11-30

[[task]]
task = "村庄绿化"
planned = 10
done = 12
unit = "公顷"
township = "T1"
responsible = "李某"

[[task]]
task = "行道树"
planned = 460
done = 400
unit = "株"
township = "东草乡"
responsible = "张某"

[[target]]
indicator = "task_completion"
level = "township"
value = 100

[[target]]
indicator = "task_completion"
level = "county"
value = 100

[layers.works]
path = "works.gpkg"
name = "name"
responsible = "who"
photo = "photo"
"""


def works() -> gpd.GeoDataFrame:
    west = shapely.box(WEST, SOUTH, WEST + 1e-3, SOUTH + 1e-3)
    line = shapely.LineString([(MIDDLE_X, MIDDLE_Y), (EAST, MIDDLE_Y)])
    point = shapely.Point(WEST + 1e-3, NORTH - 1e-3)
    return gpd.GeoDataFrame(
        {
            "name": ["plot", "row", "tree"],
            "who": ["张某", "李某", "张某"],
            "photo": ["a.jpg", None, "c.jpg"],
            "status": ["done", "done", "begun"],
        },
        geometry=[west, line, point],
        crs=4326,
    )


@pytest.fixture(scope="module")
def books(tmp_path_factory):
    folder = tmp_path_factory.mktemp("books")
    county = SmallCounty()
    county.text += TASKS
    path = county.write(folder)
    works().to_file(folder / "works.gpkg")
    return path, gc.assess(path)


def completion(books, by):
    table = books[1].completion
    return table[table["by"] == by].set_index(["name", "unit"])


def test_completion_is_in_the_unit_entered(books):
    table = completion(books, "task")
    assert table["completion_pct"].round(1).to_dict() == {
        ("廊道绿化", "mu"): 105.0,
        ("村庄绿化", "ha"): 120.0,
        ("行道树", "trees"): 87.0,
    }
    assert table.loc[("廊道绿化", "mu"), "planned"] == 200.0
    assert table.loc[("廊道绿化", "mu"), ["start", "end"]].tolist() == ["2023-03-01", "2023-11-30"]
    assert table["verdict"].tolist() == ["met", "met", "not met"]


def test_different_units_are_never_added(books):
    by_person = completion(books, "responsible")
    assert by_person.index.tolist() == [("张某", "mu"), ("李某", "ha"), ("张某", "trees")]
    # Mu and hectares of one township, named by name and by code, are ground and summed as such.
    by_township = completion(books, "township")
    assert by_township.index.tolist() == [("西林镇", "ha"), ("东草乡", "trees")]
    assert by_township["planned"].tolist() == pytest.approx([200 / 15 + 10, 460])


def test_targets_on_completion_are_judged_in_the_table(books):
    table = books[1].table
    rows = table[table["indicator"] == "task_completion"]
    east = rows[(rows["level"] == "township") & (rows["unit"] == "T2")]
    assert east[["value", "measure", "verdict"]].round(1).values.tolist() == [
        [87.0, "trees", "not met"]
    ]
    assert rows.loc[rows["measure"] == "trees", "gap_ha"].isna().all()
    assert set(rows.loc[rows["level"] == "county", "measure"]) == {"ha", "trees"}
    assert {"met", "not met"} == set(rows["verdict"])


def test_works_of_any_geometry_keep_their_columns(books):
    found = books[1].works
    assert found["photo"].tolist() == ["a.jpg", "", "c.jpg"]
    assert found["responsible"].tolist() == ["张某", "李某", "张某"]
    assert found["status_own"].tolist() == ["done", "done", "begun"]
    assert found["township_code"].tolist() == ["T1", "T2", "T1"]
    assert found["plot_ha"].iloc[0] == pytest.approx(1.07, rel=0.02)
    assert np.isnan(found["plot_ha"].iloc[1])
    assert found["length_km"].iloc[1] == pytest.approx(0.193, rel=0.02)
    assert any("3 works" in str(note) for note in books[1].notes)


def test_a_task_of_an_unknown_township_is_named(tmp_path):
    county = SmallCounty()
    county.text += TASKS.replace('township = "东草乡"', 'township = "东草镇"')
    path = county.write(tmp_path)
    works().to_file(tmp_path / "works.gpkg")
    with pytest.raises(CampaignError, match=r"task\[3\]\.township.*东草镇"):
        gc.Campaign.read(path).open()
