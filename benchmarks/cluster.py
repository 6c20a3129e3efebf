"""A Dask cluster on one machine: ``python -m benchmarks.cluster``.

Two worker processes overlay townships and villages in one pass; the same job on threads checks the
figures. On a real cluster, give ``Client`` the address of its scheduler instead.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import numpy as np

import greencover as gc
from benchmarks import scenes

_SIZE = 10_000


def main() -> None:
    """Run the job on threads and on two processes."""
    from distributed import Client, LocalCluster

    folder = Path(tempfile.gettempdir()) / "greencover-benchmarks"
    folder.mkdir(exist_ok=True)
    legend = gc.Legend.from_codes({int(code): ("bare", str(code)) for code in scenes.CODES})
    cover = gc.LandCover.open(scenes.raster(folder, _SIZE), legend=legend)
    layers = {"townships": scenes.townships(_SIZE), "villages": scenes.villages(_SIZE)}
    tiles: list[int] = []
    expected = gc.class_areas(layers, cover, progress=lambda _, total: tiles.append(total))
    start = time.perf_counter()
    gc.class_areas(layers, cover)
    print(f"{tiles[-1]} tiles on threads: {time.perf_counter() - start:.2f} s")
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        for run in ("first run, workers load the engine", "second run"):
            start = time.perf_counter()
            found = gc.class_areas(layers, cover, client=client)
            print(f"two processes, {run}: {time.perf_counter() - start:.2f} s")
    for name, table in expected.items():
        difference = np.abs(found[name].to_numpy() - table.to_numpy())
        share = float((difference / table.sum(axis=1).to_numpy()[:, None]).max())
        print(f"{name}: greatest difference {share:.1e} of a zone")


if __name__ == "__main__":
    main()
