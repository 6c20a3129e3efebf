"""One contender on one scene, in a process of its own: wall time, peak memory, and its figures."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

PATIENCE_S = 600.0
# A run shorter than this is repeated, and the best counts.
_SHORT_S = 5.0
_REPEATS = 3


@dataclass(frozen=True)
class Measured:
    """Seconds and megabytes of a run, and its figures.

    ``seconds`` is None where the contender did not finish; ``note`` says why.
    """

    seconds: float | None
    cpu_seconds: float | None
    peak_mb: float | None
    tables: dict[str, npt.NDArray[np.float64]]
    note: str = ""


def measure(name: str, raster: Path, layers: dict[str, Path]) -> Measured:
    """Run a contender in a fresh process that sees layers as files."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "tables.npz"
        task = {
            "name": name,
            "raster": str(raster),
            "layers": {key: str(path) for key, path in layers.items()},
            "out": str(out),
        }
        try:
            done = subprocess.run(
                [sys.executable, "-m", "benchmarks.measure", json.dumps(task)],
                capture_output=True,
                text=True,
                timeout=PATIENCE_S,
            )
        except subprocess.TimeoutExpired:
            return Measured(None, None, None, {}, f"over {PATIENCE_S:.0f} s")
        if done.returncode != 0:
            last = done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "killed"
            return Measured(None, None, None, {}, last[:60])
        figures = json.loads(done.stdout.strip().splitlines()[-1])
        with np.load(out) as archive:
            tables = {key: archive[key] for key in archive.files}
    return Measured(figures["seconds"], figures["cpu_seconds"], figures["peak_mb"], tables)


def _run(task: dict[str, object]) -> None:
    """Measure in this process; imports and reading of the layers are not part of the time."""
    import geopandas as gpd

    from benchmarks.contenders import CONTENDERS

    function = CONTENDERS[str(task["name"])]
    raster = Path(str(task["raster"]))
    layers = {key: gpd.read_parquet(path) for key, path in dict(task["layers"]).items()}  # type: ignore[call-overload]
    # Compiled code is loaded, and libraries are imported, on three zones.
    few = {key: zones.iloc[[len(zones) // 2]] for key, zones in layers.items()}
    if "decoding" not in str(task["name"]) and "xarray" not in str(task["name"]):
        function(raster, few)
    best, least_cpu = np.inf, np.inf
    for _ in range(_REPEATS):
        start, cpu_start = time.perf_counter(), time.process_time()
        tables = function(raster, layers)
        seconds, cpu = time.perf_counter() - start, time.process_time() - cpu_start
        best, least_cpu = min(best, seconds), min(least_cpu, cpu)
        if seconds > _SHORT_S:
            break
    np.savez(str(task["out"]), **tables)
    print(json.dumps({"seconds": best, "cpu_seconds": least_cpu, "peak_mb": _peak_mb()}))


def _peak_mb() -> float:
    """Greatest resident memory of this process."""
    status = Path("/proc/self/status")
    if status.exists():
        # The figure of getrusage may be the parent's: it outlives the start of a new program.
        held = re.search(r"VmHWM:\s+(\d+) kB", status.read_text(encoding="ascii"))
        if held:
            return int(held[1]) * 1024 / 1e6
    import resource

    unit = 1e6 if sys.platform == "darwin" else 1e3
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


if __name__ == "__main__":
    _run(json.loads(sys.argv[1]))
