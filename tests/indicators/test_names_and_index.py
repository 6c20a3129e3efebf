"""Every door takes a layer by its active geometry, and rows by their place, not by their label."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

import greencover as gc
from scenes import BUILT, CROP, GRASS, TREE, box, cover, layer, line, point


class Scene(NamedTuple):
    units: gpd.GeoDataFrame
    before: gc.LandCover
    after: gc.LandCover


PARKS = layer(box(0, 0, 4, 4), box(14, 10, 18, 14))
ROADS = layer(line((1, 8.3), (19, 8.3)), name=["R"], grade=["county"])
HOMES = layer(point(5, 5), point(15, 18), population=[10.0, 20.0])


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    folder = tmp_path_factory.mktemp("names")
    cells = np.full((20, 20), GRASS)
    cells[:, :10], cells[15:, 15:], cells[:3, 15:] = TREE, BUILT, CROP
    later = np.where(cells == GRASS, TREE, cells)
    units = layer(box(0, 0, 10, 20), box(10, 0, 20, 20), name=["A", "B"], pop=[100.0, 200.0])
    return Scene(
        units.assign(population=units["pop"], kind=["clustered", "dispersed"]),
        cover(folder, cells, name="before.tif"),
        cover(folder, later, name="after.tif"),
    )


DOORS: dict[str, Callable[[gpd.GeoDataFrame, Scene], pd.DataFrame | pd.Series]] = {
    "class_areas": lambda z, s: gc.class_areas(z, s.before),
    "zonal_sums": lambda z, s: gc.zonal_sums(z, s.before.paths[0], kind="count"),
    "ground_area_ha": lambda z, _: gc.ground_area_ha(z),
    "forest_coverage": lambda z, s: gc.forest_coverage(z, s.before),
    "tree_cover_rate": lambda z, s: gc.tree_cover_rate(z, s.before, scattered=HOMES),
    "green_coverage": lambda z, s: gc.green_coverage(z, s.before),
    "built_up_green_coverage": lambda z, s: gc.built_up_green_coverage(z, PARKS, s.before),
    "green_cover_per_capita": lambda z, s: gc.green_cover_per_capita(z, s.before),
    "green_space_per_capita": lambda z, _: gc.green_space_per_capita(z, PARKS),
    "village_greening": lambda z, s: gc.village_greening(z, s.before, settlement="kind"),
    "water_source_forest": lambda z, s: gc.water_source_forest(z, PARKS, s.before),
    "shelterbelt_control": lambda z, s: gc.shelterbelt_control(z, ROADS, s.before, reach_m=60.0),
    "street_canopy_cover": lambda z, s: gc.street_canopy_cover(z, ROADS, s.before, width_m=20.0),
    "open_public_space": lambda z, _: gc.open_public_space(z, PARKS),
    "park_service_coverage": lambda z, _: gc.park_service_coverage(z, PARKS, radius_m=50.0),
    "residents_served": lambda z, _: gc.residents_served(z, HOMES, PARKS, radius_m=30.0),
    "population_from_raster": lambda z, s: gc.population_from_raster(
        z, s.before.paths[0], kind="count"
    ),
    "share_out_population": lambda z, s: gc.share_out_population(s.units, z, s.before),
    "cover_change": lambda z, s: gc.cover_change(z, s.before, s.after),
    "planted_status": lambda z, s: gc.planted_status(z, s.before, s.after),
    "parks": lambda z, s: gc.residents_served(s.units, HOMES, z.iloc[1:], radius_m=30.0),
    "built-up ground": lambda z, s: gc.built_up_green_coverage(s.units, z.iloc[1:], s.before),
    "water sources": lambda z, s: gc.water_source_forest(s.units, z.iloc[1:], s.before),
    "totals": lambda z, s: gc.share_out_population(z, s.units, s.before),
}
TWO = pd.MultiIndex.from_tuples([("x", "a"), ("x", "b")], names=["name", "part"])
LAYERS: dict[str, Callable[[gpd.GeoDataFrame], gpd.GeoDataFrame]] = {
    "a geometry called geometry that is not active": lambda z: z.rename_geometry("geom").assign(
        geometry=z.centroid.to_numpy()
    ),
    "labels twice": lambda z: z.set_axis([7, 7], axis=0),
    "labels of two levels, a second geometry": lambda z: z.assign(centre=z.centroid).set_axis(
        TWO, axis=0
    ),
}


@pytest.mark.filterwarnings("ignore::greencover.GreencoverWarning")
@pytest.mark.parametrize("given", LAYERS)
@pytest.mark.parametrize("door", DOORS)
def test_figures_do_not_depend_on_names_and_labels(
    scene: Scene, plain: dict[str, np.ndarray], door: str, given: str
) -> None:
    if door not in plain:
        plain[door] = numbers(DOORS[door](scene.units, scene))
    found = numbers(DOORS[door](LAYERS[given](scene.units), scene))
    np.testing.assert_array_equal(found, plain[door])


@pytest.fixture(scope="module")
def plain() -> dict[str, np.ndarray]:
    """Figures of plain layers by door."""
    return {}


def numbers(figures: pd.DataFrame | pd.Series) -> np.ndarray:
    table = figures.to_frame() if isinstance(figures, pd.Series) else figures
    return table.select_dtypes("number").to_numpy()


@pytest.mark.parametrize("given", LAYERS)
def test_rows_of_the_result_are_those_of_the_layer(scene: Scene, given: str) -> None:
    units: Any = LAYERS[given](scene.units)
    found = gc.forest_coverage(units, scene.before)
    pd.testing.assert_index_equal(found.index, units.index)
    assert found.active_geometry_name == units.active_geometry_name
    assert found["forest_pct"].tolist() == pytest.approx([100.0, 0.0])
