"""A catalogue stands for the tiles of it that a county needs."""

from __future__ import annotations

import contextlib
import json
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import rasterio
from hypothesis import given, settings
from hypothesis import strategies as st
from rasterio.transform import from_origin

import greencover as gc
from greencover.campaign import Campaign
from greencover.ground.errors import GreencoverError, NoOverlapError, RasterError
from greencover.rasters.stac import is_catalogue, tiles_of
from small_county import CELL, EAST, MIDDLE_X, NORTH, SIZE, SOUTH, WEST, SmallCounty, cover_codes

BOX = (WEST, SOUTH, EAST, NORTH)


def tile(path: Path, codes, west: float) -> None:
    with rasterio.open(
        path, "w", driver="GTiff", width=codes.shape[1], height=codes.shape[0], count=1,
        dtype="uint8", crs="EPSG:4326", transform=from_origin(west, NORTH, CELL, CELL),
    ) as dataset:  # fmt: skip
        dataset.write(codes, 1)


def item(name: str, bbox: list[float], *, year: int = 2023, **assets: dict) -> dict:
    raster = {"href": f"./{name}.tif", "type": "image/tiff; application=geotiff", "roles": ["data"]}
    return {
        "type": "Feature",
        "stac_version": "1.0.0",
        "id": name,
        "bbox": bbox,
        "geometry": None,
        "properties": {"datetime": f"{year}-01-01T00:00:00Z"},
        "assets": assets or {"map": raster},
        "links": [],
    }


WESTERN = item("west", [WEST, SOUTH, MIDDLE_X, NORTH])
EASTERN = item("east", [MIDDLE_X, SOUTH, EAST, NORTH])
FAR = item("far", [10.0, 10.0, 11.0, 11.0])


def link(rel: str, href: str) -> dict:
    return {"rel": rel, "href": href}


def write_catalogue(folder: Path) -> Path:
    """A catalogue of two collections; one of them is of another continent."""
    here, elsewhere = folder / "here", folder / "elsewhere"
    for place in (here, elsewhere):
        place.mkdir(parents=True)
    for one in (WESTERN, EASTERN, FAR):
        (here / f"{one['id']}.json").write_text(json.dumps(one))
    half = SIZE // 2
    tile(here / "west.tif", cover_codes()[:, :half], WEST)
    tile(here / "east.tif", cover_codes()[:, half:], MIDDLE_X)
    documents = {
        "here": {
            "type": "Collection",
            "extent": {"spatial": {"bbox": [[100.0, 20.0, 120.0, 40.0]]}},
            "links": [link("item", f"{name}.json") for name in ("west", "east", "far")]
            + [link("root", "../catalog.json"), link("parent", "../catalog.json")],
        },
        "elsewhere": {
            "type": "Collection",
            "extent": {"spatial": {"bbox": [[0.0, 0.0, 10.0, 10.0]]}},
            "links": [link("item", "missing.json")],
        },
    }
    for name, document in documents.items():
        (folder / name / "collection.json").write_text(json.dumps(document))
    catalogue = folder / "catalog.json"
    children = [link("child", f"./{name}/collection.json") for name in documents]
    catalogue.write_text(
        json.dumps({"type": "Catalog", "links": [*children, link("child", "./catalog.json")]})
    )
    return catalogue


def write_search(folder: Path, *items: dict) -> Path:
    path = folder / "items.json"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": list(items)}))
    return path


def test_only_the_tiles_that_meet_the_county_are_taken(tmp_path):
    found = tiles_of(write_catalogue(tmp_path / "stac"), BOX)

    assert [Path(one).name for one in found] == ["west.tif", "east.tif"]
    assert all(Path(one).is_file() for one in found)


def test_addresses_of_this_machine_are_paths(tmp_path):
    """As catalogues that are made on Windows write them: ``file:///D:/...``, ``%20``."""
    folder = tmp_path / "数据 库"
    write_catalogue(folder)
    tiles = folder / "here"
    raster = {"type": "image/tiff; application=geotiff", "roles": ["data"]}
    west, east = (tiles / "west.tif").as_uri(), "here/%E5%9C%B0%E7%B1%BB%20%E4%B8%9C.tif"
    named = item("named", WESTERN["bbox"], map=raster | {"href": west})
    (tiles / "地类 东.tif").write_bytes((tiles / "east.tif").read_bytes())
    quoted = item("quoted", EASTERN["bbox"], map=raster | {"href": east})

    found = tiles_of(write_search(folder, named, quoted), BOX)

    assert [Path(one) for one in found] == [tiles / "west.tif", tiles / "地类 东.tif"]


def forest(table):
    rows = table[(table["indicator"] == "forest_coverage") & (table["level"] == "township")]
    return rows.set_index("unit")["value"].to_dict()


def test_figures_are_those_of_the_whole_raster(tmp_path):
    county = SmallCounty()
    whole = gc.assess(county.write(tmp_path / "whole")).table
    write_catalogue(tmp_path / "stac")
    county.replace('path = "cover.tif"', 'path = "../stac/catalog.json"')

    tiled = gc.assess(county.write(tmp_path / "tiled")).table

    assert forest(tiled) == pytest.approx(forest(whole), abs=1e-9)


@pytest.fixture
def served(tmp_path, monkeypatch):
    """A catalogue on another machine: a server on the loopback address."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    folder = tmp_path / "there"
    write_catalogue(folder)

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_catalogue_on_another_machine_needs_a_word(tmp_path, served):
    county = SmallCounty()
    county.replace('path = "cover.tif"', f'path = "{served}/catalog.json"\nremote = true')

    opened = Campaign.read(county.write(tmp_path / "here")).open()

    assert [Path(one).name for one in opened.cover.paths] == ["west.tif", "east.tif"]
    assert forest(gc.assess(tmp_path / "here" / "campaign.toml").table) == pytest.approx(
        {"T1": 100.0, "T2": 0.0}, abs=1e-6
    )
    with pytest.raises(
        RasterError, match=r"leads to http.* on another machine: write remote = true"
    ):
        tiles_of(f"{served}/catalog.json", BOX)


def test_pages_of_a_search_are_turned(tmp_path):
    second = {"type": "FeatureCollection", "features": [EASTERN]}
    (tmp_path / "second.json").write_text(json.dumps(second))
    first = {
        "type": "FeatureCollection",
        "features": [WESTERN],
        "links": [link("next", "second.json")],
    }
    (tmp_path / "first.json").write_text(json.dumps(first))

    found = tiles_of(tmp_path / "first.json", BOX)

    assert [Path(one).name for one in found] == ["west.tif", "east.tif"]


def test_several_years_ask_for_one(tmp_path):
    old = item("old", list(BOX), year=2020)
    search = write_search(tmp_path, WESTERN, EASTERN, old)

    with pytest.raises(RasterError, match="items of 2020 and 2023 for the county: choose one"):
        tiles_of(search, BOX)

    assert [Path(one).name for one in tiles_of(search, BOX, year=2020)] == ["old.tif"]
    with pytest.raises(NoOverlapError, match="no item of 2019 that meets the county"):
        tiles_of(search, BOX, year=2019)


def test_several_rasters_ask_for_one(tmp_path):
    tiff = {"type": "image/tiff", "roles": ["data"]}
    both = item("a", list(BOX), map={**tiff, "href": "m.tif"}, quality={**tiff, "href": "q.tif"})
    search = write_search(tmp_path, both)

    with pytest.raises(RasterError, match=r"has 2 rasters \(map and quality\): choose"):
        tiles_of(search, BOX)

    assert [Path(one).name for one in tiles_of(search, BOX, asset="map")] == ["m.tif"]
    with pytest.raises(RasterError, match="no asset 'maps': its assets are map and quality"):
        tiles_of(search, BOX, asset="maps")


def test_the_raster_with_the_role_of_data_is_taken(tmp_path):
    tiff = {"type": "image/tiff"}
    one = item(
        "a",
        list(BOX),
        thumbnail={**tiff, "href": "t.tif", "roles": ["overview"]},
        map={**tiff, "href": "m.tif", "roles": ["data"]},
    )

    assert Path(tiles_of(write_search(tmp_path, one), BOX)[0]).name == "m.tif"


def test_rasters_on_another_machine_need_a_word_and_go_by_the_names_of_gdal(tmp_path):
    far = {"type": "image/tiff", "roles": ["data"], "href": "s3://bucket/a.tif"}
    search = write_search(tmp_path, item("a", list(BOX), map=far))

    with pytest.raises(RasterError, match=r"leads to s3://bucket/a.tif on another machine"):
        tiles_of(search, BOX)
    assert tiles_of(search, BOX, remote=True) == ("/vsis3/bucket/a.tif",)


@pytest.mark.parametrize(
    ("content", "error", "message"),
    [
        (None, RasterError, "cannot be read"),
        ("{", RasterError, "cannot be read .*: check the address and that it is JSON"),
        ("[1]", RasterError, "is no STAC"),
        ("[" * 100_000, RasterError, "cannot be read"),
        ("{}", NoOverlapError, "has no item that meets the county"),
        ('{"features": [{"bbox": [1, "x", 2, 3]}, 7, {"bbox": [1]}]}', NoOverlapError, "no item"),
        ('{"links": [{"rel": "item", "href": "nowhere.json"}]}', RasterError, r"nowhere\.json"),
        (
            '{"type": "Feature", "id": "a", "bbox": [0, 0, 180, 90]}',
            RasterError,
            "'a' .* 0 rasters",
        ),
    ],
)
def test_documents_that_are_no_catalogue_are_named(tmp_path, content, error, message):
    path = tmp_path / "catalog.json"
    if content is not None:
        path.write_text(content)

    with pytest.raises(error, match=message) as caught:
        tiles_of(path, BOX)

    assert "\n" not in str(caught.value)


KEYS = st.sampled_from(
    [
        "type",
        "features",
        "links",
        "bbox",
        "assets",
        "href",
        "rel",
        "properties",
        "datetime",
        "extent",
    ]
)
LEAVES = st.one_of(
    st.none(),
    st.integers(-200, 200),
    st.text(max_size=5),
    st.sampled_from(["Feature", "Catalog", "Collection", "item", "image/tiff", "2023", "a.json"]),
    st.just([100.0, 20.0, 120.0, 40.0]),
)
DOCUMENTS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=4)),
    max_leaves=12,
)


@settings(max_examples=200, deadline=None)
@given(document=st.dictionaries(KEYS, DOCUMENTS, max_size=5))
def test_any_document_ends_in_tiles_or_in_one_sentence(tmp_path_factory, document):
    path = tmp_path_factory.getbasetemp() / "any.json"
    path.write_text(json.dumps(document))

    with contextlib.suppress(GreencoverError):
        assert tiles_of(path, BOX)


@pytest.mark.parametrize(
    ("path", "stac"),
    [
        ("catalog.json", True),
        ("https://example.org/collections/worldcover/items?limit=10", True),
        ("search.geojson", True),
        ("cover.tif", False),
        ("https://example.org/cover.tif?token=a.json", False),
    ],
)
def test_catalogues_are_told_from_rasters(path, stac):
    assert is_catalogue(path) == stac
