"""Notes of an assessment: by code, of its own run, and beside each figure in either language."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import shapely

import greencover as gc
from greencover.ground.notes import Note, said
from greencover.report.parquet import with_geometry
from small_county import CELL, NORTH, SOUTH, WEST, SmallCounty


@pytest.fixture
def counties(tmp_path):
    """Paths of a county with a park that crosses itself, and of one with a coarse raster."""
    crossed, plain = SmallCounty(), SmallCounty()
    bow = shapely.Polygon(
        [(WEST, SOUTH), (WEST + 9 * CELL, NORTH), (WEST + 9 * CELL, SOUTH), (WEST, NORTH)]
    )
    crossed.parks = crossed.parks.set_geometry([bow], crs=4326)
    return [crossed.write(tmp_path / "crossed"), plain.write(tmp_path / "plain")]


@pytest.mark.thorough
def test_assessments_in_threads_keep_their_own_notes(counties):
    alone = [gc.assess(path).notes for path in counties]
    assert any("repaired" in note for note in alone[0])
    assert not any("repaired" in note for note in alone[1])

    with ThreadPoolExecutor(4) as pool:
        together = [found.notes for found in pool.map(gc.assess, counties * 4)]

    assert together == alone * 4


def test_every_note_is_a_code(counties):
    found = gc.assess(counties[0])
    assert found.notes
    assert all(isinstance(note, Note) for note in found.notes)
    assert all(said(note, "zh") != note for note in found.notes)


def test_remarks_on_figures_are_notes_and_plain_text_in_a_file(tmp_path):
    county = SmallCounty().without_roads()
    county.codes = np.zeros_like(county.codes)
    county.codes[:, :3] = 10
    found = gc.assess(county.write(tmp_path / "blind"))
    rows = found.table[found.table["indicator"] == "forest_coverage"].set_index("unit")
    note = rows.loc["T2", "note"]
    assert isinstance(note, Note)
    assert str(note).startswith("nothing of the unit was observed")
    assert said(note, "zh").startswith("该单元全部未观测")
    both = rows.loc["county", "note"]
    assert said(both, "zh").startswith("未观测占92.5%，超过允许的5%；自然湿地")

    with_geometry(found).to_parquet(tmp_path / "t.parquet")
    import geopandas as gpd

    read = gpd.read_parquet(tmp_path / "t.parquet")
    assert read["note"].tolist() == [str(one) for one in found.table["note"]]


def test_layers_on_another_datum_say_so_once_a_pair(tmp_path):
    county = SmallCounty()
    # The same numbers under the name of Beijing 54, for which nothing is known here.
    county.townships = county.townships.set_crs(4214, allow_override=True)
    found = [
        note for note in gc.assess(county.write(tmp_path)).notes if note.code.endswith("shift")
    ]
    assert {note.code for note in found} == {"ground.ballpark_shift"}
    pairs = [(note.values["source"], note.values["target"]) for note in found]
    assert ("Beijing 1954", "WGS 84") in pairs
    assert len(set(pairs)) == len(pairs)
