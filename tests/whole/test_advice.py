"""What a sentence advises is done, and the next run accepts it: in campaigns and in Python."""

from __future__ import annotations

import ast
import json
import re
import tomllib
from collections.abc import Callable, Iterator
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
from greencover.ground.errors import GreencoverError
from greencover.ground.notes import collected
from scenes import EQUAL_AREA, GRASS, LEGEND, TRANSFORM, box, line
from small_county import SmallCounty

pytestmark = pytest.mark.filterwarnings("ignore::greencover.GreencoverWarning")
#: Values that no key takes.
WRONG: list[Any] = [[]]
LINE = re.compile(r"write a line such as (.+?)(?: under \[([\w.\[\]]+)\])?[.;]?$")


def model_in(kind: Any) -> type[BaseModel] | None:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return kind
    found = (model_in(part) for part in get_args(kind))
    return next((model for model in found if model is not None), None)


def is_list(kind: Any) -> bool:
    return "tuple" in str(kind)


def needed(model: type[BaseModel]) -> dict[str, Any]:
    """A section with the examples of the keys that it must have."""
    found: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        if field.is_required():
            inner = model_in(field.annotation)
            found[field.alias or name] = needed(inner) if inner else field.examples[0]
    return found


def keys(model: type[BaseModel], place: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, field in model.model_fields.items():
        path = (*place, field.alias or name)
        inner = model_in(field.annotation)
        if inner is not None:
            yield from keys(inner, path)
        else:
            yield path


def campaign_with(path: tuple[str, ...], value: Any) -> dict[str, Any]:
    """The least campaign in which a key may stand, with that key."""
    whole = needed(Settings)
    whole["cover"] |= POLYGONS if path[-1] in OF_POLYGONS and path[0] == "cover" else RASTER
    model, data = Settings, whole
    for name in path[:-1]:
        field = next(f for n, f in model.model_fields.items() if name == (f.alias or n))
        inner = model_in(field.annotation)
        assert inner is not None
        section = data.setdefault(
            name, [needed(inner)] if is_list(field.annotation) else needed(inner)
        )
        model, data = inner, section[0] if isinstance(section, list) else section
    # Sections that a key needs beside it.
    data |= BESIDE.get(path, {})
    data[path[-1]] = value
    return whole


RASTER = {"path": "cover.tif"}
POLYGONS = {"polygons": "sub-compartments.gpkg", "code": "DLBM"}
#: Keys of the land cover that polygons alone take.
OF_POLYGONS = {*POLYGONS, "origin", "species", "compartment", "where"}
#: Keys that go with others.
BESIDE: dict[tuple[str, ...], dict[str, Any]] = {
    ("canopy", "min_ndvi"): {"kind": "ndvi"},
    **{
        ("layers", level, "population_table", key): {} if key == "code" else {"code": "code"}
        for level in ("townships", "villages")
        for key in ("path", "sheet", "where", "code", "population")
    },
    ("target", "grades"): {"indicator": "roadside_greening_rate", "level": "county"},
    ("target", "accept_pct"): {"accept_risk_pct": 5.0},
    ("target", "accept_risk_pct"): {"accept_pct": 98.0},
    ("target", "scope"): {"indicator": "green_coverage"},
    ("reported", "grades"): {"indicator": "roadside_greening_rate", "level": "county"},
    ("reported", "scope"): {"indicator": "green_coverage", "level": "county"},
}


def toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k)} = {toml(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def read(folder: Path, data: dict[str, Any]) -> Campaign:
    path = folder / "campaign.toml"
    path.write_text("\n".join(f"{k} = {toml(v)}" for k, v in data.items()), encoding="utf-8")
    return Campaign.read(path)


@pytest.mark.parametrize("path", list(keys(Settings)), ids=".".join)
def test_the_line_that_is_proposed_for_a_wrong_key_is_accepted(tmp_path, path):
    (tmp_path / "indicators").mkdir()
    with pytest.raises(GreencoverError) as told:
        read(tmp_path, campaign_with(path, WRONG))
    found = LINE.search(str(told.value))
    assert found, str(told.value)
    name, value = next(iter(tomllib.loads(found[1]).items()))
    assert name == path[-1]
    data = campaign_with(path, value)
    if path == ("canopy", "min_ndvi") or value == "ndvi":
        data.setdefault("roadside", {})["variant"] = "any green"
    read(tmp_path, data)


def refused(do: Callable[[], Any]) -> str:
    with pytest.raises(GreencoverError) as told:
        do()
    return str(told.value)


def test_columns_that_were_taken_are_confirmed_by_the_line_that_is_told(tmp_path):
    county = SmallCounty()
    county.townships = county.townships.rename(columns={"code": "XZQDM", "name": "乡镇"})
    county.replace('code = "code"\nname = "name"\n', "")
    path = county.write(tmp_path)
    with collected() as notes:
        Campaign.read(path).open()
    lines = [re.search(r"write (\w+ = \"[^\"]+\")", note) for note in notes]
    text = path.read_text("utf-8")
    for found in filter(None, lines):
        text = text.replace('layer = "townships"\n', f'layer = "townships"\n{found[1]}\n')
    path.write_text(text, "utf-8")
    with collected() as notes:
        assert len(Campaign.read(path).open().townships) == 2
    assert not [note for note in notes if "was taken" in note]


def test_one_of_several_columns_is_named_as_the_sentence_says(tmp_path):
    county = SmallCounty()
    county.townships = county.townships.rename(columns={"code": "XZQDM"}).assign(
        区划代码=["a", "b"]
    )
    county.replace('code = "code"\n', "")
    path = county.write(tmp_path)
    told = refused(lambda: Campaign.read(path).open())
    named = re.search(r"such as (code = \"\w+\")", told)
    assert named, told
    text = path.read_text("utf-8")
    path.write_text(text.replace('layer = "townships"\n', f'layer = "townships"\n{named[1]}\n'))
    assert Campaign.read(path).open().townships["code"].is_unique


@pytest.fixture(scope="module")
def scene():
    codes = np.full((20, 60), GRASS, "uint8")
    cover = gc.LandCover.from_array(codes, transform=TRANSFORM, crs=EQUAL_AREA, legend=LEGEND)
    shapes = [line((5, 10), (50, 10))]
    roads = gpd.GeoDataFrame({"name": ["a"], "grade": ["county"]}, geometry=shapes, crs=EQUAL_AREA)
    return cover, roads


def test_what_a_roadside_function_asks_for_is_accepted(scene):
    cover, roads = scene
    bare = roads[["name", "geometry"]]
    told = refused(lambda: gc.roadside_greening(bare, cover, grade=None))
    assert "offset_m=" in told or "belt_m=" in told
    rules: dict[str, Any] = {}
    for _ in range(4):
        asked = re.search(r"pass (\w+)= in metres", told)
        assert asked, told
        rules[asked[1]] = 5.0
        try:
            gc.roadside_greening(bare, cover, grade=None, **rules)
            break
        except GreencoverError as error:
            told = str(error)
    assert {"offset_m", "belt_m"} >= set(rules)
    belts = {"offset_m": 5.0, "belt_m": {"county": 5}}
    told = refused(lambda: gc.roadside_greening(bare, cover, grade=None, **belts))
    assert "pass grade=" in told
    gc.roadside_greening(roads, cover, grade="grade", **belts)


def test_what_zones_and_rasters_lack_is_given_as_the_sentence_says(scene):
    cover, _ = scene
    shapes = [box(2, 2, 20, 18)]
    told = refused(lambda: gc.class_areas(shapes, cover))
    assert "crs='EPSG:...'" in told
    assert gc.class_areas(shapes, cover, crs=EQUAL_AREA).sum(axis=1).item() > 0

    codes = np.full((20, 60), GRASS, "uint8")
    told = refused(lambda: gc.LandCover.open(codes, legend=LEGEND))
    call = re.search(r"LandCover\.from_array\(cells, ([\w=., ]+)\)", told)
    assert call, told
    names = {part.partition("=")[0] for part in call[1].split(", ")}
    given = {"transform": TRANSFORM, "crs": EQUAL_AREA, "legend": LEGEND}
    assert names == set(given)
    gc.LandCover.from_array(codes, **given)

    told = refused(lambda: gc.Legend.load(7))
    covers = re.search(r"(\{10: '\w+'\})", told)
    assert covers, told
    assert gc.Legend.load(ast.literal_eval(covers[1])).codes == (10,)

    xarray = pytest.importorskip("xarray")
    pytest.importorskip("rioxarray")
    array = xarray.DataArray(codes, dims=("y", "x"), name="cover")
    array = array.assign_coords(x=TRANSFORM.c + 10 * np.arange(60.0) + 5)
    array = array.assign_coords(y=TRANSFORM.f - 10 * np.arange(20.0) - 5)
    told = refused(lambda: gc.LandCover.open(array, legend=LEGEND))
    assert "array.rio.write_crs('EPSG:...')" in told
    gc.LandCover.open(array.rio.write_crs(EQUAL_AREA), legend=LEGEND)


def test_a_lone_unknown_code_is_declared_as_the_sentence_says(tmp_path):
    county = SmallCounty()
    county.codes[:5, :5] = 255
    path = county.write(tmp_path)
    told = refused(lambda: gc.assess(path))
    found = re.search(r"nodata ?= ?(\d+)", told)
    assert found, told
    text = path.read_text("utf-8").replace("[cover]\n", f"[cover]\nnodata = {found[1]}\n")
    path.write_text(text, "utf-8")
    assert len(gc.assess(path).table)

    townships = gc.read_layer(tmp_path / "county.gpkg", "townships")
    cover = gc.LandCover.open(tmp_path / "cover.tif", legend="worldcover")
    told = refused(lambda: gc.class_areas(townships, cover))
    found = re.search(r"nodata ?= ?(\d+)", told)
    assert found, told
    again = gc.LandCover.open(tmp_path / "cover.tif", legend="worldcover", nodata=float(found[1]))
    assert gc.class_areas(townships, again)["unobserved_ha"].sum() > 0


def test_a_system_that_is_proposed_is_accepted(tmp_path):
    county = SmallCounty()
    path = county.write(tmp_path)
    county.parks.to_crs("EPSG:4527").set_crs(None, allow_override=True).to_file(tmp_path / "p.shp")
    (tmp_path / "p.prj").unlink(missing_ok=True)
    text = path.read_text("utf-8")
    text = text.replace('path = "county.gpkg"\nlayer = "parks"', 'path = "p.shp"')
    path.write_text(text, "utf-8")
    told = refused(lambda: Campaign.read(path).open())
    code = re.search(r"EPSG:\d+", told)
    assert code, told
    assert "crs =" in told
    path.write_text(text.replace('path = "p.shp"', f'path = "p.shp"\ncrs = "{code[0]}"'), "utf-8")
    park = Campaign.read(path).open().parks
    assert park is not None
    expected = county.parks.to_crs(park.crs).geometry.iloc[0]
    assert shapely.hausdorff_distance(park.geometry.iloc[0], expected) < 200.0
