"""Areas adjusted to the land survey's."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import greencover as gc
from greencover.ground.errors import LayerError
from strategies import cells_box, cover_of, stripes, write_raster, zones_of


@pytest.fixture
def areas(tmp_path: Path) -> pd.DataFrame:
    """Two townships of 80 and 100 cells."""
    cover = cover_of(write_raster(tmp_path / "c.tif", stripes()))
    zones = zones_of(cells_box(0, 0, 8, 10), cells_box(8, 0, 18, 10))
    zones.index = pd.Index(["Lintian", "Songxi"])
    return gc.class_areas(zones, cover, area="grid")


def test_every_class_takes_the_factor_of_its_zone(areas: pd.DataFrame) -> None:
    adjusted = gc.adjust_to_statutory(areas, [0.808, 0.99])

    assert adjusted["adjustment_factor"].tolist() == pytest.approx([1.01, 0.99])
    classes = adjusted.drop(columns="adjustment_factor")
    assert classes.sum(axis=1).tolist() == pytest.approx([0.808, 0.99])
    np.testing.assert_allclose(classes.loc["Lintian"], areas.loc["Lintian"] * 1.01, rtol=1e-12)
    assert classes.columns.equals(areas.columns)


def test_a_column_is_matched_by_the_index(areas: pd.DataFrame) -> None:
    on_file = pd.Series({"Songxi": 0.99, "Lintian": 0.808})

    factor = gc.adjust_to_statutory(areas, on_file)["adjustment_factor"]
    assert factor.to_dict() == pytest.approx({"Lintian": 1.01, "Songxi": 0.99})


def test_a_factor_far_from_one_is_an_error_that_says_so(areas: pd.DataFrame) -> None:
    with pytest.raises(LayerError, match=r"zone Songxi is more than 2 % off .*factor 1\.3"):
        gc.adjust_to_statutory(areas, [0.8, 1.3])
    assert len(gc.adjust_to_statutory(areas, [0.8, 1.3], tolerance=0.4)) == 2


@pytest.mark.parametrize(
    ("ratio", "unit"), [(15.1, "mu"), (9_990.0, "square metres"), (0.0101, "square kilometres")]
)
def test_a_unit_taken_for_hectares_is_recognised(
    ratio: float, unit: str, areas: pd.DataFrame
) -> None:
    with pytest.raises(LayerError, match=f"they look like {unit}, convert them to hectares"):
        gc.adjust_to_statutory(areas, areas.sum(axis=1) * ratio)


def test_exactly_two_percent_is_not_more_than_two_percent() -> None:
    areas = pd.DataFrame({10: [100.0, 50.0], "unobserved_ha": [0.0, 50.0]}, index=["A", "B"])
    adjusted = gc.adjust_to_statutory(areas, [102.0, 98.0])
    assert adjusted["adjustment_factor"].tolist() == [1.02, 0.98]
    with pytest.raises(LayerError, match="more than 2 % off"):
        gc.adjust_to_statutory(areas, [102.001, 98.0])


@pytest.mark.parametrize("wrong", [np.nan, 0.0, -3.0, "n/a"])
def test_a_missing_area_is_an_error(wrong: object, areas: pd.DataFrame) -> None:
    with pytest.raises(LayerError, match="statutory area of zone Songxi is missing or not above"):
        gc.adjust_to_statutory(areas, pd.Series([0.8, wrong], index=areas.index))


def test_other_mistakes_are_named(areas: pd.DataFrame) -> None:
    with pytest.raises(LayerError, match="3 statutory areas for 2 zones"):
        gc.adjust_to_statutory(areas, [1.0, 1.0, 1.0])
    with pytest.raises(LayerError, match="name a zone twice"):
        gc.adjust_to_statutory(areas, pd.Series([1.0, 1.0], index=["Lintian", "Lintian"]))
    with pytest.raises(ValueError, match="tolerance must lie between 0 and 1"):
        gc.adjust_to_statutory(areas, [0.8, 1.0], tolerance=2)
    with pytest.raises(ValueError, match="adjusted already"):
        gc.adjust_to_statutory(gc.adjust_to_statutory(areas, [0.8, 1.0]), [0.8, 1.0])
