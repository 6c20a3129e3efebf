"""Whatever in a campaign changes a figure changes the provenance, too."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, get_args

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pydantic import BaseModel

import greencover as gc
from greencover.campaign import Campaign
from greencover.campaign.model import Settings
from greencover.campaign.prepared import prepare
from greencover.report.provenance import plain
from greencover.verdicts.provenance import provenance_of
from small_county import (
    CELL,
    EAST,
    GRASS,
    MIDDLE_X,
    MIDDLE_Y,
    NORTH,
    SIZE,
    SOUTH,
    TREE,
    WEST,
    SmallCounty,
    write_raster,
)

LEGEND = """\
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
[[classes]]
code = 50
name = "Houses"
cover = "built"
"""
STANDARD = """\
title = "A standard"
[[target]]
indicator = "forest_coverage"
level = "county"
value = 50
confidence = "C"
"""
RECORD = """\
[school_woods]
name = "School woods"
name_zh = "校园林木覆盖率"
definition = "Ground under trees over the observed ground."
definition_zh = "乔木覆盖面积占比。"
unit = "%"
numerator = "trees"
denominator = "ground"
inputs = ["land cover"]
source = "a test"
verified = true
family = "green"
formula = "share"
counts = ["tree"]
grounds = [{ levels = ["county"] }]
columns = ["woody_ha", "land_ha", "school_woods_pct"]
"""
HEIR = 'title = "Heir"\nextends = "base.toml"\n'


def units(*, villages: bool = False) -> gpd.GeoDataFrame:
    high = MIDDLE_Y if villages else NORTH
    shapes = [shapely.box(WEST, SOUTH, MIDDLE_X, high), shapely.box(MIDDLE_X, SOUTH, EAST, high)]
    ha = 4.281 if villages else 8.562
    columns = {
        "code": ["T1", "T2"],
        "code2": ["T2", "T1"],
        "name": ["甲", "乙"],
        "name2": ["丙", "丁"],
        "people": [100.0, 200.0],
        "people2": [300.0, 400.0],
        "ha": [ha, ha],
        "ha2": [1.01 * ha, ha],
        "kind": ["x", "y"],
        "kind2": ["y", "x"],
    }
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=4326)


def one(shape: Any, **columns: Any) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({k: [v] for k, v in columns.items()}, geometry=[shape], crs=4326)


# Headings of tables; each has a twin with a 2 behind it.
PLANTINGS = (
    "road", "from_km", "to_km", "side", "township", "village", "trees", "species", "date",
    "responsible", "alive", "area", "compartment",
)  # fmt: skip
SURVIVAL = ("township", "responsible", "counted", "alive", "trees", "area")
NUMBERS = ("trees", "alive", "area", "counted")
LINE = shapely.LineString([(WEST, MIDDLE_Y), (EAST, MIDDLE_Y)])
CORNER = shapely.box(WEST, SOUTH, WEST + 10 * CELL, SOUTH + 10 * CELL)
NAMES = {"name": "a", "name2": "b"}
LAYERS = {
    "townships": units(),
    "villages": units(villages=True),
    "county": one(
        shapely.box(WEST, SOUTH, EAST, NORTH),
        **NAMES,
        code="C",
        code2="D",
        people=300.0,
        people2=400.0,
        ha=17.124,
        ha2=17.2,
    ),
    "roads": one(
        LINE,
        **NAMES,
        grade="国道",
        grade2="省道",
        bridge="",
        bridge2="yes",
        excluded="",
        excluded2="rock",
        km="K1+000",
        km2="K2+000",
        wide=3.0,
    ),
    "parks": one(CORNER, **NAMES),
    "ground": one(CORNER, people=50.0, people2=60.0),
    "trees": gpd.GeoDataFrame(
        {
            "wide": [4.0, 5.0],
            "dbh": [20.0, 30.0],
            "kind": ["杨树", "柳树"],
            "state": ["存活", "缺株"],
        },
        geometry=shapely.points(
            [WEST + 3 * CELL, WEST + 9 * CELL], [MIDDLE_Y + CELL / 2, MIDDLE_Y + CELL / 2]
        ),
        crs=4326,
    ),
    "rows": one(LINE.parallel_offset(CELL / 2), wide=6.0, apart=5.0),
    "plots": one(
        shapely.box(WEST, SOUTH, EAST, NORTH), code=10, code2=30, shut=0.5, name="甲", name2="乙"
    ),
    "lines": one(LINE.parallel_offset(5 * CELL), **NAMES, wide=5.0),
}


def write(folder: Path) -> None:
    for name, frame in LAYERS.items():
        for copy in (f"{name}.gpkg", f"{name}-2.gpkg"):
            frame.to_file(folder / copy, layer="first")
            frame.to_file(folder / copy, layer="second")
    for name, code in (("cover", TREE), ("cover-2", TREE), ("before", GRASS), ("before-2", GRASS)):
        write_raster(folder / f"{name}.tif", np.full((SIZE, SIZE), code, dtype="uint8"))
    for name, metres in (("canopy", 9), ("canopy-2", 9)):
        write_raster(folder / f"{name}.tif", np.full((SIZE, SIZE), metres, dtype="uint8"))
    for name in ("people", "people-2"):
        write_raster(folder / f"{name}.tif", np.full((SIZE, SIZE), 2, dtype="uint8"))
        table = "code,code2,name,name2,n,n2\nT1,T2,甲,乙,5,6\nT2,T1,乙,甲,7,8\n"
        (folder / f"{name}.csv").write_text(table, encoding="utf-8")
    for name in ("sample", "sample-2"):
        points = "map,truth,map2,truth2\n" + "tree,tree,tree,grass\ngrass,grass,grass,tree\n" * 20
        (folder / f"{name}.csv").write_text(points)
    amounts = {"plantings": PLANTINGS, "survival": SURVIVAL}
    for name, columns in amounts.items():
        headings = [heading for column in columns for heading in (column, f"{column}2")]
        values = ["1" if column in NUMBERS else "" for column in columns for _ in range(2)]
        for copy in (name, f"{name}-2"):
            text = f"{','.join(headings)}\n{','.join(values)}\n"
            (folder / f"{copy}.csv").write_text(text, encoding="utf-8")
    for name in ("legend", "legend-2"):
        (folder / f"{name}.toml").write_text(LEGEND)
    for name in ("standard", "standard-2"):
        (folder / f"{name}.toml").write_text(STANDARD)
    for name in ("packages", "packages-2"):
        (folder / f"{name}.csv").write_text("gap_id,work_status\nX-L-K0+000,planned\n")
    for name in ("records", "records-2"):
        (folder / name).mkdir()
        (folder / name / "own.toml").write_text(RECORD)


def layer(file: str, **keys: Any) -> dict[str, Any]:
    return {"path": f"{file}.gpkg", "layer": "first", **keys}


OF_UNITS = {"code": "code", "name": "name", "statutory_ha": "ha"}
TABLE = {"path": "people.csv", "code": "code", "population": "n"}
BASE: dict[str, Any] = {
    "title": "A",
    "year": 2023,
    "standard": "standard.toml",
    "indicators": "records",
    "cover": {"path": "cover.tif", "legend": "legend.toml", "year": 2023, "forest": ["tree"]},
    "layers": {
        "townships": layer("townships", **OF_UNITS, population="people"),
        "county": layer("county", **OF_UNITS, population="people"),
        "villages": layer("villages", **OF_UNITS, population_table=TABLE, settlement="kind",
                          settlements={"x": "clustered", "y": "dispersed"}),
        "roads": layer("roads", name="name", grade="grade"),
        "parks": layer("parks", name="name"),
        "built_up": layer("ground", population="people"),
        "residential": layer("ground"),
        "water_sources": layer("ground"),
        "car_parks": layer("ground"),
        "waters": layer("lines", name="name", width_m=4.0),
        "streets": layer("lines", width_m=4.0),
        "trees": layer("trees", date="2022"),
        "tree_rows": layer("rows"),
        "works": layer("parks", name="name", before="before.tif", year=2020),
        "shelterbelts": layer("lines", reach_m=300.0),
    },
    "canopy": {"path": "canopy.tif", "date": "2022"},
    "tables": {
        "plantings": {"path": "plantings.csv", "unit": "mu"},
        "survival": {"path": "survival.csv", "unit": "mu"},
    },
    "books": {
        "polygons": "plots.gpkg", "layer": "first", "code": "code", "legend": "worldcover",
    },
    "reported": [
        {
            "unit": "T1",
            "level": "township",
            "indicator": "green_coverage",
            "value": 60.0,
            "date": "2023-12-31",
            "document": "a report",
        }
    ],
    "accuracy": {"path": "sample.csv", "map": "map", "reference": "truth"},
    "planting": {"rows": 2, "form": "packages.csv"},
    "task": [{"task": "trees", "planned": 3.0, "done": 1.0, "unit": "ha"}],
    "target": [
        {
            "indicator": "forest_coverage",
            "level": "township",
            "value": 30.0,
            "accept_pct": 20.0,
            "accept_risk_pct": 5.0,
        }
    ],
}  # fmt: skip
GRID = {"path": "people.tif", "kind": "count"}
# Residents come from one place; where another one is asked about, it takes the place of that.
INSTEAD = {
    "layers.townships.population_grid": ("layers.townships.population", GRID),
    "layers.townships.population_table": ("layers.townships.population", TABLE),
}
NEW: dict[str, Any] = {
    "year": 2024,
    "target_year": 2030,
    "standard": "standard-2.toml",
    "indicators": "records-2",
    "unobserved_limit_pct": 7.0,
    "area": "grid",
    "conditions": {"precipitation_mm": 900},
    "cover.path": "cover-2.tif",
    "cover.legend": "legend-2.toml",
    "cover.year": 2022,
    "cover.source": "another map",
    "cover.licence": "another licence",
    "cover.date": "2022-05",
    "cover.band": 1,
    "cover.nodata": 200,
    "cover.minimum_patch_mu": 1.0,
    "cover.forest": ["tree", "grass"],
    "cover.tree_cover": ["tree"],
    "cover.green": ["tree"],
    "cover.natural_wetland": ["water"],
    "layers.townships.path": "townships-2.gpkg",
    "layers.townships.layer": "second",
    "layers.townships.where": "code = 'T1'",
    "layers.townships.crs": "EPSG:4490",
    "layers.townships.operation": "1, 2, 3",
    "layers.townships.code": "code2",
    "layers.townships.name": "name2",
    "layers.townships.name_en": "name2",
    "layers.townships.population": "people2",
    "layers.townships.statutory_ha": "ha2",
    "layers.townships.population_grid.path": "people-2.tif",
    "layers.townships.population_grid.kind": "density",
    "layers.townships.population_grid.per": "ha",
    "layers.townships.population_table.path": "people-2.csv",
    "layers.townships.population_table.code": "code2",
    "layers.townships.population_table.where": "n > 0",
    "layers.townships.population_table.population": "n2",
    "layers.villages.township": "code",
    "layers.villages.settlement": "kind2",
    "layers.villages.settlements": {"x": "dispersed", "y": "clustered"},
    "layers.villages.population_shared": True,
    "layers.county.code": "code2",
    "layers.county.name": "name2",
    "layers.county.name_en": "name2",
    "layers.county.population": "people2",
    "layers.county.statutory_ha": "ha2",
    "layers.roads.name": "name2",
    "layers.roads.grade": "grade2",
    "layers.roads.bridge": "bridge2",
    "layers.roads.tunnel": "bridge2",
    "layers.roads.excluded": "excluded2",
    "layers.roads.start_km": "km2",
    "layers.roads.ref": "name2",
    "layers.roads.grades": {"国道": "county"},
    "layers.parks.name": "name2",
    "layers.parks.radius_m": 300.0,
    "layers.built_up.population": "people2",
    "layers.waters.name": "name2",
    "layers.waters.width_m": 6.0,
    "layers.waters.belt_m": 12.0,
    "layers.waters.setback_m": 3.0,
    "layers.waters.islands": False,
    "layers.streets.width_m": 9.0,
    "layers.works.name": "name2",
    "layers.works.before": "before-2.tif",
    "layers.works.year": 2019,
    "layers.shelterbelts.reach_m": 200.0,
    "layers.trees.crown_m": "wide",
    "layers.trees.dbh_cm": "dbh",
    "layers.trees.species": "kind",
    "layers.trees.status": "state",
    "layers.trees.alive": ["缺株"],
    "layers.trees.vacant": ["存活"],
    "layers.trees.date": "2021",
    "layers.trees.author": "a bureau",
    "layers.tree_rows.width_m": "wide",
    "layers.tree_rows.spacing_m": "apart",
    "roadside.variant": "any green",
    "roadside.step_m": 20.0,
    "roadside.threshold": 0.4,
    "roadside.offset_m": "wide",
    "roadside.belt_m": 15.0,
    "roadside.exclude": {"built": 0.5},
    "roadside.bridge_gap_m": 15.0,
    "roadside.mouth_m": 12.0,
    "roadside.dual": "two roads",
    "roadside.dual_apart_m": 30.0,
    "roadside.dual_least_m": 150.0,
    "roadside.row_width_m": 8.0,
    "roadside.position_error_m": 2.0,
    "roadside.spacing_m": 8.0,
    "roadside.same_road_m": 4.0,
    "roadside.same_road_least_m": 120.0,
    "roadside.max_age_years": 20.0,
    "layers.works.task": "name2",
    "layers.works.township": "name2",
    "layers.works.responsible": "name2",
    "layers.works.photo": "name2",
    "layers.works.legend": "legend-2.toml",
    "tables.plantings.path": "plantings-2.csv",
    **{f"tables.plantings.{column}": f"{column}2" for column in PLANTINGS},
    "tables.plantings.unit": "ha",
    "tables.plantings.where": "1 = 1",
    "tables.plantings.greens": True,
    "tables.survival.path": "survival-2.csv",
    **{f"tables.survival.{column}": f"{column}2" for column in SURVIVAL},
    "tables.survival.unit": "ha",
    "tables.survival.where": "1 = 1",
    "books.polygons": "plots-2.gpkg",
    "books.layer": "second",
    "books.where": "1 = 1",
    "books.code": "code2",
    "books.legend": "globeland30",
    "books.year": 2022,
    "books.origin": "name",
    "books.species": "name2",
    "books.compartment": "name",
    "books.crs": "EPSG:4490",
    "books.operation": "1, 2, 3",
    "canopy.path": "canopy-2.tif",
    "canopy.kind": "share",
    "canopy.min_height_m": 4.0,
    "canopy.full": 200.0,
    "canopy.band": 1,
    "canopy.nodata": 255,
    "accuracy.path": "sample-2.csv",
    "accuracy.level": 0.9,
    "accuracy.map": "map2",
    "accuracy.reference": "truth2",
    "planting.spacing_m": 5.0,
    "planting.rows": 1,
    "planting.row_spacing_m": 3.0,
    "planting.least_length_m": 20.0,
    "planting.seasons": ["2024"],
    "planting.responsible": {"T1": "a bureau"},
    "planting.form": "packages-2.csv",
    "task.task": "shrubs",
    "task.planned": 4.0,
    "task.done": 2.0,
    "task.unit": "mu",
    "task.township": "T1",
    "task.responsible": "a person",
    "task.start": "2023-03-01",
    "task.end": "2023-11-30",
    "target.indicator": "green_coverage",
    "target.level": "county",
    "target.value": 40.0,
    "target.comparison": ">",
    "target.scope": "built-up area",
    "target.share_of_units": "2/3",
    "target.accept_pct": 25.0,
    "target.accept_risk_pct": 4.0,
    "target.name": "Trees",
    "target.name_zh": "林木",
    "target.source": "a plan",
    "target.note": "a remark",
    "reported.unit": "T2",
    "reported.level": "village",
    "reported.indicator": "forest_coverage",
    "reported.value": 70.0,
    "reported.measure": "ha",
    "reported.scope": "built-up area",
    "reported.date": "2022-12-31",
    "reported.document": "another report",
}
# Keys that change no figure, or that a campaign of files cannot show; each with the reason.
APART = {
    "title": "a heading",
    "title_en": "a heading",
    "county": "a heading",
    "county_en": "a heading",
    **{
        f"cover.{name}": "stands in place of a raster; see the test of polygons"
        for name in (
            "polygons",
            "code",
            "closure",
            "least_closure",
            "origin",
            "species",
            "compartment",
            "layer",
            "where",
            "crs",
            "operation",
        )
    },
    "tables.plantings.sheet": "of a workbook; stands beside the columns",
    "tables.survival.sheet": "of a workbook; stands beside the columns",
    "cover.asset": "chooses among the files of a catalogue, which are inputs",
    "cover.remote": "allows an address, which is an input",
    "layers.townships.remote": "allows an address, which is an input",
    "layers.townships.population_grid.remote": "allows an address, which is an input",
    "layers.townships.population_table.sheet": "of a workbook; stands beside the columns",
    "layers.townships.population_table.name": "takes the place of the code; stands beside it",
    "roadside.evidence": "needs a kind that a package brings; see the test of plug-ins",
    "canopy.min_ndvi": "of NDVI alone, beside any green alone; stands beside the kind",
    "canopy.remote": "allows an address, which is an input",
    "reported.grades": "of roads alone; stands beside the level",
    "target.grades": "of roads alone; stands beside the level",
}


def model_in(kind: Any) -> type[BaseModel] | None:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return kind
    found = (model_in(part) for part in get_args(kind))
    return next((model for model in found if model is not None), None)


def keys(model: type[BaseModel], place: str, seen: set[tuple[str, str]]) -> Iterator[str]:
    """Every key of the campaign file once, under the first section that has it."""
    for name, field in model.model_fields.items():
        path = f"{place}{field.alias or name}"
        inner = model_in(field.annotation)
        if inner is not None:
            yield from keys(inner, f"{path}.", seen)
            continue
        owner = next(c for c in reversed(model.__mro__) if name in getattr(c, "model_fields", ()))
        if (owner.__name__, name) not in seen:
            seen.add((owner.__name__, name))
            yield path


EVERY = tuple(keys(Settings, "", set()))


def put(data: dict[str, Any], path: str, value: Any) -> None:
    *sections, last = path.split(".")
    for section in sections:
        data = data.setdefault(section, {})
        data = data[0] if isinstance(data, list) else data
    if value is None:
        data.pop(last)
    else:
        data[last] = value


def toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k)} = {toml(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def provenance(folder: Path, data: dict[str, Any]) -> dict[str, Any]:
    path = folder / "campaign.toml"
    path.write_text("\n".join(f"{k} = {toml(v)}" for k, v in data.items()), encoding="utf-8")
    found = plain(provenance_of(prepare(Campaign.read(path).open())))
    del found["created"], found["inputs"]["campaign"]
    return found


@cache
def of_base(folder: Path, text: str) -> dict[str, Any]:
    return provenance(folder, json.loads(text))


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    path: Path = tmp_path_factory.mktemp("campaign")
    write(path)
    return path


THOROUGH = pytest.mark.thorough
#: Layers without which keys of a section mean nothing, or are refused.
NEEDED = {
    "roadside": ("trees", "tree_rows"),
    "tables": ("villages",),
    "reported": ("villages", "built_up"),
    "target": ("built_up",),
}


def test_every_key_is_walked():
    assert set(EVERY) == {*NEW, *APART}
    assert not {*NEW} & {*APART}


@pytest.mark.filterwarnings("ignore::greencover.GreencoverWarning")
@pytest.mark.parametrize(
    "key",
    [key if at % 4 == 0 else pytest.param(key, marks=THOROUGH) for at, key in enumerate(NEW)],
)
def test_a_changed_key_changes_the_provenance(folder, key):
    data = json.loads(json.dumps(BASE))
    top, _, rest = key.partition(".")
    # Reading every other layer takes the most of the time.
    kept = {"townships", "roads", rest.partition(".")[0], *NEEDED.get(top, ())}
    data["layers"] = {name: one for name, one in data["layers"].items() if name in kept}
    for section, (gone, instead) in INSTEAD.items():
        if key.startswith(f"{section}."):
            put(data, gone, None)
            put(data, section, dict(instead))
    before = of_base(folder, json.dumps(data))
    put(data, key, NEW[key])

    assert provenance(folder, data) != before


@pytest.mark.filterwarnings("ignore::greencover.GreencoverWarning")
@pytest.mark.parametrize(
    ("key", "value"),
    [("polygons", "plots-2.gpkg"), ("code", "code2"), ("layer", "second"), ("crs", "EPSG:4490"),
     ("operation", "1, 2, 3"), ("closure", "shut"), ("least_closure", 0.3),
     ("origin", "shut"), ("species", "shut"), ("compartment", "shut"),
     ("where", "code IS NOT NULL")],
)  # fmt: skip
def test_polygons_in_place_of_a_raster_are_in_the_provenance(folder, key, value):
    drawn = {"polygons": "plots.gpkg", "layer": "first", "code": "code", "legend": "worldcover"}
    data = {"title": "A", "cover": drawn, "layers": {"townships": layer("townships", **OF_UNITS)}}
    before = of_base(folder, json.dumps(data))
    put(data, f"cover.{key}", value)
    assert provenance(folder, data) != before


def test_inputs_are_every_file_that_was_read(tmp_path):
    county = SmallCounty()
    county.replace('"worldcover"', '"legend.toml"')
    county.replace('"national-forest-city-2012"', '"heir.toml"')
    campaign = county.write(tmp_path)
    (tmp_path / "legend.toml").write_text(LEGEND)
    (tmp_path / "heir.toml").write_text(HEIR)
    (tmp_path / "base.toml").write_text(STANDARD)
    (tmp_path / "cover.tif.aux.xml").write_text("<PAMDataset></PAMDataset>")

    inputs = gc.assess(campaign).provenance["inputs"]
    names = {Path(one["path"]).name for files in inputs.values() for one in files}
    assert names == {path.name for path in tmp_path.iterdir() if path.is_file()}
    assert all(len(one["sha256"]) == 64 for files in inputs.values() for one in files)


def test_parts_of_a_layer_are_inputs_however_they_are_written(tmp_path):
    county = SmallCounty()
    county.replace('path = "county.gpkg"\nlayer = "parks"', 'path = "PARKS.SHP"')
    campaign = county.write(tmp_path)
    county.parks.to_file(tmp_path / "parks.shp")
    for path in tmp_path.glob("parks.*"):
        shutil.move(path, path.with_name(path.name.upper()))

    inputs = gc.assess(campaign).provenance["inputs"]["parks"]
    names = {Path(one["path"]).name for one in inputs}
    assert names == {"PARKS.SHP", "PARKS.DBF", "PARKS.SHX", "PARKS.PRJ", "PARKS.CPG"}
