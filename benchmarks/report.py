"""The page of benchmarks."""

from __future__ import annotations

_HEAD = """# Benchmarks

Made by `python -m benchmarks --out docs/benchmarks.md` with the `bench` extra installed. Rasters
and zones are generated from a seed: a categorical raster with eight classes in ragged patches
(tiled, DEFLATE, a mean run of about eleven cells), and on it about 50 townships, about 2,000
villages, 100,000 road-side strips of 10 m x 10 m, and the three together.

How it was measured: each run in a process of its own, one after another; the time is the wall time
of the call, without imports, reading of the layers, and compiling (greencover's compiled code
comes from its cache, as on every run but the first); runs below 5 s are the best of three, and a
run may take some minutes; peak memory is that of the whole process, of which about 300 MB are
imported libraries and the layers. "Decoding alone" reads every cell of the raster through the same
reader and does nothing with it. Rasterising gives a cell to one zone, so it cannot count zones
that overlap. The last column is the median over zones of the greatest difference in a class's
share of the zone.

CPU seconds are those of all threads together.
Conditions: {conditions}.
"""


def table(head: list[str], rows: list[list[str]]) -> str:
    """Rows as a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def page(parts: list[tuple[str, str]], conditions: str) -> str:
    """The whole page."""
    body = "\n".join(f"## {heading}\n\n{text}\n" for heading, text in parts)
    return f"{_HEAD.format(conditions=conditions)}\n{body}"
