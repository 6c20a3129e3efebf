"""Whatever a catalogue says, fetching ends in one sentence and touches nothing of this machine."""

from __future__ import annotations

import json
import re
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin
from shapely.geometry import box

import greencover as gc
from greencover.cli import main
from greencover.cover import fetching
from greencover.ground.errors import (
    ArgumentError,
    GreencoverError,
    LayerError,
    NoOverlapError,
    OutputError,
    RasterError,
)
from greencover.rasters import stac

ZONE = gpd.GeoSeries([box(118.001, 29.997, 118.002, 29.998)], crs="EPSG:4326")
CELL, SIDE = 1e-4, 40
AWAY = ["file:///etc/passwd", "/vsistdin/", "/vsicurl?url=http://x/a.tif", "/vsizip//vsicurl/a"]


def tile(path: Path, dtype: str = "uint8", west: float = 118.0, **more: object) -> Path:
    profile = {"crs": "EPSG:4326", "transform": from_origin(west, 30, CELL, CELL), **more}
    size = {"width": SIDE, "height": SIDE, "count": 1, "dtype": dtype}
    with rasterio.open(path, "w", driver="GTiff", **size, **profile) as written:
        written.write(np.full((1, SIDE, SIDE), 10, dtype))
    return path


def item(href: str, name: str = "a", **more: object) -> dict[str, object]:
    return {
        "type": "Feature",
        "id": name,
        "bbox": [-180, -90, 180, 90],
        "properties": {"datetime": "2021-01-01T00:00:00Z"},
        "assets": {"map": {"href": href, "type": "image/tiff"}},
        **more,
    }


def catalogue(folder: Path, *items: dict[str, object]) -> Path:
    place = folder / "items.json"
    place.write_text(json.dumps({"type": "FeatureCollection", "features": items}))
    return place


def fetch(place: Path | str, folder: Path, **more: object) -> gc.LandCover:
    given = {"collection": "mine", "year": 2021, "legend": "worldcover", "margin_m": 0, **more}
    return gc.fetch_cover(given.pop("zones", ZONE), place, **{"out": folder / "c.tif", **given})


@pytest.mark.parametrize("margin_m", [float("nan"), -5.0, 1e9, float("inf")])
def test_a_margin_that_is_none(tmp_path: Path, margin_m: float) -> None:
    place = catalogue(tmp_path, item("a.tif"))
    with pytest.raises(ArgumentError, match=r"give 0 to 100,000 metres"):
        fetch(place, tmp_path, margin_m=margin_m)


def test_zones_without_a_place(tmp_path: Path) -> None:
    place = catalogue(tmp_path, item("a.tif"))
    with pytest.raises(LayerError, match="no place on the globe"):
        fetch(place, tmp_path, zones=ZONE.iloc[:0])


@pytest.mark.parametrize("href", AWAY)
def test_another_machine_names_no_file_of_this_one(href: str) -> None:
    source = "http://127.0.0.1:9/items.json"
    given = {"asset": None, "year": 2021, "remote": True}
    with pytest.raises(RasterError, match="which is no web address"):
        stac.tiles_shown([(item(href), source)], source, (0.0, 0.0, 1.0, 1.0), **given)


@pytest.mark.parametrize("href", ["/vsicurl/http://127.0.0.1:9/a.tif", "/vsistdin/", "/etc/passwd"])
def test_a_catalogue_of_this_machine_names_rasters_of_it_only(tmp_path: Path, href: str) -> None:
    with pytest.raises(GreencoverError):
        fetch(catalogue(tmp_path, item(href)), tmp_path)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["items.json"]


@pytest.mark.parametrize(("name", "more"), [("c.tif", {}), ("c-2.tif", {"crs": "EPSG:4490"})])
def test_no_tile_is_written_over(tmp_path: Path, name: str, more: dict[str, str]) -> None:
    own = tile(tmp_path / name, **more)
    before = own.read_bytes()
    place = catalogue(
        tmp_path, item(tile(tmp_path / "a.tif").name), item(own.name, "b", bbox=[-9, 0, 180, 90])
    )
    with pytest.raises(OutputError, match=f"{name} is also an input"):
        fetch(place, tmp_path)
    assert own.read_bytes() == before


def test_no_zones_are_written_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    zones = tmp_path / "c.provenance.json"
    zones.write_text(ZONE.to_json())
    place = catalogue(tmp_path, item(tile(tmp_path / "a.tif").name))
    with pytest.raises(OutputError, match=r"c\.provenance\.json is also an input"):
        fetch(place, tmp_path, zones=zones)
    line = ["--catalogue", str(place), "--collection=mine", "--year=2021", "--legend=worldcover"]
    assert main(["fetch-cover", f"--zones={zones}", f"--out={tmp_path / 'c.tif'}", *line]) == 2
    assert "is also an input" in capsys.readouterr().err
    assert zones.read_text() == ZONE.to_json()


@pytest.mark.parametrize("dtype", ["int8", "uint16", "float32"])
def test_tiles_of_other_types(tmp_path: Path, dtype: str) -> None:
    place = catalogue(tmp_path, item(tile(tmp_path / "a.tif", dtype).name))
    wide = gpd.GeoSeries([box(117.999, 29.997, 118.002, 29.998)], crs="EPSG:4326")
    fetch(place, tmp_path, zones=wide)
    with rasterio.open(tmp_path / "c.tif") as got:
        assert got.dtypes == (dtype,)
        assert set(np.unique(got.read(1))) == {10}


def test_items_that_claim_the_world_and_show_none_of_it(tmp_path: Path) -> None:
    """One far away in the same grid, one in a system that does not reach here."""
    tile(tmp_path / "far.tif", west=150.0)
    tile(tmp_path / "pole.tif", crs="EPSG:3031", west=0.0)
    items = [item("far.tif", "far"), item("pole.tif", "pole")]
    place = catalogue(tmp_path, *items)
    with pytest.raises(NoOverlapError, match="shows none of the zones"):
        fetch(place, tmp_path)
    fetch(catalogue(tmp_path, item(tile(tmp_path / "a.tif").name), *items), tmp_path)
    with rasterio.open(tmp_path / "c.tif") as got:
        assert set(np.unique(got.read(1))) == {10}


def test_cells_without_number_are_not_begun(tmp_path: Path) -> None:
    """A virtual raster of tiny cells, which takes no room on the disk."""
    (tmp_path / "a.vrt").write_text(
        '<VRTDataset rasterXSize="3000000" rasterYSize="3000000"><SRS>EPSG:4326</SRS>'
        "<GeoTransform>118, 1e-9, 0, 30, 0, -1e-9</GeoTransform>"
        '<VRTRasterBand dataType="Byte" band="1"/></VRTDataset>'
    )
    zone = gpd.GeoSeries([box(118.0, 29.997, 118.003, 30)], crs="EPSG:4326")
    with pytest.raises(RasterError, match="more than can be fetched"):
        fetch(catalogue(tmp_path, item("a.vrt")), tmp_path, zones=zone)


def test_what_a_catalogue_says_of_itself_is_text_without_secrets(tmp_path: Path) -> None:
    tile(tmp_path / "a.tif")
    said = {
        "type": "Collection",
        "id": "mine",
        "title": "see https://me:word@example.org/?sig=secret \ud800",
        "license": {"deep": [1]},
        "providers": [{"name": ["x"]}, "y"],
        "links": [{"rel": "item", "href": "item.json"}],
    }
    (tmp_path / "collection.json").write_text(json.dumps(said))
    (tmp_path / "item.json").write_text(json.dumps(item("a.tif", "https://x/?sig=secret")))
    fetch(tmp_path / "collection.json", tmp_path)
    text = (tmp_path / "c.provenance.json").read_text("utf-8")
    assert not re.search("secret|word", text)
    assert json.loads(text)["licence"] is None


class Endless(SimpleHTTPRequestHandler):
    """Every document leads to another one."""

    numbers = count()

    def do_GET(self) -> None:
        further = [{"rel": "next", "href": f"/{next(self.numbers)}.json"}]
        content = json.dumps({"type": "Catalog", "links": further}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


def test_a_catalogue_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setattr(stac, "LONGEST_CATALOGUE_S", 0.2)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Endless)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://me:secret@127.0.0.1:{server.server_port}/catalog.json?token=secret"
        with pytest.raises(RasterError, match="cannot be read through") as error:
            fetch(address, tmp_path)
        server.shutdown()
    assert "secret" not in str(error.value)


def test_a_blank_is_a_code_that_the_cells_can_hold() -> None:
    known = gc.Legend.load("worldcover")
    for dtype in ("int8", "uint8", "int16", "uint16", "float32"):
        blank = fetching._blank(known, dtype)
        assert np.array(blank).astype(dtype) == blank
        assert blank not in known.codes or blank in known.unobserved
