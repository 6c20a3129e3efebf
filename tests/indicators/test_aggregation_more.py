"""What may be added up, and what not."""

import pandas as pd
import pytest

import greencover as gc
from greencover.ground.errors import LayerError

TASKS = pd.DataFrame(
    {
        "task": ["belt", "trees", None],
        "planned": [10, 5000, 50],
        "done": [0, 5000, 0],
        "unit": ["ha", "trees", "ha"],
    }
)


def test_work_without_a_name_is_work():
    """10 of 60 ha, not 10 of 10."""
    tasks = pd.DataFrame(
        {"task": ["a", None, "a"], "planned": [10, 50, 0], "done": [10, 0, 0], "unit": "ha"}
    )
    table = gc.completion_rate(tasks)
    assert table["planned"].sum() == 60
    assert gc.merged(table)["completion_pct"].iloc[0] == pytest.approx(100 / 6)


@pytest.mark.parametrize("name", ["Total", "合计"])
def test_a_row_of_totals_is_no_work(name):
    tasks = pd.DataFrame({"task": ["a", "b", name], "planned": [10, 50, 60], "done": [10, 0, 10]})
    done = gc.completion_rate(tasks.assign(unit="ha"))
    assert gc.merged(done)["planned"].tolist() == [60.0]
    with pytest.raises(LayerError, match="not the sum of the others"):
        gc.completion_rate(tasks.assign(unit="ha", done=[10, 0, 9]))


def test_hectares_and_trees_never_add_up():
    table = gc.completion_rate(TASKS)
    with pytest.raises(LayerError, match="ha and trees, which do not add up"):
        gc.merged(table)
    sums = gc.merged(table, by="unit").set_index("unit")
    assert sums["planned"].to_dict() == {"ha": 60.0, "trees": 5000.0}
    assert sums["completion_pct"].to_dict() == {"ha": 0.0, "trees": 100.0}


def test_class_areas_keep_their_classes():
    areas = pd.DataFrame({10: [1.0, 2.0], 20: [0.5, 0.0], "unobserved_ha": [0.0, 1.0]})
    assert gc.merged(areas).iloc[0].to_dict() == {10: 3.0, 20: 0.5, "unobserved_ha": 1.0}


def test_what_no_sum_gives_is_named():
    table = pd.DataFrame({"land_ha": [1.0, 3.0], "mean_height": [2.0, 4.0]})
    sums = gc.merged(table)
    assert "mean_height" not in sums
    assert "mean_height" in sums.attrs["notes"][0]
