"""What ``greencover areas`` refuses."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from badinputs.case import Case
from badinputs.rasters import CODES, raster, virtual
from small_county import SmallCounty


def areas(
    *words: str,
    zones: str = "county.gpkg",
    tif: str = "cover.tif",
    layer: str | None = "townships",
    legend: str = "worldcover",
    out: str = "areas.csv",
    options: tuple[str, ...] = (),
    damage: Callable[[Path], object] = lambda _: None,
) -> Case:
    """One run of the command on a small county, with something of it wrong."""

    def build(folder: Path) -> list[str]:
        SmallCounty().write(folder)
        damage(folder)
        arguments = ["areas", _in(folder, zones), _in(folder, tif), f"--legend={legend}"]
        arguments += [f"--layer={layer}"] if layer else []
        return [*arguments, f"--out={folder / out}", *options]

    return Case(build, words, checked=False)


def _in(folder: Path, name: str) -> str:
    return name if name.startswith(("/vsi", "https:")) else str(folder / name)


COMMANDS: dict[str, Case] = {
    "missing zones": areas("nowhere.gpkg does not exist", zones="nowhere.gpkg"),
    "missing raster": areas("nowhere.tif does not exist", tif="nowhere.tif"),
    "missing layer": areas("no layer 'towns'", layer="towns"),
    "several layers": areas("choose one of townships, roads, parks", layer=None),
    "lines": areas("must hold polygons", layer="roads"),
    "unknown legend": areas("worldcovr", legend="worldcovr"),
    "missing column": areas("no column 'kode'", options=("--id=kode",)),
    "codes twice": areas(
        "the code same more than once in column 'kind'",
        options=("--id=kind",),
        damage=lambda folder: (
            SmallCounty()
            .townships.assign(kind="same")
            .to_file(folder / "county.gpkg", layer="townships")
        ),
    ),
    "unknown suffix": areas("'.xls'", out="areas.xls"),
    "no suffix": areas("areas", "suffix 'none'", out="areas"),
    "out is a folder": areas(
        "folder.csv is a folder",
        out="folder.csv",
        damage=lambda folder: (folder / "folder.csv").mkdir(),
    ),
    "out is an input": areas("county.gpkg is also an input", out="county.gpkg"),
    "zones on another machine": areas("on another machine", zones="https://example.org/a.gpkg"),
    "raster on another machine": areas(
        "example.org/a.tif is on another machine",
        tif="/vsicurl/https://example.org/a.tif",
    ),
    "virtual raster of another machine": areas(
        "is made of https://example.org/tile.tif",
        tif="cover.vrt",
        damage=virtual("https://example.org/tile.tif"),
    ),
    "codes that the legend lacks": areas(
        "cover.tif", "77", "ha", damage=raster(np.where(CODES == 10, 77, CODES).astype("uint8"))
    ),
    "terrain": areas(
        "cover.tif", damage=raster(np.arange(1600, dtype="int16").reshape(1, 40, 40) + 1000)
    ),
    "measurements": areas("cover.tif", "no codes", damage=raster(CODES.astype("float32") + 0.5)),
    "zones that touch a corner": areas(
        "cover.tif",
        "share no ground",
        damage=lambda folder: (
            raster(CODES)(folder)
            or SmallCounty()
            .townships.assign(geometry=lambda frame: frame.translate(xoff=0.004, yoff=0.004))
            .to_file(folder / "county.gpkg", layer="townships")
        ),
    ),
}
