"""Forest counted only where its patch is large enough, whatever tiles and rasters cut it."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import shapely
from affine import Affine
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

import greencover as gc
from greencover.ground.errors import LegendError
from strategies import CELL, NORTH, WEST, cells_box, placed, write_raster, zones_of

TREE, GRASS = 1, 2
LEGEND = gc.Legend.from_codes({TREE: ("tree", "Trees"), GRASS: ("grass", "Grass")})
# A cell of 10 m on this grid is 100.08 m² of ground: 0.15 mu.
CELL_MU = 0.150_12


def kept(trees: npt.NDArray[np.bool_], least: int, connectivity: int) -> npt.NDArray[np.bool_]:
    """Trees in patches of at least so many cells, by flooding each patch."""
    steps = [(0, 1), (1, 0), (0, -1), (-1, 0)]
    if connectivity == 8:
        steps += [(1, 1), (1, -1), (-1, 1), (-1, -1)]
    result = np.zeros_like(trees)
    seen = np.zeros_like(trees)
    for start in zip(*np.nonzero(trees), strict=True):
        if seen[start]:
            continue
        seen[start] = True
        patch = [start]
        for row, column in patch:
            for i, j in steps:
                at = (row + i, column + j)
                inside = 0 <= at[0] < trees.shape[0] and 0 <= at[1] < trees.shape[1]
                if inside and trees[at] and not seen[at]:
                    seen[at] = True
                    patch.append(at)
        if len(patch) >= least:
            result[tuple(np.transpose(patch))] = True
    return result


def trees_by_cell(cover: gc.LandCover, rows: int, columns: int, **options: Any) -> Any:
    """Share of each cell that counts as trees, and as small patches."""
    cells = [cells_box(c, r, c + 1, r + 1) for r in range(rows) for c in range(columns)]
    table = gc.class_areas(zones_of(*cells), cover, area="grid", **options)
    assert cover.minimum_patch is not None
    shape = (rows, columns)
    return (
        (table[TREE].to_numpy() * 100).reshape(shape),
        (table[cover.minimum_patch.small_code].to_numpy() * 100).reshape(shape),
    )


@settings(max_examples=30, deadline=None)
@given(
    trees=npst.arrays(np.bool_, (14, 17), elements=st.booleans()),
    least=st.integers(1, 30),
    connectivity=st.sampled_from([4, 8]),
    tile_cells=st.sampled_from([1, 9, 34, 100, 10_000]),
)
def test_patches_are_those_of_a_flood_fill(
    trees: npt.NDArray[np.bool_], least: int, connectivity: Any, tile_cells: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        cells = np.where(trees, TREE, GRASS).astype(np.uint8)
        path = write_raster(Path(folder) / "c.tif", cells)
        cover = gc.LandCover.open(path, legend=LEGEND).with_minimum_patch(
            mu=(least - 0.5) * CELL_MU, connectivity=connectivity
        )
        large, small = trees_by_cell(cover, 14, 17, tile_cells=tile_cells)

    expected = kept(trees, least, connectivity)
    np.testing.assert_allclose(large, expected, atol=1e-9)
    np.testing.assert_allclose(small, trees & ~expected, atol=1e-9)


def test_rows_still_sum_to_their_zones(tmp_path: Path) -> None:
    trees = np.random.default_rng(3).random((60, 80)) < 0.3
    cells = np.where(trees, TREE, GRASS).astype(np.uint8)
    cover = gc.LandCover.open(write_raster(tmp_path / "c.tif", cells), legend=LEGEND)
    zones = zones_of(cells_box(3.3, 2.2, 41.7, 55.5), cells_box(-4, 10, 30, 20))
    plain = gc.class_areas(zones, cover)
    patchy = gc.class_areas(zones, cover.with_minimum_patch(ha=0.05))

    assert len(patchy.columns) == 4
    assert all(code in patchy for code in (TREE, GRASS, 256, "unobserved_ha"))
    np.testing.assert_allclose(patchy[TREE] + patchy[256], plain[TREE], rtol=1e-12)
    assert (patchy[256] > 0).all()
    for column in (GRASS, "unobserved_ha"):
        np.testing.assert_allclose(patchy[column], plain[column], rtol=1e-12)


def test_one_mu_is_a_matter_of_ground_not_of_cells(tmp_path: Path) -> None:
    """1/12000 degree: at 30 N nine cells are 668.5 m², above 1 mu; at 30.7 N they are 663.8."""
    for south, large in ((30.0, True), (30.7, False)):
        cells = np.full((12, 12), GRASS, dtype=np.uint8)
        cells[4:7, 4:7] = TREE
        grid = Affine(1 / 12_000, 0.0, 117.0, 0.0, -1 / 12_000, south + 12 / 12_000)
        path = write_raster(tmp_path / f"{south}.tif", cells, transform=grid, crs="EPSG:4490")
        cover = gc.LandCover.open(path, legend=LEGEND).with_minimum_patch(mu=1)
        zone = zones_of(placed(shapely.box(0, 0, 12, 12), grid), crs="EPSG:4490")
        table = gc.class_areas(zone, cover)

        assert (table.loc[0, TREE] > 0) == large
        assert (table.loc[0, 256] > 0) != large


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_patch_across_two_rasters_of_one_grid_is_one_patch(
    order: tuple[int, int], tmp_path: Path
) -> None:
    """Three cells on either side of the seam: six in all, and neither half is enough."""
    cells = np.full((10, 16), GRASS, dtype=np.uint8)
    cells[4, 5:11] = TREE
    east = Affine(CELL, 0.0, WEST + 8 * CELL, 0.0, -CELL, NORTH)
    tiles = [
        write_raster(tmp_path / "west.tif", cells[:, :8]),
        write_raster(tmp_path / "east.tif", cells[:, 8:], transform=east),
    ]
    cover = gc.LandCover.open([tiles[i] for i in order], legend=LEGEND)
    zone = zones_of(cells_box(0, 0, 16, 10))

    six = gc.class_areas(zone, cover.with_minimum_patch(mu=5.5 * CELL_MU), area="grid")
    seven = gc.class_areas(zone, cover.with_minimum_patch(mu=6.5 * CELL_MU), area="grid")
    assert six.loc[0, TREE] == pytest.approx(0.06)
    assert seven.loc[0, 256] == pytest.approx(0.06)


def test_a_boundary_does_not_cut_a_patch(tmp_path: Path) -> None:
    """A wood of ten cells counts in a zone that holds one of them."""
    cells = np.full((10, 16), GRASS, dtype=np.uint8)
    cells[4, 3:13] = TREE
    cover = gc.LandCover.open(write_raster(tmp_path / "c.tif", cells), legend=LEGEND)
    zone = zones_of(cells_box(12, 0, 16, 10))
    table = gc.class_areas(zone, cover.with_minimum_patch(mu=9.5 * CELL_MU), area="grid")

    assert table.loc[0, TREE] == pytest.approx(0.01)


def test_small_patches_are_woody_but_no_forest(tmp_path: Path) -> None:
    cells = np.full((10, 10), GRASS, dtype=np.uint8)
    cells[1, 1] = TREE
    cells[5:9, 5:9] = TREE
    opened = gc.LandCover.open(write_raster(tmp_path / "c.tif", cells), legend=LEGEND, year=2023)
    cover = opened.with_minimum_patch(mu=1)
    zone = zones_of(cells_box(0, 0, 10, 10))

    assert repr(cover) == "LandCover(c.tif, legend 'custom', 2023, patches from 1 mu)"
    assert cover.legend.name(256) == "Tree cover in patches below 1 mu"
    assert gc.forest_coverage(zone, cover)["forest_pct"].iloc[0] == pytest.approx(16.0)
    assert gc.tree_cover_rate(zone, cover)["tree_cover_pct"].iloc[0] == pytest.approx(17.0)


def test_mistakes_are_named(tmp_path: Path) -> None:
    path = write_raster(tmp_path / "c.tif", np.full((4, 4), GRASS, dtype=np.uint8))
    cover = gc.LandCover.open(path, legend=LEGEND)

    with pytest.raises(ValueError, match=r"one of mu=, ha="):
        cover.with_minimum_patch()
    with pytest.raises(ValueError, match="connectivity must be 4 or 8, not 6"):
        cover.with_minimum_patch(mu=1, connectivity=6)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"above zero, not -1"):
        cover.with_minimum_patch(ha=-1)
    with pytest.raises(LegendError, match="no class of cover type moss"):
        cover.with_minimum_patch(["moss"], mu=1)
    with pytest.raises(LegendError, match="cannot count as 'tree'"):
        cover.with_minimum_patch(mu=1, counts_as="tree")
    with pytest.raises(ValueError, match="has a minimum patch already"):
        cover.with_minimum_patch(mu=1).with_minimum_patch(mu=2)
