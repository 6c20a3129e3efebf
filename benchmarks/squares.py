"""Every square of 50 x 50 cells of a large categorical raster.

The job of exactextract's issue 38: 16 billion cells under 3 million squares took its reporter about
eight hours. Here at 1/64, 1/32 and 1/16 of the cells, and extrapolated by cells; the squares are
side by side, so that there are twice as many for a cell as in the report.
"""

from __future__ import annotations

import math
from pathlib import Path

import greencover as gc
from benchmarks import scenes
from benchmarks.contenders import CODES
from benchmarks.growth import seconds
from benchmarks.report import table

_SCALES = (64, 32, 16)
_WHOLE_CELLS = 16e9
_SQUARE = 50


def squares(folder: Path) -> str:
    """Times at growing scale and what the whole would take, as a Markdown table."""
    legend = gc.Legend.from_codes({int(code): ("bare", str(code)) for code in CODES})
    rows = []
    for scale in _SCALES:
        # A multiple of a square's side.
        size = round(math.sqrt(_WHOLE_CELLS / scale) / _SQUARE) * _SQUARE
        cover = gc.LandCover.open(scenes.raster(folder, size), legend=legend)
        zones = scenes.squares(size)
        took, cpu = seconds(zones, cover, repeats=2)
        grown = _WHOLE_CELLS / size**2 / 60.0
        rows.append(
            [
                f"1/{scale}",
                f"{size:,} x {size:,}",
                f"{len(zones):,}",
                f"{took:.2f}",
                f"{cpu:.2f}",
                f"{took * grown:.1f}",
                f"{cpu * grown:.1f}",
            ]
        )
    head = [
        *("scale", "cells", "squares", "seconds", "CPU seconds"),
        *("whole job, minutes", "whole job, CPU minutes"),
    ]
    return table(head, rows)
