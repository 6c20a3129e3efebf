"""Make the sample county, 青岚县 / Qinglan County: a place that does not exist.

    python scripts/make_sample.py [--out data/sample]

Writes county.gpkg, cover_2020.tif, cover_2023.tif, trees.parquet, surveyed.csv, field_checks.csv,
plantings.csv and truth.json. The same seed makes the same county; README.md and campaign.toml
beside them are written by hand.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
from sample import (
    borders,
    chains,
    cover,
    files,
    places,
    plan,
    records,
    routes,
    terrain,
    trees,
    truth,
)

SEED = 1
HOME = Path(__file__).resolve().parents[1] / "data" / "sample"


def make(out: Path, seed: int = SEED) -> None:
    """Make the county and write it to a folder."""
    out.mkdir(parents=True, exist_ok=True)
    # One stream of chance a subject, so that a new hamlet does not move the hills.
    land = np.random.default_rng(seed)
    people, green, pieces, planted = land.spawn(4)

    ground = terrain.build(land)
    zones = borders.build(land, ground)
    roads = chains.build(routes.build(ground, zones), ground)
    plan.check(roads)
    settled = places.build(people, ground, zones, roads)
    codes = cover.build(green, ground, zones, roads, settled)

    frames = files.layers(pieces, ground, zones, roads, settled)
    files.write_layers(out / "county.gpkg", frames)
    for year, image in codes.items():
        files.write_cover(out / f"cover_{year}.tif", image)
    counted = trees.build(planted, roads)
    files.write_trees(out, counted)
    files.write_records(out / records.FILE, records.build())
    known = truth.build(zones, roads, frames, codes, seed)
    known |= {"inventory": trees.known(counted), "plantings": records.known(roads)}
    text = json.dumps(known, ensure_ascii=False, indent=1)
    (out / "truth.json").write_text(text + "\n", encoding="utf-8")


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Make the sample county.")
    parser.add_argument("--out", type=Path, default=HOME, help="folder to write to")
    options = parser.parse_args()
    make(options.out)
    for path in sorted(options.out.iterdir()):
        print(f"{path.name}  {path.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
