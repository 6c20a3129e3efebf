"""Areas of a campaign's units scaled to what is on file."""

from __future__ import annotations

import numpy as np
import pytest

import greencover as gc
from greencover.ground.errors import LayerError
from greencover.report.labels import said
from small_county import SmallCounty


def county_on_file(factors) -> tuple[SmallCounty, np.ndarray]:
    county = SmallCounty().without_roads()
    measured = gc.ground_area_ha(county.townships).to_numpy()
    county.townships = county.townships.assign(登记面积=measured * np.asarray(factors))
    county.replace(
        'population = "residents"', 'population = "residents"\nstatutory_ha = "登记面积"'
    )
    return county, measured


def forest(assessment):
    table = assessment.table
    return table[table["indicator"] == "forest_coverage"].set_index("unit")


def test_areas_take_the_factor_of_their_unit_and_rates_stay(tmp_path):
    factors = [1.01, 0.995]
    county, measured = county_on_file(factors)
    found = gc.assess(county.write(tmp_path))

    rows = forest(found)
    assert rows.loc[["T1", "T2"], "denominator"].to_numpy() == pytest.approx(
        measured * factors, rel=1e-9
    )
    assert rows.loc["T1", "value"] == pytest.approx(100.0, abs=1e-9)
    assert rows.loc["T2", "numerator"] == 0.0
    whole = rows[rows["level"] == "county"].iloc[0]
    assert whole["denominator"] == pytest.approx((measured * factors).sum(), rel=1e-9)
    assert whole["value"] == pytest.approx(
        100.0 * measured[0] * factors[0] / (measured * factors).sum(), rel=1e-9
    )
    assert found.layers["townships"]["adjustment_factor"].to_numpy() == pytest.approx(
        factors, rel=1e-9
    )
    (note,) = [note for note in found.notes if "on file" in note]
    assert "0.995000 (东草乡) to 1.010000 (西林镇)" in note
    assert said(note, "zh") == (
        "乡镇的面积已按登记面积平差，系数为0.995000（东草乡）至1.010000（西林镇）"
    )


def test_without_the_key_nothing_is_scaled(tmp_path):
    found = gc.assess(SmallCounty().without_roads().write(tmp_path))

    assert "adjustment_factor" not in found.layers["townships"]
    assert not [note for note in found.notes if "on file" in note]


def test_an_area_far_from_the_map_is_an_error_that_names_the_unit(tmp_path):
    county, _ = county_on_file([1.0, 15.0])

    with pytest.raises(LayerError, match=r"zone 东草乡 .*look like mu, convert them to hectares"):
        gc.assess(county.write(tmp_path))


def test_a_missing_area_is_named_by_layer_row_and_column(tmp_path):
    county, _ = county_on_file([1.0, np.nan])

    with pytest.raises(
        LayerError, match=r"area on file is missing or not above 0 in row 2 .*townships.*'登记面积'"
    ):
        gc.assess(county.write(tmp_path))


def test_parks_and_ground_that_they_serve_take_the_factor_too(tmp_path):
    """The park and all that it serves lie in the west; all hectares of a row add up."""
    factors = [1.01, 0.995]
    county, measured = county_on_file(factors)
    county.text += '\n[layers.residential]\npath = "homes.gpkg"\n'
    campaign = county.write(tmp_path)
    county.townships[["geometry"]].to_file(tmp_path / "homes.gpkg")
    table = gc.assess(campaign).table
    rows = table[table["level"] == "township"].set_index(["unit", "indicator"])
    park_ha = gc.ground_area_ha(county.parks).item()
    green = rows.loc[("T1", "park_green_per_capita")]
    assert green["numerator"] == pytest.approx(park_ha * 1.01, rel=1e-9)
    assert green["value"] == pytest.approx(park_ha * 1.01 * 1e4 / 1000.0, rel=1e-9)
    for unit, ha, factor in zip(("T1", "T2"), measured, factors, strict=True):
        served = rows.loc[(unit, "park_service_coverage")]
        assert served["denominator"] == pytest.approx(ha * factor, rel=1e-6)
    # The reach of 500 m holds all of a township some 190 m wide.
    west = rows.loc[("T1", "park_service_coverage")]
    assert west["numerator"] == pytest.approx(west["denominator"], rel=1e-6)
