"""Layer files of every format, through the readers that a campaign uses.

The first byte says how the others are stored, the second which layer of a campaign they are.
"""

from __future__ import annotations

import tempfile
import warnings
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

import formats
from badinputs.archives import ARCHIVES
from badinputs.layers import LAYERS
from fuzz.oracle import nothing_left_behind, one_input, or_one_sentence
from greencover import layers as zones
from greencover.campaign import Campaign
from greencover.campaign.layer_readers import read_ground, read_roads, read_units, read_waters
from greencover.campaign.layer_sections import Layer, RoadLayer, UnitLayer, WaterLayer
from small_county import SmallCounty

Store = Callable[[bytes, Path], Path]
NEAR = (118.1, 30.05)
LARGEST_SEED = 60_000
PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")


def as_file(suffix: str, content: bytes, folder: Path) -> Path:
    path = folder / f"layer{suffix}"
    path.write_bytes(content)
    return path


def as_part(suffix: str, content: bytes, folder: Path) -> Path:
    """A Shapefile that is right but for one part."""
    for one, right in shapefile().items():
        (folder / f"layer{one}").write_bytes(content if one == suffix else right)
    return folder / "layer.shp"


def zipped(member: str, content: bytes, folder: Path) -> Path:
    """An archive that is right, with one file that may not be."""
    path = folder / ("layer.kmz" if member.endswith(".kml") else "layer.zip")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(member, content)
    return path


def zipped_part(suffix: str, content: bytes, folder: Path) -> Path:
    path = folder / "layer.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for one, right in shapefile().items():
            archive.writestr(f"界/layer{one}", content if one == suffix else right)
    return path


FILES = (
    *(".geojson", ".csv", ".kml", ".gpx", ".zip", ".gpkg", ".fgb", ".parquet", ".gml", ".kmz"),
    *(".tsv", ".json", ".shp", ".dbf", ".vrt", ".tab", ".mif", ".xml"),
)
STORES: dict[str, Store] = {
    **{suffix: partial(as_file, suffix) for suffix in FILES},
    **{f"part {suffix}": partial(as_part, suffix) for suffix in PARTS},
    **{
        f"zipped {member}": partial(zipped, member)
        for member in ("doc.kml", "a/layer.geojson", "layer.csv", "layer.gml", "layer.gpx")
    },
    **{f"zipped part {suffix}": partial(zipped_part, suffix) for suffix in (".dbf", ".cpg")},
}
HOWS = tuple(STORES.values())
SYSTEMS = (None, "EPSG:4326", "GCJ-02", "BD-09", "EPSG:4547", None, None, None)


def prepare(folder: Path) -> Callable[[bytes], None]:
    campaign = Campaign.read(SmallCounty().write(folder / "county"))
    kinds = (partial(units), partial(roads, campaign), partial(waters), partial(ground))

    def run(data: bytes) -> None:
        if len(data) < 2:
            return
        how = HOWS[data[0] % len(HOWS)]
        read = kinds[data[1] % len(kinds)]
        system = SYSTEMS[data[1] // 32]
        with one_input(folder / "input") as place:
            path = how(data[2:], place)
            with nothing_left_behind(place):
                frame = or_one_sentence(lambda: read({"path": str(path), "crs": system}))
        if frame is not None:
            check(frame)

    return run


def units(given: dict[str, Any]) -> gpd.GeoDataFrame:
    frame = read_units(UnitLayer(**given), NEAR)
    zones.report_fit(frame, "layer", names=frame["name"])
    return frame


def roads(campaign: Campaign, given: dict[str, Any]) -> gpd.GeoDataFrame:
    return read_roads(RoadLayer(**given), campaign, NEAR)


def waters(given: dict[str, Any]) -> gpd.GeoDataFrame:
    return read_waters(WaterLayer(name="name", **given), NEAR)


def ground(given: dict[str, Any]) -> gpd.GeoDataFrame:
    frame = read_ground(Layer(**given), NEAR)
    assert frame is not None
    return frame


def check(frame: gpd.GeoDataFrame) -> None:
    """Whatever is read lies somewhere on Earth, row by row."""
    assert len(frame)
    assert frame.crs is not None
    assert not frame.has_z.any()
    assert not (frame.geometry.isna() | frame.geometry.is_empty).any()
    assert np.isfinite(shapely.get_coordinates(frame.geometry.array)).all()
    flat = frame.geometry.geom_type.isin(["Polygon", "MultiPolygon"])
    assert frame.geometry[flat].is_valid.all()


def shapefile(_made: dict[str, bytes] = {}) -> dict[str, bytes]:  # noqa: B006
    """The parts of a Shapefile that is right, made once."""
    if not _made:
        with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            path, _ = formats.write("Shapefile, GBK", Path(folder))
            _made.update({suffix: path.with_suffix(suffix).read_bytes() for suffix in PARTS})
    return _made


def seeds() -> Iterator[bytes]:
    """Every format that is one file, the parts of a Shapefile, and the corpus of bad inputs."""
    number = {name: index for index, name in enumerate(STORES)}
    kind = cycle(range(4))
    for suffix, content in shapefile().items():
        yield bytes([number[f"part {suffix}"], 0]) + content
    for path in _files():
        content = path.read_bytes()
        if path.suffix in number and len(content) <= LARGEST_SEED:
            yield bytes([number[path.suffix], next(kind)]) + content
            yield bytes([number[path.suffix], 32 * next(kind)]) + content
            for name in number:
                if name.startswith("zipped ") and name.endswith(path.suffix):
                    yield bytes([number[name], 0]) + content


def _files() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        folder = Path(name)
        for number, one in enumerate(formats.FORMATS):
            (folder / str(number)).mkdir()
            path, _ = formats.write(one, folder / str(number))
            if path.is_file() and path.suffix != ".shp":
                yield path
        for case in (*LAYERS, *ARCHIVES):
            place = folder / case.replace("/", "-")
            place.mkdir()
            (LAYERS.get(case) or ARCHIVES[case]).build(place)
            own = {"cover.tif", "county.gpkg", "campaign.toml"}
            yield from (one for one in place.iterdir() if one.is_file() and one.name not in own)
