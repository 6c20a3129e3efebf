"""What a land cover can tell beside a road: known rows of trees on cells of many sizes."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pytest
import shapely
from affine import Affine
from benchmarks.resolving import (
    BELT_M,
    CRS,
    EAST,
    NORTH,
    OFFSET_M,
    SIZE_M,
    Ground,
    ground,
    judged,
)
from rasterio.features import rasterize
from shapely.affinity import rotate

import greencover as gc
from greencover.corridor._rows_on_cells import Sides
from greencover.corridor.evidence import Judged
from greencover.corridor.sensitivity import seen_rows
from small_county import GRASS, TREE, SmallCounty


def straight(
    row_m: float, *, angle: float = 0.0, shift: float = 0.0, lined: float = 1.0, fine_m: float = 1.0
) -> Ground:
    """A road of 1 km through the middle, rows of trees along the first part of both its sides."""
    centre = shapely.Point(EAST + SIZE_M / 2, NORTH - SIZE_M / 2 + shift)

    def placed(x0: float, y0: float, x1: float, y1: float) -> shapely.Geometry:
        box = shapely.box(centre.x + x0, centre.y + y0, centre.x + x1, centre.y + y1)
        return rotate(box, angle, origin=centre)

    ends = [(centre.x - 500, centre.y), (centre.x + 500, centre.y)]
    line = rotate(shapely.LineString(ends), angle, origin=centre)
    end = -500 + 1000 * lined
    rows = [placed(-500, OFFSET_M, end, OFFSET_M + row_m)]
    rows.append(placed(-500, -OFFSET_M - row_m, end, -OFFSET_M))
    count = round(SIZE_M / fine_m)
    grid = Affine(fine_m, 0, EAST, 0, -fine_m, NORTH)
    trees = rasterize(rows, (count, count), transform=grid, dtype="uint8") == 1 if lined else 0
    trees = np.broadcast_to(trees, (count, count))
    roads = gpd.GeoDataFrame({"name": ["R"]}, geometry=[line], crs=CRS)
    return Ground(roads, trees, fine_m, 100.0 * lined, row_m)


@pytest.mark.parametrize("angle", [0.0, 17.0, 45.0])
@pytest.mark.parametrize("shift", [0.0, 7.0, 15.0])
def test_a_road_wholly_lined_is_not_judged_on_cells_of_30_m(angle, shift):
    road = judged(straight(BELT_M, angle=angle, shift=shift), 30.0)
    row = road.rates_by().iloc[0]
    assert [row["low_pct"], row["high_pct"]] == pytest.approx([0.0, 100.0])
    assert road.gaps.empty
    assert set(road.sides["status"]) <= {"greened", "not seen"}
    assert row["greenable_km"] == pytest.approx(row["greened_km"] + row["not_seen_km"])
    assert row["not_seen_km"] == pytest.approx(road.not_seen["length_m"].sum() / 1000.0)
    if row["not_seen_km"]:
        assert any(getattr(note, "code", "") == "corridor.not_seen" for note in road.notes)


def test_a_bare_road_is_no_gap_on_cells_of_30_m():
    road = judged(straight(BELT_M, lined=0.0), 30.0)
    assert road.gaps.empty
    assert set(road.sides["status"]) == {"not seen"}


def test_rows_as_wide_as_half_a_cell_are_not_told_on_cells_of_20_m():
    row = judged(straight(BELT_M, angle=20.0), 20.0).rates_by().iloc[0]
    assert [row["low_pct"], row["high_pct"]] == pytest.approx([0.0, 100.0])


@pytest.mark.parametrize("angle", [0.0, 33.0])
@pytest.mark.parametrize(("row_m", "cell_m"), [(6.0, 1.0), (6.0, 2.0), (10.0, 2.0)])
def test_a_road_half_lined_stays_decided_on_fine_cells(angle, row_m, cell_m):
    scene = straight(row_m, angle=angle, lined=0.5, fine_m=0.5)
    road = judged(scene, cell_m, error_m=0.5)
    row = road.rates_by().iloc[0]
    assert row["greening_pct"] == pytest.approx(50.0, abs=1.1)
    assert row["low_pct"] == pytest.approx(row["greening_pct"], abs=1.0)
    assert row["high_pct"] == pytest.approx(row["greening_pct"], abs=1.0)
    assert road.gaps["length_m"].sum() == pytest.approx(1000.0, abs=25.0)
    assert row["not_seen_km"] == 0.0


def test_a_rate_on_cells_of_10_m_is_a_lower_bound_where_rows_may_be_single():
    row = judged(straight(15.0, angle=30.0, lined=0.5), 10.0, narrowest_m=6.0).rates_by().iloc[0]
    assert row["low_pct"] - 1e-6 <= 50.0 <= row["high_pct"]
    assert row["high_pct"] > 55.0
    # Where only whole belts count, cells as wide as these show them.
    row = judged(straight(15.0, angle=30.0, lined=0.5), 10.0, narrowest_m=10.0).rates_by().iloc[0]
    assert row["low_pct"] - 1e-6 <= 50.0 <= row["high_pct"] + 1e-6 < 55.0


@pytest.mark.parametrize(("seed", "cell_m"), [(1, 1.0), (2, 2.0), (3, 5.0), (4, 10.0), (5, 30.0)])
def test_the_range_holds_what_is_known(seed, cell_m):
    scene = ground(7.0 + seed, 0.15 * seed, seed=seed, fine_m=1.0)
    found = judged(scene, cell_m, error_m=0.5, seed=seed).rates_by().iloc[0]
    assert found["low_pct"] - 0.5 <= scene.truth_pct <= found["high_pct"] + 0.5


@pytest.mark.parametrize("cell_m", [1.0, 5.0, 10.0, 30.0])
def test_chances_are_those_of_rows_drawn_at_random(cell_m):
    """The simulation of ``seen_rows`` looks up each cell's ground by points, not by a formula."""
    widths = [3.0, 5.0, 8.0, 10.0]
    drawn = seen_rows(row_m=widths, cell_m=[cell_m], offset_m=5.0, draws=300)["greened_pct"]
    count = 24
    alike = [np.full(count, value) for value in (cell_m, cell_m)]
    angle = np.arange(count) * np.pi / count
    rest = [np.full(count, value) for value in (5.0, 10.0, 0.2)]
    called = Sides(*alike, angle, *rest).called_greened(
        np.tile(widths, (count, 1)),
        length_m=10.0,
        error_m=0.0,
        majority=0.5,
        places=16,
        points=(5, 20),
    )
    assert (100.0 * called[:, 0, 0, 1:].mean(axis=0)).tolist() == pytest.approx(
        drawn.tolist(), abs=8.0
    )
    assert not called[:, :, 0, 0].any()


@dataclass(frozen=True)
class Walked:
    """A survey that saw trees along the first half of every road."""

    key: str = "walked"
    rank: float = 9.0

    def judge(self, strips, threshold):  # noqa: ARG002
        half = (strips.sides["from_m"] < 500.0).to_numpy()
        return Judged(np.ones(len(half), dtype=bool), half)


def test_other_evidence_is_not_limited_by_cells():
    scene = straight(3.0)
    road = gc.roadside_greening(
        scene.roads, scene.cover(30.0, 0.0, 1), grade=None, offset_m=6.0, belt_m=10.0,
        evidence=[Walked()],
    )  # fmt: skip
    row = road.rates_by().iloc[0]
    assert row["greening_pct"] == pytest.approx(50.0, abs=0.1)
    assert [row["low_pct"], row["high_pct"]] == pytest.approx([row["greening_pct"]] * 2)
    assert road.gaps["length_m"].sum() == pytest.approx(1000.0, abs=1.0)


def test_limits_do_not_depend_on_groups():
    from greencover.corridor.roadside import roadside_greening_in_groups

    scene = ground(8.0, 0.5, seed=3, fine_m=1.0)
    cover = scene.cover(10.0, 0.0, 1)
    rules = {"grade": None, "offset_m": 6.0, "belt_m": 10.0}
    whole = gc.roadside_greening(scene.roads, cover, **rules).rates_by("road")
    groups = list(roadside_greening_in_groups(scene.roads, cover, strips_at_once=300, **rules))
    assert len(groups) > 2
    low = np.concatenate([part.rates_by("road")["low_pct"] for part in groups])
    assert low.tolist() == pytest.approx(whole["low_pct"].tolist(), rel=1e-9)


def test_what_is_not_seen_is_listed_behind_gaps_and_nothing_is_planted_there():
    road = judged(straight(BELT_M, lined=0.0), 30.0)
    listed = gc.planting_list(road)
    assert set(listed["status"]) == {"not seen"}
    assert listed["trees"].sum() == 0
    assert listed["plant_ha"].sum() == 0.0
    assert listed["length_m"].sum() == pytest.approx(2000.0, abs=5.0)


def county(folder, *, row_width_m: float, value: float = 60.0):
    codes = np.full((40, 40), GRASS, dtype="uint8")
    codes[:, :20] = TREE
    town = SmallCounty(codes=codes)
    town.replace('standard = "national-forest-city-2012"\n', "")
    town.text += f"[roadside]\nrow_width_m = {row_width_m}\n"
    town.text += '\n[[target]]\nindicator = "roadside_greening_rate"\nlevel = "county"\n'
    town.text += f"value = {value}\n"
    return gc.assess(town.write(folder))


def test_a_verdict_that_the_cells_leave_open_is_uncertain_and_says_why(tmp_path):
    # Rows of 2 m on cells of 11 m: half of the road runs through woods.
    found = county(tmp_path, row_width_m=2.0)
    row = found.table.query("target == 60 and level == 'county'").iloc[0]
    assert row["verdict"] == "uncertain"
    assert [row["low"], row["high"]] == pytest.approx([0.0, 100.0])
    assert "open" not in found.table
    assert "between 0.00 and 100.00" in row["note"]
    assert "an inventory of trees or checks in the field would settle it" in row["note"]
    assert "树木普查或外业核查可以判定" in row["note"].said("zh")
    assert found.gaps.empty
    assert found.not_seen["length_m"].sum() > 500.0
    assert {"township", "road", "chainage"} <= set(found.not_seen.columns)
    (need,) = found.needs.query("indicator == 'roadside_greening_rate'")["reachable"]
    assert need == "not known"


def test_the_same_county_is_judged_where_only_wide_belts_count(tmp_path):
    found = county(tmp_path, row_width_m=10.0, value=90.0)
    row = found.table.query("target == 90 and level == 'county'").iloc[0]
    assert row["verdict"] == "not met"
    assert found.not_seen.empty
    assert found.gaps["length_m"].sum() > 500.0


def test_outputs_call_it_not_seen(tmp_path):
    from openpyxl import load_workbook

    found = county(tmp_path, row_width_m=2.0)
    written = found.write(tmp_path / "out", formats=["xlsx", "html", "docx", "gpkg", "gpx", "json"])
    assert written
    sides = gpd.read_file(next((tmp_path / "out").glob("*.gpkg")), layer="road_sides")
    assert "not seen" in set(sides["status"])
    book = load_workbook(next((tmp_path / "out").glob("*.xlsx")))
    cells = {cell.value for sheet in book for row in sheet.iter_rows() for cell in row}
    assert any("未能判读" in str(value) and "Not seen" in str(value) for value in cells)
    page = next((tmp_path / "out").glob("*.html")).read_text("utf-8")
    assert "未能判读" in page
    assert "Not seen" in page
    track = next((tmp_path / "out").glob("*.gpx")).read_text("utf-8")
    assert "未能判读" in track
