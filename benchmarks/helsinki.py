"""The streets of central Helsinki, judged by covers of three grids, by mapped trees, and by both.

The 2 m cover has the mapped trees burnt in as crowns of 7 m; it is coarsened to 10 and 30 m, each
cell taking the class of most of its ground. Run ``python -m benchmarks.helsinki [map.png]`` with
the data in ``$GREENCOVER_TEST_DATA/helsinki-osm`` for the tables in docs/corridors.md, and a map.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import geopandas as gpd
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import rasterio
import shapely
from affine import Affine

import greencover as gc
from greencover.rasters import ArrayCells

DATA = Path(os.environ.get("GREENCOVER_TEST_DATA", "data")) / "helsinki-osm"
LEGEND = gc.Legend.from_codes(
    {
        1: ("tree", "Trees"), 2: ("grass", "Grass"), 3: ("water", "Water"),
        4: ("built", "Buildings"), 5: ("bare", "Other"),
    }
)  # fmt: skip
DRIVEN = ["primary", "secondary", "tertiary", "residential", "unclassified", "primary_link"]
RULES = {
    "grade": None, "offset_m": "half", "belt_m": 5.0, "threshold": 0.2,
    "bridge": "bridge", "tunnel": "tunnel",
}  # fmt: skip
CROWN_M, FINE_M, PLANE = 7.0, 2, "EPSG:32635"
COLOURS = {
    "both: trees": "#1a7f37", "both: none": "#c9c9c9",
    "the cover missed trees": "#d1242f", "no mapped tree, woods on the cover": "#8250df",
}  # fmt: skip


def layer(name: str, data: Path = DATA) -> gpd.GeoDataFrame:
    """A layer of the extract."""
    return gpd.read_file(data / "helsinki.gpkg", layer=name)


def streets(data: Path = DATA) -> gpd.GeoDataFrame:
    """Streets for cars, with half their width by lanes."""
    roads = layer("roads", data)
    roads = roads[roads["highway"].isin(DRIVEN)]
    lanes = pd.to_numeric(roads["lanes"], errors="coerce").fillna(2.0)
    return roads.assign(half=lanes * 3.25 / 2.0)


def coarsened(metres: int, data: Path = DATA) -> gc.LandCover:
    """The 2 m cover on coarser cells, each of the class of most of its ground."""
    cells = metres // FINE_M
    with rasterio.open(data / "cover_2m.tif") as file:
        codes, placed, crs = file.read(1), file.transform, file.crs
    rows, columns = (length // cells for length in codes.shape)
    blocks = codes[: rows * cells, : columns * cells].reshape(rows, cells, columns, cells)
    counts = np.stack([(blocks == code).sum(axis=(1, 3)) for code in range(1, 6)])
    most = (counts.argmax(axis=0) + 1).astype("uint8")
    grid = Affine(placed.a * cells, 0, placed.c, 0, placed.e * cells, placed.f)
    array = ArrayCells.of(most, transform=grid, crs=crs, name=f"{metres} m")
    return gc.LandCover.open(array, legend=LEGEND)


def compared(metres: int, data: Path = DATA) -> dict[str, gc.RoadsideGreening]:
    """Greening by a cover alone, by trees alone, and by both."""
    roads, cover = streets(data), coarsened(metres, data)
    trees = {"trees": layer("trees", data), "crown_m": CROWN_M}
    west, south, east, north = roads.total_bounds
    all_of_it = shapely.box(west - 0.01, south - 0.01, east + 0.01, north + 0.01)
    extent = gpd.GeoDataFrame(geometry=[all_of_it], crs=roads.crs)
    rows = {"tree_rows": layer("tree_rows", data), "tree_row_width_m": CROWN_M}
    return {
        "cover": gc.roadside_greening(roads, cover, **RULES),
        "trees": gc.roadside_greening(roads, cover, **RULES, **trees, surveyed=extent),
        "both": gc.roadside_greening(roads, cover, **RULES, **trees, **rows),
    }


def drawn(road: gc.RoadsideGreening, path: Path, metres: int) -> None:
    """Draw where the cover and the mapped trees say the same of a side, and where not."""
    sides = road.sides[road.sides["status"] != "excluded"]
    cover, trees = sides["by_cover"] == "greened", sides["by_trees"] == "greened"
    kind = np.select([cover & trees, ~cover & ~trees, trees], list(COLOURS)[:3], list(COLOURS)[3])
    figure, ax = plt.subplots(figsize=(9, 9), layout="constrained")
    for name, colour in COLOURS.items():
        part = sides[kind == name].to_crs(PLANE)
        km = part["length_m"].sum() / 1000.0
        wide = 1.0 if name == "both: none" else 2.6
        part.plot(ax=ax, color=colour, linewidth=wide, label=f"{name}: {km:.2f} km")
    layer("trees").to_crs(PLANE).plot(ax=ax, color="black", markersize=0.6, label="mapped trees")
    figure.legend(loc="outside lower center", ncols=2, fontsize=8, frameon=False)
    ax.set_title(f"Central Helsinki: cells of {metres} m and mapped trees")
    ax.set_axis_off()
    figure.savefig(path, dpi=130)
    plt.close(figure)


def main() -> None:
    """Print the tables; draw the map where a file is named."""
    print("| cover | by cover alone | by trees alone | by both (and rows) |", end="")
    print(" the cover missed | trees missed |\n|" + "---|" * 6)
    differ = {}
    for metres in (2, 10, 30):
        found = compared(metres)
        rates = {name: one.rates_by()["greening_pct"].item() for name, one in found.items()}
        said = found["trees"].disagreements
        km = said.groupby(["by_cover", "by_trees"])["length_m"].sum() / 1000.0
        cells = [f"{rates[one]:.1f} %" for one in ("cover", "trees", "both")]
        cells += [f"{km.get(key, 0.0):.2f} km" for key in (("gap", "greened"), ("greened", "gap"))]
        print(f"| {metres} m | " + " | ".join(cells) + " |")
        differ[metres] = found["trees"]
    worst = differ[10].disagreements
    worst = worst.groupby(["road", "by_cover", "by_trees"])["length_m"].agg(["sum", "size"])
    print("\n| street | cover of 10 m | trees | length | places |\n|" + "---|" * 5)
    for (street, cover, trees), row in worst.nlargest(8, "sum").iterrows():
        print(f"| {street} | {cover} | {trees} | {row['sum']:.0f} m | {row['size']:.0f} |")
    if len(sys.argv) > 1:
        drawn(differ[10], Path(sys.argv[1]), 10)


if __name__ == "__main__":
    main()
