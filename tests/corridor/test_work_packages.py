"""Work packages: numbers that stay, seasons that share the trees, and forms that come back."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest

import greencover as gc
from corridor_scenes import Scene, trees_where
from greencover.corridor import read_work_form, work_packages, work_summary
from greencover.ground.errors import LayerError

RULES = {"offset_m": 5.0, "belt_m": 10.0, "threshold": 0.5}


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    return Scene(tmp_path_factory.mktemp("scene"))


@pytest.fixture(scope="module")
def listed(scene):
    """Three roads with gaps of 300, 300 and 1000 m a side, in two townships."""
    roads = scene.roads(*(scene.line((-500, y), (500, y)) for y in (-400, 0, 400)))
    units = gpd.GeoDataFrame(
        {"code": ["S", "N"]},
        geometry=[scene.box(-600, -600, 600, 200), scene.box(-600, 200, 600, 600)],
        crs=scene.crs,
    )
    cover = scene.cover(trees_where(lambda x, y: (x < 200) & (y < 200)))
    return gc.planting_list(
        gc.roadside_greening(roads, cover, units=units, **RULES), spacing_m=10, rows=1
    )


def test_numbers_stay_when_a_road_is_taken_away(scene):
    lines = [scene.line((-500, y), (500, y)) for y in (-400, 0, 400)]
    cover = scene.cover(trees_where(lambda x, _: (x < -300) | (x > 300)))

    def numbers(kept):
        roads = scene.roads(*lines).iloc[kept]
        return gc.roadside_greening(roads, cover, **RULES).gaps["gap_id"].tolist()

    every = numbers([0, 1, 2])
    assert every == numbers([0, 1, 2])
    assert every[:2] == ["R0-L-K0+200", "R0-R-K0+200"]
    assert set(numbers([2, 0])) == {*every[4:], *every[:2]}
    assert set(numbers([1])) == set(every[2:4])


def test_numbers_of_parts_and_of_places_within_a_metre_differ():
    from greencover.corridor._gaps import gap_ids

    gaps = pd.DataFrame({"water": "W", "chain": [0, 0, 1], "side": "bank"})
    found = gap_ids(gaps.assign(from_m=[10.2, 10.4, 10.0]), of="water")
    assert found == ["W-B-K0+010", "W-B-K0+010.1", "W/1-B-K0+010"]


def test_seasons_share_the_trees_of_each_unit_the_urgent_first(listed):
    packages = work_packages(listed, seasons=["2024", "2025"], responsible={"S": "South"})

    assert packages["unit"].tolist() == ["N", "N", "S", "S", "S", "S"]
    sums = packages.groupby(["unit", "season"])["trees"].sum()
    assert sums["N", "2024"] == sums["N", "2025"] == 101
    # Gaps of 300 m have a tree more where rounding makes them longer.
    assert sums["S", "2024"] == pytest.approx(sums["S", "2025"], abs=2)
    for _, one in packages.groupby("unit"):
        assert one["season"].is_monotonic_increasing
        assert one["priority"].is_monotonic_increasing
    assert packages.groupby("unit")["responsible"].first().to_dict() == {"N": "", "S": "South"}
    assert set(packages["work_status"]) == {"planned"}


def test_sums_are_those_of_the_list(listed):
    packages = work_packages(listed, seasons=["2024", "2025"])
    table = work_summary(packages)

    assert table["gaps"].sum() == len(listed)
    for column in ("length_m", "belt_ha", "plant_ha", "trees"):
        assert table[column].sum() == pytest.approx(listed[column].sum())


def test_a_form_brings_the_state_up_to_date(listed, tmp_path):
    packages = work_packages(listed, seasons=["2024", "2025"], responsible="Bureau")
    first, second = packages["gap_id"].iloc[[0, 1]]
    form = tmp_path / "form.csv"
    form.write_text(
        "gap_id,work_status,done_on,trees_planted,responsible\n"
        f"{first},已种植 planted,2024-03-12,100,\n{second},,,,Guild\nR9-L-K0+000,planted,,,\n",
        encoding="utf-8-sig",
    )

    with pytest.warns(gc.GreencoverWarning, match="1 package of the form is no gap any more"):
        after = work_packages(
            listed, seasons=["2024", "2025"], responsible="Bureau", form=read_work_form(form)
        )

    row, other = after.iloc[0], after.iloc[1]
    assert (row["work_status"], row["done_on"], row["trees_planted"]) == (
        "planted",
        "2024-03-12",
        100,
    )
    assert row["responsible"] == "Bureau"
    assert (other["work_status"], other["responsible"]) == ("planned", "Guild")
    pd.testing.assert_frame_equal(after.iloc[2:], packages.iloc[2:], check_dtype=False)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([("A", "perhaps")], "states of work that mean nothing: perhaps"),
        ([("A", "planned"), ("A", "planted")], "has gaps twice"),
    ],
)
def test_a_wrong_form_is_named(listed, rows, message):
    form = pd.DataFrame(rows, columns=["gap_id", "work_status"])
    with pytest.raises(LayerError, match=message):
        work_packages(listed, form=form)


def test_where_nothing_can_be_planted_the_package_says_so(scene):
    roads = scene.roads(scene.line((-500, -200), (500, -200)), scene.line((-500, 200), (500, 200)))
    cover = scene.cover(lambda _, y: (y > 0) * 40 + 50)
    found = gc.planting_list(gc.roadside_greening(roads, cover, **RULES))
    packages = work_packages(found, seasons=["2024"])

    told = packages.drop_duplicates("road").set_index("road")[["work_status", "season"]]
    assert told.loc["R0"].tolist() == ["to check", "2024"]
    assert told.loc["R1"].tolist() == ["cannot be planted", ""]


def test_a_place_not_seen_is_no_package(listed):
    assert len(work_packages(listed.assign(status="not seen"))) == 0
