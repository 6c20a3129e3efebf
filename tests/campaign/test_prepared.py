"""What assess refuses check refuses, by the same code, and before anything is overlaid."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely
from rasterio.transform import from_origin

import greencover as gc
from greencover.campaign import cover_codes
from greencover.campaign.explain import explain, page
from small_county import (
    CELL,
    EAST,
    GRASS,
    MIDDLE_X,
    MIDDLE_Y,
    NORTH,
    SIZE,
    SOUTH,
    WEST,
    SmallCounty,
    write_raster,
)

STRANGE = 77
WORKS = (
    '\n[layers.works]\npath = "works.gpkg"\nname = "name"\nbefore = "earlier.tif"\nyear = 2020\n'
)
GRID = '\n[layers.townships.population_grid]\npath = "people.tif"\nkind = "count"\n'
SHARED = '\n[layers.villages]\npath = "villages.gpkg"\ncode = "code"\npopulation_shared = true\n'
WATERS = '\n[layers.waters]\npath = "waters.gpkg"\nname = "name"\n'
SAMPLE = '\n[accuracy]\npath = "sample.csv"\n'
TREES_AND_GRASS = """\
title = "Two classes"
source = "a test"
[[classes]]
code = 10
name = "Trees"
cover = "tree"
[[classes]]
code = 30
name = "Grass"
cover = "grass"
"""
EXACT = """\
title = "Exact"
[[target]]
indicator = "forest_coverage"
level = "county"
value = 50
comparison = "="
confidence = "C"
"""
# A township of the small county is 20 by 40 cells, by the areas of its cells on the ellipsoid.
TOWNSHIP_HA = 8.562


def codes(value: float, dtype: str = "uint8") -> np.ndarray:
    return np.full((SIZE, SIZE), value, dtype=dtype)


def grid(path: Path, cells: np.ndarray, corner=(WEST, NORTH), cell=CELL, nodata=None) -> None:
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        height=cells.shape[-2],
        width=cells.shape[-1],
        count=1 if cells.ndim == 2 else len(cells),
        dtype=cells.dtype,
        crs="EPSG:4326",
        transform=from_origin(*corner, cell, cell),
        nodata=nodata,
    ) as dataset:
        dataset.write(cells if cells.ndim == 3 else cells[None])


def with_inf(cells: np.ndarray) -> np.ndarray:
    cells[SIZE // 2, SIZE // 2] = np.inf
    return cells


@dataclass(frozen=True)
class Fault:
    """Something wrong with a campaign, and the code of what must be said."""

    code: str
    text: str = ""
    change: Callable[[SmallCounty], object] = lambda _: None
    files: dict[str, Callable[[Path], object]] = field(default_factory=dict)


def works(earlier: np.ndarray, code: str, path: str = "earlier.tif") -> Fault:
    plot = shapely.box(WEST, SOUTH, WEST + 5 * CELL, SOUTH + 5 * CELL)
    plots = gpd.GeoDataFrame({"name": ["plot"]}, geometry=[plot], crs=4326)
    return Fault(
        code, WORKS, files={"works.gpkg": plots.to_file, path: lambda p: write_raster(p, earlier)}
    )


def on_file(ha: float, code: str) -> Fault:
    def change(county):
        county.townships = county.townships.assign(on_file=[TOWNSHIP_HA, ha])
        county.replace('"residents"\n', '"residents"\nstatutory_ha = "on_file"\n')

    return Fault(code, change=change)


def people(cells: np.ndarray, code: str, more: str = "", **place) -> Fault:
    return Fault(
        code,
        more,
        lambda county: county.replace('population = "residents"\n', GRID),
        {"people.tif": lambda path: grid(path, cells, **place), "villages.gpkg": villages},
    )


def villages(path: Path) -> None:
    shapes = [shapely.box(WEST, SOUTH, MIDDLE_X, NORTH), shapely.box(MIDDLE_X, SOUTH, EAST, NORTH)]
    names = ["a", "b"]
    table = gpd.GeoDataFrame({"code": names, "name": names}, geometry=shapes, crs=4326)
    table.to_file(path)


def roadside(key: str, values: list[object], code: str) -> Fault:
    return Fault(
        code,
        f'\n[roadside]\n{key} = "own"\n',
        lambda county: setattr(county, "roads", county.roads.assign(own=values)),
    )


def water(code: str, text: str = "", shape: object = None, **columns: object) -> Fault:
    line = shapely.LineString([(WEST, MIDDLE_Y + 5 * CELL), (EAST, MIDDLE_Y + 5 * CELL)])
    frame = gpd.GeoDataFrame({"name": ["S"], **columns}, geometry=[shape or line], crs=4326)
    return Fault(code, WATERS + text, files={"waters.gpkg": frame.to_file})


def sample(cells: str) -> Fault:
    table = f"class,tree,grass\ntree,{cells}\ngrass,3,47\n"
    return Fault(
        "campaign.sample_no_counts", SAMPLE, files={"sample.csv": lambda p: p.write_text(table)}
    )


def legend(text: str, code: str, more: str = "") -> Fault:
    return Fault(
        code,
        more,
        lambda county: county.replace('"worldcover"', '"own.toml"'),
        {"own.toml": lambda path: path.write_text(text), "villages.gpkg": villages},
    )


def outline_on_file(path: Path) -> None:
    shape = [shapely.box(WEST, SOUTH, EAST, NORTH)]
    gpd.GeoDataFrame({"on_file": [20.0]}, geometry=shape, crs=4326).to_file(path)


def a_code(county: SmallCounty, rows: slice, columns: slice) -> None:
    county.codes[rows, columns] = STRANGE


def floats(county: SmallCounty, value: float) -> None:
    county.codes = county.codes.astype("float32")
    county.codes[SIZE // 2, SIZE // 2] = value


def without_length(county: SmallCounty) -> None:
    point = shapely.LineString([(WEST + CELL, MIDDLE_Y), (WEST + CELL, MIDDLE_Y)])
    county.roads = county.roads.set_geometry([point, point], crs=4326)


TASKS = "".join(
    f'\n[[task]]\ntask = "{name}"\nplanned = {planned}\ndone = 1\nunit = "ha"\n'
    for name, planned in (("belts", 3), ("合计", 9))
)
SPOT = shapely.Point(MIDDLE_X, MIDDLE_Y)
FAULTS = {
    "works on another grid": works(codes(GRASS)[1:], "indicators.not_one_grid"),
    "works before of an unknown code": works(codes(STRANGE), "indicators.code_unknown"),
    "works before of fractions": works(codes(0.5, "float32"), "indicators.code_unknown"),
    "works before not there": works(codes(GRASS), "rasters.file_absent", "other.tif"),
    "area on file 5 % off": on_file(1.05 * TOWNSHIP_HA, "overlay.statutory_far"),
    "area on file in mu": Fault(
        "overlay.statutory_in_other_unit",
        change=on_file(15.0 * TOWNSHIP_HA, "").change,
    ),
    "area of the county on file off": Fault(
        "overlay.statutory_far",
        '\n[layers.county]\npath = "outline.gpkg"\nstatutory_ha = "on_file"\n',
        files={"outline.gpkg": outline_on_file},
    ),
    "grid of residents elsewhere": people(
        codes(2), "overlay.no_overlap", corner=(10.0, 10.0), cell=0.1
    ),
    "grid of residents not there": Fault("rasters.file_absent", change=people(codes(2), "").change),
    "grid of residents infinite": people(with_inf(codes(2, "float32")), "rasters.infinite_cells"),
    "grid of residents complex": people(codes(2, "complex64"), "rasters.complex_cells"),
    "grid of residents of bands": people(np.stack([codes(2)] * 2), "rasters.several_bands"),
    "residents shared out where the grid is blank": people(
        np.where(np.arange(SIZE) < SIZE // 2, 0, 3).astype("uint8") * np.ones((SIZE, 1), "uint8"),
        "layers.population_missing",
        SHARED,
        nodata=0,
    ),
    "residents shared out without houses": legend(TREES_AND_GRASS, "cover.no_class_of", SHARED),
    "a total that is no sum of the tasks": Fault("indicators.total_of_tasks", TASKS),
    "a code in the middle": Fault(
        "cover.codes_unknown", change=lambda c: a_code(c, slice(10, 30), slice(10, 30))
    ),
    "a code in one corner": Fault(
        "cover.codes_unknown", change=lambda c: a_code(c, slice(1), slice(1))
    ),
    "a fraction": Fault("cover.fractions", change=lambda c: floats(c, 10.5)),
    "an infinite cell": Fault("rasters.infinite_cells", change=lambda c: floats(c, np.inf)),
    "a legend that lacks a code": legend(
        TREES_AND_GRASS[: TREES_AND_GRASS.rindex("[[classes]]")], "cover.codes_unknown"
    ),
    "a legend with a code twice": legend(
        TREES_AND_GRASS.replace("code = 30", "code = 10"), "campaign.at_in_file"
    ),
    "a legend of an unknown cover type": legend(
        TREES_AND_GRASS.replace('"tree"', '"treee"'), "campaign.at_in_file"
    ),
    "a legend without trees": legend(
        TREES_AND_GRASS.replace('"tree"', '"bare"'), "campaign.at_in_file"
    ),
    "a target of one exact figure": Fault(
        "campaign.at_in_file",
        change=lambda county: county.replace('"national-forest-city-2012"', '"exact.toml"'),
        files={"exact.toml": lambda path: path.write_text(EXACT)},
    ),
    "belt below 0": roadside("belt_m", [-1.0, 5.0], "layers.measure_negative"),
    "belt of nothing": roadside("belt_m", [0.0, 5.0], "corridor.out_of_range"),
    "belt in words": roadside("belt_m", ["wide", "5"], "layers.measure_negative"),
    "threshold in per cent": roadside("threshold", [30.0, 20.0], "corridor.percentage"),
    "offset too far": roadside("offset_m", [300.0, 3.0], "corridor.out_of_range"),
    "roads without length": Fault("corridor.no_length", change=without_length),
    "width of a river below 0": water("layers.measure_negative", 'width_m = "wide"\n', wide=[-2.0]),
    "setback in words": water("layers.measure_negative", 'setback_m = "wide"\n', wide=["far"]),
    "a water that is a point": water("corridor.no_bank", shape=SPOT),
    "sample with less than nothing": sample("45,-5"),
    "sample with shares": sample("0.9,0.1"),
    "sample without end": sample("inf,5"),
    "task of an unknown unit": Fault(
        "campaign.wrong", '\n[[task]]\ntask = "trees"\nplanned = 3\ndone = 1\nunit = "m"\n'
    ),
    "task of less than nothing": Fault(
        "campaign.wrong", '\n[[task]]\ntask = "trees"\nplanned = -3\ndone = 1\nunit = "ha"\n'
    ),
}


def write(fault: Fault, folder: Path) -> Path:
    county = SmallCounty()
    county.text += fault.text
    fault.change(county)
    campaign = county.write(folder)
    for name, made in fault.files.items():
        made(folder / name)
    return campaign


def overlaid(*_: object, **__: object) -> object:
    pytest.fail("the overlay had started")


def code_of(run: Callable[[], object]) -> str:
    with pytest.raises(gc.GreencoverError) as refused:
        run()
    assert refused.value.said("zh") != refused.value.said("en")
    return refused.value.code


@pytest.mark.parametrize("name", FAULTS)
def test_check_and_assess_refuse_alike_before_the_overlay(tmp_path, name):
    campaign = write(FAULTS[name], tmp_path)

    def checked():
        return explain(gc.Campaign.read(campaign).open())

    assert code_of(checked) == FAULTS[name].code
    assert code_of(lambda: gc.assess(campaign, engine=overlaid)) == FAULTS[name].code


def test_what_lies_beside_the_units_is_no_fault(tmp_path):
    # The northern two rows are of no township, and hold what no legend knows.
    def change(county):
        top = NORTH - 2 * CELL
        county.townships = county.townships.set_geometry(
            [shapely.box(WEST, SOUTH, MIDDLE_X, top), shapely.box(MIDDLE_X, SOUTH, EAST, top)]
        )
        a_code(county, slice(1), slice(None))

    campaign = write(Fault("", change=change), tmp_path)
    assert "Computed" in page(explain(gc.Campaign.read(campaign).open()), "en")
    assert len(gc.assess(campaign).table)


def test_of_a_large_raster_the_middle_of_each_township_is_looked_at(tmp_path, monkeypatch):
    monkeypatch.setattr(cover_codes, "_MOST_CELLS", 100)
    monkeypatch.setattr(cover_codes, "_SIDE", 8)

    def refused(rows, columns):
        fault = Fault("", change=lambda c: a_code(c, rows, columns))
        campaign = write(fault, tmp_path / f"{rows.start}")
        try:
            explain(gc.Campaign.read(campaign).open())
        except gc.GreencoverError as error:
            return error.code
        return None

    assert refused(slice(18, 22), slice(8, 12)) == "cover.codes_unknown"
    assert refused(slice(0, 2), slice(8, 12)) is None


def test_works_that_are_compared_with_a_later_map_are_named(tmp_path):
    fault = works(codes(GRASS), "")
    campaign = write(fault, tmp_path)
    campaign.write_text(campaign.read_text("utf-8").replace("2020", "2024"), "utf-8")

    told = [note.code for note in gc.assess(campaign).notes if hasattr(note, "code")]
    assert told.count("campaign.works_not_before") == 1
    assert "2024" in page(explain(gc.Campaign.read(campaign).open()), "en")


def test_a_campaign_that_check_accepts_is_assessed(tmp_path):
    fault = works(codes(GRASS), "")
    campaign = write(fault, tmp_path)

    assert page(explain(gc.Campaign.read(campaign).open()), "zh")
    assert gc.assess(campaign).works["status"].tolist() == ["seen"]
