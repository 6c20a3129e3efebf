"""Tables whose index names two rows alike: every row keeps its own figure, or is refused."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest

import greencover as gc
import scenes
from greencover.ground.errors import LayerError
from greencover.indicators.progress import planted_status
from scenes import BARE, NOTHING, TREE, box, layer


@pytest.fixture
def years(tmp_path):
    """Four columns of trees, then six; the last two are not seen."""
    before = np.full((10, 20), BARE)
    before[:, :4] = TREE
    after = before.copy()
    after[:, 4:6] = TREE
    after[:, 18:] = NOTHING
    return (
        scenes.cover(tmp_path, before, name="old.tif", year=2020),
        scenes.cover(tmp_path, after, name="new.tif", year=2023),
    )


@pytest.fixture
def zones() -> gpd.GeoDataFrame:
    frame = layer(box(0, 0, 5, 10), box(5, 0, 10, 10), box(10, 0, 20, 10))
    return frame.set_axis(["same", "same", "other"])


def test_change_stays_with_its_row(zones, years):
    table = gc.cover_change(zones, *years)
    assert table.index.tolist() == ["same", "same", "other"]
    # Cells of 0.01 ha, ten rows: a column is 0.1 ha.
    assert table["before_ha"].tolist() == pytest.approx([0.4, 0.0, 0.0], abs=1e-9)
    assert table["gain_ha"].tolist() == pytest.approx([0.1, 0.1, 0.0], abs=1e-9)
    assert table["unobserved_pct"].tolist() == pytest.approx([0.0, 0.0, 20.0], abs=1e-6)


def test_plots_keep_their_status(zones, years):
    table = planted_status(zones, *years)
    assert table["plot_ha"].tolist() == pytest.approx([0.5, 0.5, 1.0], abs=1e-9)
    assert table["gained_ha"].tolist() == pytest.approx([0.1, 0.1, 0.0], abs=1e-9)
    assert table["status"].tolist()[0] == "green before"


def test_transitions_by_a_label_of_two_zones_are_refused(zones, years):
    with pytest.raises(LayerError, match="label same twice"):
        gc.transitions(zones, *years)


def test_a_zone_that_is_not_there_has_no_matrix(zones, years):
    table = gc.transitions(zones.set_axis(range(len(zones)), axis=0), *years)
    with pytest.raises(gc.GreencoverError, match="has no zone '0': it has 0"):
        gc.transition_matrix(table, "0")


def test_transitions_keep_labels_of_any_kind(zones, years):
    named = zones.set_axis(["c", 3, ("a", 1)], axis=0)
    table = gc.transitions(named, *years, by="cover")
    own = table[[zone == "c" for zone in table["zone"]]]
    assert own["area_ha"].sum() == pytest.approx(0.5, abs=1e-9)
    assert set(table["zone"]) == {"c", 3, ("a", 1)}
