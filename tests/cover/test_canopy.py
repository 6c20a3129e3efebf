"""Heights by a threshold and shares by their mean: the ground of each known by construction."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
import rasterio
import shapely
from affine import Affine

import greencover as gc
from greencover.ground.errors import ArgumentError, RasterError
from greencover.indicators.change import transitions
from greencover.rasters import ArrayCells
from strategies import GRID, NORTH, UTM, WEST, cells_box, write_raster, zones_of

CELL_HA = 0.01
TREE, OTHER, REST = 1, 0, "unobserved_ha"
ALL = zones_of(cells_box(0, 0, 4, 2))


def cells(rows: Any, dtype: str = "float32", **options: Any) -> ArrayCells:
    options = {"transform": GRID, "crs": UTM, "name": "canopy.tif"} | options
    return ArrayCells.of(np.array(rows, dtype=dtype), **options)


def areas(cover: gc.LandCover, zones: gpd.GeoDataFrame = ALL) -> pd.Series[float]:
    """Cells of the plane under trees, other and unobserved."""
    return gc.class_areas(zones, cover, area="grid").loc[0] / CELL_HA


def expect(cover: gc.LandCover, tree: float, other: float, rest: float) -> None:
    found = areas(cover)
    np.testing.assert_allclose(found[[TREE, OTHER, REST]].astype(float), [tree, other, rest])
    assert found.sum() == pytest.approx(8.0)


class TestHeights:
    @pytest.mark.parametrize("dtype", ["uint8", "int16", "float32", "float64"])
    def test_a_cell_of_just_the_height_is_a_tree(self, dtype: str):
        heights = cells([[0, 1, 2, 3], [3, 4, 30, 2]], dtype)
        expect(gc.LandCover.from_height(heights, min_height_m=3), 4, 4, 0)

    def test_a_threshold_is_held_in_the_precision_of_the_cells(self):
        heights = cells([[2.1, 2.1, 2.0999, 2.2], [0, 0, 0, 0]])
        expect(gc.LandCover.from_height(heights, min_height_m=2.1), 3, 5, 0)

    def test_nodata_and_blank_cells_are_unobserved(self):
        heights = cells([[-9999, np.nan, 5, 0], [5, 5, 0, 0]], nodata=-9999)
        expect(gc.LandCover.from_height(heights, min_height_m=3), 3, 3, 2)

    def test_nodata_that_the_file_does_not_declare(self):
        heights = cells([[255, 255, 5, 0], [5, 5, 0, 0]], "uint8")
        cover = gc.LandCover.from_height(heights, min_height_m=3)
        with pytest.raises(RasterError, match=r"holds 255 .*nodata=255") as raised:
            areas(cover)
        assert raised.value.code == "cover.height_beyond"
        expect(gc.LandCover.from_height(heights, min_height_m=3, nodata=255), 3, 3, 2)

    def test_heights_in_another_unit_are_refused(self):
        with pytest.raises(RasterError, match="convert them to metres"):
            areas(gc.LandCover.from_height(cells([[450] * 4] * 2, "int16"), min_height_m=3))

    def test_a_crane(self):
        heights = cells([[140, 0, 0, 0], [0, 0, 0, 5]])
        expect(gc.LandCover.from_height(heights, min_height_m=3, highest_m=150), 2, 6, 0)

    def test_a_little_below_the_ground_is_no_tree(self):
        expect(gc.LandCover.from_height(cells([[-0.4] * 4] * 2), min_height_m=3), 0, 8, 0)

    def test_infinite_cells(self):
        with pytest.raises(RasterError, match="infinite"):
            areas(gc.LandCover.from_height(cells([[np.inf] * 4] * 2), min_height_m=3))

    @pytest.mark.parametrize("height", [0, -1, 200, np.nan])
    def test_no_height_of_a_tree(self, height: float):
        with pytest.raises(ArgumentError, match="min_height_m must be"):
            gc.LandCover.from_height(cells([[1] * 4] * 2), min_height_m=height)

    def test_a_file_with_mask_scale_and_losses(self, tmp_path: Path):
        # Tenths of a metre: 3.0 m stands as 30.
        path = write_raster(
            tmp_path / "chm.tif",
            np.array([[30, 29, 45, 0], [31, 0, 0, 0]], "uint16"),
            mask=[[1, 1, 1, 1], [1, 1, 1, 0]],
        )
        with rasterio.open(path, "r+") as file:
            file.scales = (0.1,)
        expect(gc.LandCover.from_height(path, min_height_m=3), 3, 4, 1)

    def test_tiles_fill_each_other(self):
        first = cells([[-1, -1, 5, 0], [-1, 5, 0, 0]], nodata=-1)
        second = cells([[9, 0, 0, 9], [9, 9, 9, 9]])
        expect(gc.LandCover.from_height([first, second], min_height_m=3), 4, 4, 0)

    def test_a_minimum_patch(self):
        cover = gc.LandCover.from_height(cells([[5, 5, 0, 5], [5, 5, 0, 0]]), min_height_m=3)
        found = areas(cover.with_minimum_patch(ha=0.03))
        assert found[TREE] == pytest.approx(4.0)

    def test_resumed_only_while_threshold_and_values_are_the_same(self, tmp_path: Path):
        path = write_raster(tmp_path / "chm.tif", np.array([[2, 4, 6, 8]] * 2, "uint8"))
        for height, tree in ((3, 6), (5, 4), (3, 6)):
            cover = gc.LandCover.from_height(path, min_height_m=height)
            found = gc.class_areas(ALL, cover, area="grid", resume=tmp_path / "kept")
            assert found.loc[0, TREE] / CELL_HA == pytest.approx(tree)
        assert cover.files == (str(path),)


class TestShares:
    def test_the_mean_and_not_a_class(self):
        cover = gc.LandCover.from_share(cells([[40, 40, 100, 0], [10, 10, 0, 0]], "uint8"))
        expect(cover, 2.0, 6.0, 0)

    def test_cells_covered_in_part_count_with_the_part(self):
        cover = gc.LandCover.from_share(cells([[40, 80, 0, 0], [0, 20, 0, 0]]))
        found = areas(cover, zones_of(cells_box(0.5, 0, 1.25, 1.5)))
        assert found[TREE] == pytest.approx(0.5 * 0.4 + 0.25 * 0.8 + 0.25 * 0.5 * 0.2)
        assert found[OTHER] == pytest.approx(0.75 * 1.5 - found[TREE])

    def test_shares_of_one(self):
        cover = gc.LandCover.from_share(cells([[0.25] * 4] * 2), full=1)
        expect(cover, 2.0, 6.0, 0)

    def test_unobserved_values(self):
        percent = cells([[255, 254, 50, 50], [0, 0, 0, 0]], "uint8", nodata=255)
        expect(gc.LandCover.from_share(percent, unobserved=[254]), 1, 5, 2)
        with pytest.raises(RasterError, match=r"holds 254 .*0 to 100") as raised:
            areas(gc.LandCover.from_share(percent))
        assert raised.value.code == "cover.share_beyond"

    @pytest.mark.parametrize("value", [-3, 101])
    def test_what_is_no_share(self, value: int):
        with pytest.raises(RasterError, match=f"holds {value} "):
            areas(gc.LandCover.from_share(cells([[value] * 4] * 2, "int16")))

    def test_on_degrees_the_ground_of_each_row_counts(self):
        rows: npt.NDArray[Any] = np.array([[100], [0]], "uint8")
        grid = Affine(1.0, 0.0, 110.0, 0.0, -1.0, 61.0)
        cover = gc.LandCover.from_share(cells(rows, "uint8", transform=grid, crs="EPSG:4326"))
        zone = gpd.GeoDataFrame(geometry=[shapely.box(110, 59, 111, 61)], crs="EPSG:4326")
        upper = gpd.GeoDataFrame(geometry=[shapely.box(110, 60, 111, 61)], crs="EPSG:4326")
        found = gc.class_areas(zone, cover).loc[0]
        assert found[TREE] == pytest.approx(gc.class_areas(upper, cover).loc[0].sum(), rel=1e-12)
        assert found[TREE] < found[OTHER]

    def test_the_same_figures_by_any_tile(self):
        random = np.random.default_rng(5)
        cover = gc.LandCover.from_share(cells(random.uniform(0, 100, (60, 50))))
        zone = zones_of(shapely.Point(WEST + 250, NORTH - 300).buffer(231.0))
        whole = gc.class_areas(zone, cover)
        cut = gc.class_areas(zone, cover, tile_cells=256, threads=2)
        np.testing.assert_allclose(cut.astype(float), whole.astype(float), rtol=1e-11)
        sums = gc.zonal_sums(zone, cover.sources, kind="density")
        assert whole.loc[0, TREE] == pytest.approx(sums.loc[0, "sum"] / 100.0, rel=1e-12)

    def test_tree_cover_rate(self):
        cover = gc.LandCover.from_share(cells([[30] * 4] * 2, "uint8"))
        rate = gc.tree_cover_rate(ALL, cover)
        assert rate.filter(like="_pct").iloc[0, 0] == pytest.approx(30.0)

    def test_no_patches_and_no_transitions(self):
        cover = gc.LandCover.from_share(cells([[30] * 4] * 2, "uint8"))
        with pytest.raises(ArgumentError, match="form no patches"):
            cover.with_minimum_patch(mu=1)
        with pytest.raises(RasterError, match="no classes to go from"):
            transitions(ALL, cover, cover)

    def test_a_picture_shows_what_is_half_under_trees(self):
        cover = gc.LandCover.from_share(cells([[49, 50, 255, 0], [0, 0, 0, 99]], nodata=255))
        west, south, east, north = cover.bounds
        picture, _, _ = cover.read_overview((west, south, east, north), UTM, max_px=4)
        assert picture.filled(9).tolist() == [[0, 1, 9, 0], [0, 0, 0, 1]]

    @pytest.mark.parametrize("full", [0, -1, np.nan])
    def test_no_full_share(self, full: float):
        with pytest.raises(ArgumentError, match="full must be above 0"):
            gc.LandCover.from_share(cells([[1] * 4] * 2), full=full)


class TestNdvi:
    NDVI = ((0.4, 0.39, np.nan, -0.2), (0.8, 1.0, -1.0, 0.41))

    def areas_of(self, cover: gc.LandCover) -> list[float]:
        found = areas(cover)
        return [round(float(value), 9) for value in found[[TREE, OTHER, REST]]]

    def test_what_reaches_the_threshold_is_green_of_any_kind(self):
        cover = gc.LandCover.from_ndvi(cells(self.NDVI), min_ndvi=0.4)
        assert self.areas_of(cover) == [4, 3, 1]
        assert cover.legend.covers == {1: "grass", 0: "other"}
        assert "Any green" in cover.legend.title

    def test_whole_numbers_stand_for_an_ndvi_of_one_that_is_named(self):
        whole = np.nan_to_num(np.array(self.NDVI) * 10_000, nan=-30_000).astype("int16")
        cover = gc.LandCover.from_ndvi(
            cells(whole, "int16", nodata=-30_000), min_ndvi=0.4, full=10_000
        )
        assert self.areas_of(cover) == [4, 3, 1]
        with pytest.raises(RasterError, match="full=10000"):
            areas(gc.LandCover.from_ndvi(cells(whole, "int16", nodata=-30_000), min_ndvi=0.4))

    def test_it_is_never_forest_and_counts_as_green(self):
        cover = gc.LandCover.from_ndvi(cells(self.NDVI), min_ndvi=0.4)
        with pytest.raises(gc.GreencoverError, match="tree"):
            gc.forest_coverage(ALL, cover)
        with pytest.raises(gc.GreencoverError, match="tree"):
            gc.tree_cover_rate(ALL, cover)
        green = gc.green_coverage(ALL, cover, area="grid")
        assert green["green_ha"].item() == pytest.approx(0.04)

    @pytest.mark.parametrize("given", [-1.0, 1.01, np.nan])
    def test_a_threshold_that_is_no_ndvi(self, given: float):
        with pytest.raises(ArgumentError, match="least NDVI"):
            gc.LandCover.from_ndvi(cells(self.NDVI), min_ndvi=given)
