"""Command line: measure, print a table, write it as Markdown."""

from __future__ import annotations

import argparse
import os
import platform
import tempfile
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np

from benchmarks import growth, scenes, squares
from benchmarks.contenders import CONTENDERS
from benchmarks.measure import Measured, measure
from benchmarks.report import page, table

# It holds the raster and a burnt copy of it whole: bytes a cell, as measured on the smaller raster.
_WHOLE = {"xarray-spatial crosstab": 27}
_FIRST_SCENE_ONLY = ("xarray-spatial crosstab",)
_LARGE = 20_000
_PACKAGES = ("greencover", "numba", "exactextract", "rasterstats", "rasterio", "xarray-spatial")


def main() -> None:
    """Measure what is asked for and write docs/benchmarks.md."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--size", type=int, action="append", help="cells a side; may be repeated")
    parser.add_argument("--only", action="append", choices=list(CONTENDERS), metavar="CONTENDER")
    parser.add_argument("--folder", type=Path, help="where rasters are kept between runs")
    parser.add_argument("--out", type=Path, help="Markdown file to write")
    parser.add_argument("--skip-growth", action="store_true")
    parser.add_argument("--skip-squares", action="store_true")
    options = parser.parse_args()
    folder = options.folder or Path(tempfile.gettempdir()) / "greencover-benchmarks"
    folder.mkdir(parents=True, exist_ok=True)
    names = options.only or list(CONTENDERS)
    parts = []
    for size in options.size or [10_000, 30_000]:
        rows = contest(folder, size, names)
        heading = f"{size:,} x {size:,} cells"
        parts.append((heading, rows))
        print(f"\n{heading}\n{rows}", flush=True)
    if not options.skip_growth:
        rows = growth.growth(folder)
        parts.append(("How cost grows", rows))
        print(f"\nHow cost grows\n{rows}", flush=True)
    if not options.skip_squares:
        rows = squares.squares(folder)
        parts.append(("Squares of 50 x 50 cells over a whole raster", rows))
        print(f"\nSquares\n{rows}", flush=True)
    if options.out:
        options.out.write_text(page(parts, _conditions()), encoding="utf-8")


def contest(folder: Path, size: int, names: list[str]) -> str:
    """Every contender on every scene of one raster, as a Markdown table."""
    raster = scenes.raster(folder, size)
    files = {name: scene_file(folder, name, size) for name in scenes.SCENES}
    asked = {**{name: {name: path} for name, path in files.items()}, "all three": files}
    rows = []
    for scene, layers in asked.items():
        results: dict[str, Measured] = {}
        for name in names:
            if scene != "townships" and name in _FIRST_SCENE_ONLY:
                continue
            if size > _LARGE and name in _WHOLE:
                need_gb = _WHOLE[name] * size**2 / 1e9
                results[name] = Measured(None, None, None, {}, f"not run, needs {need_gb:.0f} GB")
                continue
            results[name] = measure(name, raster, layers)
            print(f"  {size} {scene} {name}: {results[name].seconds}", flush=True)
        ours = results.get("greencover")
        for name, found in results.items():
            rows.append(_row(scene, name, found, ours))
    return table(
        [
            "scene",
            "",
            "seconds",
            "times greencover",
            "CPU seconds",
            "times greencover's",
            "peak MB",
            "median difference by zone",
        ],
        rows,
    )


def _row(scene: str, name: str, found: Measured, ours: Measured | None) -> list[str]:
    if found.seconds is None or found.cpu_seconds is None:
        return [scene, name, "-", "-", "-", "-", "-", found.note]
    times, cpu_times = "", ""
    if ours and ours.seconds and ours.cpu_seconds:
        times = f"{found.seconds / ours.seconds:.2f}"
        cpu_times = f"{found.cpu_seconds / ours.cpu_seconds:.2f}"
    error = ""
    if ours and name != "greencover" and "decoding" not in name:
        error = f"{_difference(found, ours):.1e}"
    seconds, cpu = f"{found.seconds:.3f}", f"{found.cpu_seconds:.3f}"
    return [scene, name, seconds, times, cpu, cpu_times, f"{found.peak_mb:.0f}", error]


def _difference(found: Measured, ours: Measured) -> float:
    """Median over zones of the greatest difference in class shares."""
    worst = []
    for key, reference in ours.tables.items():
        share = reference / np.maximum(reference.sum(axis=1, keepdims=True), 1e-12)
        other = found.tables[key]
        other = other / np.maximum(other.sum(axis=1, keepdims=True), 1e-12)
        worst.append(np.abs(share - other).max(axis=1))
    return float(np.median(np.concatenate(worst)))


def scene_file(folder: Path, name: str, size: int) -> Path:
    """Zones of a scene as a file; made once."""
    path = folder / f"{name}_{size}.parquet"
    if not path.exists():
        scenes.SCENES[name](size).to_parquet(path)
    return path


def _conditions() -> str:
    found = []
    for package in _PACKAGES:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            found.append(f"{package} not installed")
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{cores} cores, Python {platform.python_version()}, {', '.join(found)}"


if __name__ == "__main__":
    main()
