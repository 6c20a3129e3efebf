"""Class areas are found by name and by code, and fit wherever a table goes."""

from __future__ import annotations

import pickle
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

import greencover as gc
from greencover.cli.area_table import area_table
from greencover.overlay import ClassAreas
from scenes import GRASS, LEGEND, NOTHING, TREE, box, cover, layer

# Ten columns by ten rows of 0.01 ha: four of trees, five of grass, one that nobody saw.
CELLS = np.repeat([[TREE] * 4 + [GRASS] * 5 + [NOTHING]], 10, axis=0).astype("uint8")
HECTARES = {TREE: 0.4, GRASS: 0.5}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return cover(tmp_path, CELLS).paths[0]


@pytest.fixture
def units() -> gpd.GeoDataFrame:
    shapes = box(0, 0, 10, 5), box(0, 5, 10, 10)
    return layer(*shapes, name=["A", "B"]).set_index("name", drop=False)


@pytest.fixture
def areas(path: Path, units: gpd.GeoDataFrame) -> ClassAreas:
    return gc.class_areas(units, gc.LandCover.open(path, legend=LEGEND))


def test_columns_have_the_names_of_the_command_line(
    areas: ClassAreas, path: Path, units: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    assert areas.columns[0] == "tree_1_ha"
    zones = tmp_path / "zones.gpkg"
    units.reset_index(drop=True).to_file(zones)
    printed = area_table(zones, path, legend=LEGEND)
    assert list(printed.columns[1:-2]) == list(areas.columns)
    np.testing.assert_array_equal(printed[areas.columns], areas)


def test_a_code_stands_for_its_column_wherever_one_is_looked_up(areas: ClassAreas) -> None:
    half = [0.2, 0.2]
    for found in (
        areas[TREE],
        areas["tree_1_ha"],
        areas[np.int64(TREE)],
        areas.get(TREE),
        areas.loc[:, TREE],
        areas[[TREE]].iloc[:, 0],
        areas[np.array([TREE])].iloc[:, 0],
        areas.copy().pop(TREE),
        areas.rename(columns={TREE: "woods"})["woods"],
        areas.rename({TREE: "woods"}, axis=1)["woods"],
        areas.reindex(columns=[TREE]).iloc[:, 0],
        areas.loc[areas[TREE] > 0.0, TREE],
        areas.T.loc[TREE],
    ):
        assert found.tolist() == pytest.approx(half)
    assert areas[[TREE, "unobserved_ha"]].columns.tolist() == ["tree_1_ha", "unobserved_ha"]
    for one in (areas.at["A", TREE], areas.loc["A", TREE], areas.loc["A"][TREE]):
        assert one == pytest.approx(0.2)
    whole = areas.sum()
    for one in (whole[TREE], whole.loc[TREE], whole.at[TREE], whole.get(TREE)):
        assert one == pytest.approx(HECTARES[TREE])
    assert TREE in areas
    assert TREE in whole
    assert TREE in areas.columns
    assert 99 not in areas.columns
    assert 99 not in areas
    assert areas.get(99) is None
    with pytest.raises(KeyError, match="99"):
        _ = areas[99]


def test_what_is_written_by_code_stands_under_the_name(areas: ClassAreas) -> None:
    width = areas.shape[1]
    areas[TREE] = 1.0
    areas.loc["A", GRASS] = 7.0
    areas.at["B", GRASS] = 8.0
    assert areas.shape[1] == width
    assert areas["tree_1_ha"].tolist() == [1.0, 1.0]
    assert areas["grass_3_ha"].tolist() == [7.0, 8.0]
    del areas[TREE]
    assert "tree_1_ha" not in areas
    assert areas.drop(columns=GRASS).shape[1] == width - 2
    assert areas.drop([GRASS], axis=1).shape[1] == width - 2


def test_rows_whose_labels_are_numbers_come_before_codes(areas: ClassAreas) -> None:
    numbered = areas.set_axis([GRASS, TREE], axis=0)
    numbered.loc[GRASS] = 9.0
    assert numbered[GRASS].tolist() == pytest.approx([9.0, 0.25])
    assert areas[[True, False]].index.tolist() == ["A"]
    assert areas[areas[TREE] > 1.0].empty


def test_copies_selections_and_joins_keep_the_codes(areas: ClassAreas) -> None:
    other = pd.DataFrame({"people": [3, 4]}, index=areas.index)
    for table in (
        areas.copy(),
        areas.iloc[:1],
        areas.mul(2.0),
        areas.reset_index(),
        areas.join(other),
        pd.concat([areas, areas]),
        pd.concat([areas, other], axis=1),
        pickle.loads(pickle.dumps(areas)),
    ):
        assert isinstance(table, ClassAreas)
        assert table[TREE].iloc[0] in (pytest.approx(0.2), pytest.approx(0.4))


def test_larger_units_keep_the_codes_of_their_classes(areas: ClassAreas) -> None:
    for table in (gc.merged(areas), gc.merged(areas.assign(county="C"), by="county")):
        assert table[TREE].tolist() == pytest.approx([HECTARES[TREE]])
        assert TREE in table.columns
        assert table.columns.tolist()[-1] == "unobserved_ha"
    areas.columns = [name.upper() for name in areas.columns]
    assert "TREE_1_HA" in areas.columns


@pytest.mark.parametrize("name", ["j.gpkg", "j.geojson", "j.parquet", "j.fgb"])
def test_zones_joined_with_their_areas_are_saved(
    areas: ClassAreas, units: gpd.GeoDataFrame, tmp_path: Path, name: str
) -> None:
    joined = units.drop(columns="name").join(areas)
    assert isinstance(joined, gpd.GeoDataFrame)
    if name.endswith("parquet"):
        joined.to_parquet(tmp_path / name)
        again = gpd.read_parquet(tmp_path / name)
    else:
        joined.to_file(tmp_path / name)
        again = gpd.read_file(tmp_path / name)
    assert sorted(again["tree_1_ha"]) == pytest.approx([0.2, 0.2])


def test_tables_read_back_serve_like_those_at_hand(areas: ClassAreas, tmp_path: Path) -> None:
    areas.to_csv(tmp_path / "a.csv")
    plain = pd.read_csv(tmp_path / "a.csv", index_col=0)
    for table in (areas, plain):
        room = gc.plantable_land(table, LEGEND, plantable=["grass"])
        assert room["plantable_ha"].tolist() == pytest.approx([0.25, 0.25])
        needed = gc.forest_needed(table, LEGEND, 50.0, plantable=["grass"])
        assert needed["needed_ha"].tolist() == pytest.approx([0.025, 0.025])
        assert gc.merged(table).iloc[0].to_dict()["tree_1_ha"] == pytest.approx(0.4)
        file = gc.adjust_to_statutory(table, [0.505, 0.505])
        assert file["tree_1_ha"].tolist() == pytest.approx([0.202, 0.202])


@pytest.mark.parametrize("labels", [[TREE, GRASS], [str(TREE), str(GRASS)], ["tree_1_ha", 3.0]])
def test_a_matrix_by_code_meets_columns_by_name(areas: ClassAreas, labels: list[object]) -> None:
    counts = pd.DataFrame([[90, 10], [5, 95]], index=labels, columns=labels)
    mapped = areas[[TREE, GRASS]]
    shares = gc.adjusted_shares(counts, mapped, [labels[0]])
    # 90 % of 4 parts of trees and 5 % of 5 parts of grass, over both.
    right = 100.0 * (0.9 * 4 + 0.05 * 5) / 9
    assert shares["share_pct"].tolist() == pytest.approx([right, right])
    whole = mapped.assign(total_ha=mapped.sum(axis=1))
    again = gc.adjusted_shares(counts, whole, [labels[0]])
    assert again["share_pct"].tolist() == pytest.approx([right, right])
    adjusted = gc.error_adjusted(counts, mapped.sum())
    assert adjusted["area_ha"].tolist() == pytest.approx([0.385, 0.515])
