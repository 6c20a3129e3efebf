"""The county is one territory for ground, parks and residents; areas on file add up or is said."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

import greencover as gc
from small_county import CELL, EAST, MIDDLE_X, NORTH, SOUTH, WEST, SmallCounty, townships


def assessed(
    tmp_path, outline, *, on_file: float | None = None, factors=(1.0, 1.0), more: str = ""
):
    county = SmallCounty().without_roads()
    ha = gc.ground_area_ha(townships()).to_numpy()
    keys = 'code = "code"\nname = "name"\n' + more
    if on_file is not None:
        county.townships = county.townships.assign(st=ha * factors)
        county.replace('population = "residents"', 'population = "residents"\nstatutory_ha = "st"')
        keys += 'statutory_ha = "st"\n'
    frame = {"code": ["C"], "name": ["县"], "st": [on_file or 1.0], "people": [777.0]}
    tmp_path.mkdir(exist_ok=True)
    gpd.GeoDataFrame(frame, geometry=[outline], crs=4326).to_file(tmp_path / "outline.gpkg")
    county.text += f'\n[layers.county]\npath = "outline.gpkg"\n{keys}'
    return gc.assess(county.write(tmp_path))


def of_county(assessment: gc.Assessment, indicator: str) -> pd.Series:
    table = assessment.table
    return table[(table["level"] == "county") & (table["indicator"] == indicator)].iloc[0]


def codes(assessment: gc.Assessment) -> list[str]:
    return [getattr(note, "code", "") for note in assessment.notes]


def test_residents_of_a_township_outside_the_outline_are_not_the_countys(tmp_path):
    assessment = assessed(tmp_path, shapely.box(WEST, SOUTH, MIDDLE_X, NORTH))
    assert of_county(assessment, "green_cover_per_capita")["denominator"] == 1000.0
    assert of_county(assessment, "park_green_per_capita")["denominator"] == 1000.0
    (said,) = [n for n in assessment.notes if getattr(n, "code", "") == "verdicts.outside_outline"]
    assert "Dongcao" in said or "东草乡" in said


def test_residents_of_a_township_that_the_outline_cuts_are_not_known(tmp_path):
    cut = shapely.box(WEST, SOUTH, EAST - 10 * CELL, NORTH)
    assessment = assessed(tmp_path / "cut", cut)
    row = of_county(assessment, "green_cover_per_capita")
    assert np.isnan(row["value"])
    assert "verdicts.cut_by_outline" in codes(assessment)
    named = assessed(tmp_path / "named", cut, more='population = "people"\n')
    assert of_county(named, "green_cover_per_capita")["denominator"] == 777.0


def test_an_outline_of_all_townships_says_nothing(tmp_path):
    assessment = assessed(tmp_path, shapely.box(WEST, SOUTH, EAST, NORTH))
    assert of_county(assessment, "green_cover_per_capita")["denominator"] == 3000.0
    assert not {"verdicts.outside_outline", "verdicts.cut_by_outline"} & set(codes(assessment))
    assert "verdicts.outline_beyond" not in codes(assessment)


@pytest.mark.parametrize(("county", "said"), [(1.015, True), (None, False)])
def test_areas_on_file_of_two_levels_agree_or_the_difference_is_said(tmp_path, county, said):
    factors = np.array([1.01, 0.995])
    ha = gc.ground_area_ha(townships()).to_numpy()
    on_file = ha.sum() * county if county else (ha * factors).sum()
    outline = shapely.box(WEST, SOUTH, EAST, NORTH)
    assessment = assessed(tmp_path, outline, on_file=on_file, factors=factors)
    table = assessment.table[assessment.table["indicator"] == "tree_cover_rate"]
    land = table.groupby("level")["denominator"].sum()
    assert land["county"] == pytest.approx(on_file, rel=1e-9)
    assert land["township"] == pytest.approx((ha * factors).sum(), rel=1e-9)
    assert ("verdicts.levels_apart" in codes(assessment)) is said
