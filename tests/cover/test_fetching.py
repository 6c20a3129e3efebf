"""Land cover fetched from a catalogue holds the product's own cells and says whose they are."""

from __future__ import annotations

import json
import threading
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import geopandas as gpd
import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin
from rasterio.warp import transform_bounds
from shapely.geometry import box

import greencover as gc
from greencover.cli import main
from greencover.ground.errors import (
    GreencoverError,
    LegendError,
    NoOverlapError,
    OutputError,
    RasterError,
)
from greencover.rasters.stac import tiles_of
from served import RangeServer

CELL = 1 / 12000
WEST, NORTH, SIDE = 118.0, 30.0, 96
CODES = np.array([10, 20, 30, 40, 50, 60, 80], dtype="uint8")
WHOLE = np.random.default_rng(7).choice(CODES, (SIDE, 2 * SIDE))
ZONES = gpd.GeoDataFrame(
    {"code": ["a", "b"]},
    geometry=[box(118.0021, 29.9941, 118.0101, 29.9983), box(118.0101, 29.9941, 118.0139, 29.9983)],
    crs="EPSG:4326",
)


def write_tile(path: Path, codes: np.ndarray, west: float, **more: object) -> None:
    profile = {"crs": "EPSG:4326", "transform": from_origin(west, NORTH, CELL, CELL), **more}
    with rasterio.open(
        path, "w", driver="GTiff", width=codes.shape[1], height=codes.shape[0], count=1,
        dtype=codes.dtype, **profile,
    ) as tile:  # fmt: skip
        tile.write(codes, 1)


def item_of(path: Path, *, year: int = 2021, collection: str = "esa-worldcover") -> dict:
    """An item as the product's catalogue has it, with a year that ends as the next begins."""
    with rasterio.open(path) as tile:
        west, south, east, north = transform_bounds(tile.crs, "EPSG:4326", *tile.bounds)
    return {
        "type": "Feature",
        "stac_version": "1.0.0",
        "stac_extensions": [],
        "id": path.stem,
        "collection": collection,
        "bbox": [west, south, east, north],
        "geometry": box(west, south, east, north).__geo_interface__,
        "properties": {
            "datetime": None,
            "start_datetime": f"{year}-01-01T00:00:00Z",
            "end_datetime": f"{year + 1}-01-01T00:00:00Z",
        },
        "assets": {"map": {"href": f"./{path.name}", "type": "image/tiff", "roles": ["data"]}},
        "links": [],
    }


def collection_of(name: str, items: list[str]) -> dict:
    return {
        "type": "Collection",
        "stac_version": "1.0.0",
        "id": name,
        "title": "Land cover",
        "description": "Land cover",
        "license": "CC-BY-4.0",
        "providers": [{"name": "Those who made it"}],
        "extent": {
            "spatial": {"bbox": [[-180, -90, 180, 90]]},
            "temporal": {"interval": [["2021-01-01T00:00:00Z", None]]},
        },
        "links": [
            {"rel": "license", "href": "https://example.org/licence?token=secret"},
            *({"rel": "item", "href": f"./{one}"} for one in items),
        ],
    }


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Two tiles of one product that meet, a year of it before, and another product."""
    place = tmp_path_factory.mktemp("catalogue")
    write_tile(place / "west.tif", WHOLE[:, :SIDE], WEST, nodata=0)
    write_tile(place / "east.tif", WHOLE[:, SIDE:], WEST + SIDE * CELL, nodata=0)
    write_tile(place / "old.tif", np.full((SIDE, SIDE), 10, "uint8"), WEST, nodata=0)
    items = {
        "west": item_of(place / "west.tif"),
        "east": item_of(place / "east.tif"),
        "old": item_of(place / "old.tif", year=2020),
    }
    for name, one in items.items():
        (place / f"{name}.json").write_text(json.dumps(one))
    names = [f"{name}.json" for name in items]
    (place / "cover.json").write_text(json.dumps(collection_of("esa-worldcover", names)))
    (place / "other.json").write_text(json.dumps(collection_of("other", ["nowhere.json"])))
    root = {
        "type": "Catalog",
        "stac_version": "1.0.0",
        "id": "root",
        "description": "Catalogue",
        "links": [{"rel": "child", "href": "./other.json"}, {"rel": "child", "href": "cover.json"}],
    }
    (place / "catalog.json").write_text(json.dumps(root))
    return place


class Service(RangeServer):
    """A service of STAC over the items of a folder; pages hold one item each."""

    def do_GET(self) -> None:  # noqa: N802 - as servers call it
        path, query = urlsplit(self.path).path, urlsplit(self.path).query
        if path == "/api":
            self._say(self._landing())
        elif path == "/api/collections/esa-worldcover":
            self._say(collection_of("esa-worldcover", []))
        elif path == "/api/search":
            self._say(self._page(int(dict(p.split("=") for p in query.split("&"))["page"])))
        else:
            super().do_GET()

    def do_POST(self) -> None:  # noqa: N802 - as servers call it
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        assert asked["collections"] == ["esa-worldcover"]
        self._say(self._page(0))

    def _landing(self) -> dict:
        here = f"http://{self.headers['Host']}/api"
        return {
            "type": "Catalog",
            "stac_version": "1.0.0",
            "id": "service",
            "description": "Service",
            "conformsTo": [
                "https://api.stacspec.org/v1.0.0/core",
                "https://api.stacspec.org/v1.0.0/item-search",
                "https://api.stacspec.org/v1.0.0/collections",
                "https://api.stacspec.org/v1.0.0/ogcapi-features",
            ],
            "links": [
                {"rel": "self", "href": here},
                {"rel": "root", "href": here},
                {"rel": "data", "href": f"{here}/collections"},
                {"rel": "search", "href": f"{here}/search", "type": "application/geo+json",
                 "method": "POST"},
            ],
        }  # fmt: skip

    def _page(self, number: int) -> dict:
        names = ["west", "old", "east"]
        here = f"http://{self.headers['Host']}"
        one = json.loads(Path(self.directory, f"{names[number]}.json").read_text())
        one["assets"]["map"]["href"] = f"{here}/{names[number]}.tif?sig=secret"
        links = [{"rel": "next", "href": f"{here}/api/search?page={number + 1}", "method": "GET"}]
        return {
            "type": "FeatureCollection",
            "features": [one],
            "links": links if number + 1 < len(names) else [],
        }

    def _say(self, document: dict) -> None:
        content = json.dumps(document).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


@pytest.fixture
def served(folder, monkeypatch):
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "127.0.0.1")
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Service, directory=folder)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def fetched(folder: Path, tmp_path: Path, **more: object) -> gc.LandCover:
    given = {"collection": "esa-worldcover", "year": 2021, "out": tmp_path / "cover.tif", **more}
    return gc.fetch_cover(ZONES, folder / "catalog.json", **given)


def check_cells(path: Path, margin: int) -> None:
    """Every cell of the file is the cell of the product, and the zones lie inside it."""
    with rasterio.open(path) as got:
        cells = got.read(1)
        left, top = got.transform.c, got.transform.f
        bounds = got.bounds
        assert got.nodata == 0
    column, row = round((left - WEST) / CELL), round((NORTH - top) / CELL)
    np.testing.assert_array_equal(
        cells, WHOLE[row : row + cells.shape[0], column : column + cells.shape[1]]
    )
    west, south, east, north = ZONES.total_bounds
    assert bounds.left <= west
    assert bounds.bottom <= south
    assert bounds.right >= east
    assert bounds.top >= north
    assert cells.shape[1] <= (east - west) / CELL + 2 * margin + 2


def test_cells_are_those_of_the_product_in_its_grid(folder, tmp_path):
    cover = fetched(folder, tmp_path, margin_m=20)
    check_cells(tmp_path / "cover.tif", margin=4)
    tiles = tiles_of(folder / "cover.json", (118, 29, 119, 31), year=2021)
    whole = gc.LandCover.open(list(tiles), legend="worldcover", year=2021)
    assert cover.legend.key == "worldcover"
    got, expected = gc.class_areas(ZONES, cover), gc.class_areas(ZONES, whole)
    np.testing.assert_allclose(got.to_numpy(), expected.to_numpy(), rtol=1e-9, atol=1e-9)


def test_provenance_names_items_and_licence_and_no_secret(folder, tmp_path):
    fetched(folder, tmp_path)
    text = (tmp_path / "cover.provenance.json").read_text("utf-8")
    said = json.loads(text)
    assert [one["id"] for one in said["items"]] == ["west", "east"]
    assert said["licence"] == "CC-BY-4.0"
    assert said["providers"] == ["Those who made it"]
    assert said["files"] == ["cover.tif"]
    assert "secret" not in text


def test_a_service_is_searched_page_by_page(served, tmp_path, recwarn):
    pytest.importorskip("pystac_client")
    cover = gc.fetch_cover(
        ZONES,
        f"{served}/api",
        collection="esa-worldcover",
        year=2021,
        out=tmp_path / "cover.tif",
        margin_m=20,
    )
    check_cells(tmp_path / "cover.tif", margin=4)
    text = (tmp_path / "cover.provenance.json").read_text("utf-8")
    assert [one["id"] for one in json.loads(text)["items"]] == ["west", "east"]
    assert "secret" not in text
    assert "secret" not in str(cover.paths)
    assert not [one for one in recwarn if "secret" in str(one.message)]


def test_items_of_a_service_are_signed_before_they_are_read(served, tmp_path):
    pytest.importorskip("pystac_client")
    signed = []

    def sign(found: object) -> object:
        """Give a page of items, as services hand them out, what opens their rasters."""
        for item in getattr(found, "get", {}.get)("features", []):
            item["assets"]["map"]["href"] = f"{served}/{item['id']}.tif?opened"
            signed.append(item["id"])
        return found

    gc.fetch_cover(
        ZONES,
        f"{served}/api",
        collection="esa-worldcover",
        year=2021,
        out=tmp_path / "cover.tif",
        margin_m=20,
        sign=sign,
    )
    assert signed == ["west", "old", "east"]
    check_cells(tmp_path / "cover.tif", margin=4)


def test_a_service_without_the_collection_is_told(served, tmp_path):
    pytest.importorskip("pystac_client")
    with pytest.raises(RasterError, match="has no collection 'nothing': look its name up"):
        gc.fetch_cover(
            ZONES,
            f"{served}/api",
            collection="nothing",
            year=2021,
            legend="worldcover",
            out=tmp_path / "cover.tif",
        )
    assert not list(tmp_path.iterdir())


def test_a_static_catalogue_elsewhere_is_walked(served, tmp_path):
    gc.fetch_cover(
        ZONES,
        f"{served}/catalog.json",
        collection="esa-worldcover",
        year=2021,
        out=tmp_path / "cover.tif",
        margin_m=20,
    )
    check_cells(tmp_path / "cover.tif", margin=4)


def test_the_command_says_what_it_wrote(folder, tmp_path, capsys):
    zones, out = tmp_path / "zones.gpkg", tmp_path / "cover.tif"
    ZONES.to_file(zones)
    line = [
        *("fetch-cover", "--zones", str(zones), "--catalogue", str(folder / "catalog.json")),
        *("--collection", "esa-worldcover", "--year", "2021", "--out", str(out), "--lang", "zh"),
    ]
    assert main(line) == 0
    assert "图例worldcover，2021年" in capsys.readouterr().out
    assert main([*line[:-2], "--lang", "zz"]) == 2
    assert out.is_file()


def test_where_tiles_overlap_the_first_that_shows_something_counts(tmp_path):
    upper, lower = np.full((9, 9), 10, "uint8"), np.full((9, 9), 40, "uint8")
    upper[4] = 0
    for name, codes in (("first", upper), ("second", lower)):
        write_tile(tmp_path / f"{name}.tif", codes, WEST, nodata=0)
    items = [item_of(tmp_path / f"{name}.tif") for name in ("first", "second")]
    (tmp_path / "items.json").write_text(
        json.dumps({"type": "FeatureCollection", "features": items})
    )
    zone = gpd.GeoSeries([box(118.0001, 29.9993, 118.0006, 29.9999)], crs="EPSG:4326")
    gc.fetch_cover(
        zone,
        tmp_path / "items.json",
        collection="esa-worldcover",
        year=2021,
        out=tmp_path / "cover.tif",
    )
    with rasterio.open(tmp_path / "cover.tif") as got:
        np.testing.assert_array_equal(got.read(1), np.where(upper == 0, lower, upper))


def test_tiles_of_two_zones_of_utm_keep_their_own_grids(tmp_path):
    """A county on the border of two zones: a file for each, both with the product's cells."""
    codes = np.random.default_rng(3).choice(CODES, (60, 60))
    zone = gpd.GeoSeries([box(119.998, 29.998, 120.002, 30.0)], crs="EPSG:4326")
    for number, east in ((50, 119.997), (51, 120.0005)):
        x, y = (
            gpd.GeoSeries.from_xy([east], [30.0005], crs="EPSG:4326")
            .to_crs(32600 + number)[0]
            .coords[0]
        )
        where = {"crs": f"EPSG:{32600 + number}", "nodata": 0}
        write_tile(
            tmp_path / f"z{number}.tif", codes, 0, **where,
            transform=from_origin(round(x, -1), round(y, -1), 10, 10),
        )  # fmt: skip
    items = [item_of(tmp_path / f"z{n}.tif", collection="mine") for n in (50, 51)]
    (tmp_path / "items.json").write_text(
        json.dumps({"type": "FeatureCollection", "features": items})
    )
    cover = gc.fetch_cover(
        zone,
        tmp_path / "items.json",
        collection="mine",
        year=2021,
        legend="worldcover",
        out=tmp_path / "cover.tif",
    )
    assert [Path(one).name for one in cover.paths] == ["cover.tif", "cover-2.tif"]
    tiles = gc.LandCover.open(
        [tmp_path / "z50.tif", tmp_path / "z51.tif"], legend="worldcover", year=2021
    )
    np.testing.assert_allclose(
        gc.class_areas(zone, cover).to_numpy(),
        gc.class_areas(zone, tiles).to_numpy(),
        rtol=1e-9,
        atol=1e-9,
    )


@pytest.mark.parametrize(
    ("more", "error", "message"),
    [
        ({"collection": "else"}, RasterError, "it has esa-worldcover and other"),
        ({"year": 2019}, NoOverlapError, "no item of 2019"),
        ({"collection": "unknown", "legend": None}, LegendError, "No built-in legend knows"),
        ({"out": "cover.gpkg"}, OutputError, "let it end in .tif"),
    ],
)  # fmt: skip
def test_what_cannot_be_fetched_is_told_and_nothing_written(folder, tmp_path, more, error, message):
    given = {"legend": "worldcover", **more}
    given["out"] = tmp_path / given.get("out", "cover.tif")
    with pytest.raises(error, match=message):
        fetched(folder, tmp_path, **given)
    assert not list(tmp_path.iterdir())


def test_a_tile_of_the_catalogue_is_never_written_over(folder, tmp_path):
    before = (folder / "west.tif").read_bytes()
    with pytest.raises(OutputError, match="is also an input"):
        fetched(folder, tmp_path, out=folder / "west.tif")
    assert (folder / "west.tif").read_bytes() == before


def test_a_tile_that_breaks_leaves_the_file_that_was_there(folder, tmp_path):
    (tmp_path / "catalogue").mkdir()
    for one in folder.iterdir():
        (tmp_path / "catalogue" / one.name).write_bytes(one.read_bytes())
    whole = (folder / "east.tif").read_bytes()
    (tmp_path / "catalogue" / "east.tif").write_bytes(whole[: len(whole) // 2])
    out = tmp_path / "cover.tif"
    out.write_bytes(b"there before")
    with pytest.raises(GreencoverError):
        fetched(tmp_path / "catalogue", tmp_path)
    assert out.read_bytes() == b"there before"
    assert sorted(one.name for one in tmp_path.iterdir()) == ["catalogue", "cover.tif"]
