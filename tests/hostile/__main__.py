"""Try every hostile and every damaged input, and print how many of each kind end how."""

from __future__ import annotations

import sys
import tempfile
import traceback
import warnings
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path

from greencover.ground.errors import GreencoverError
from greencover.layers import check_raster_source, read_layer
from greencover.rasters import FileCells
from hostile import BY_NAME, LAYERS, RASTERS, Place, listening
from hostile.damaged import attempt, cases
from hostile.place import Knocks


def main() -> int:
    warnings.simplefilter("ignore")
    table: dict[str, Counter[str]] = {}
    with listening() as knocks:
        for kind, vectors, read in (
            ("layers that reach out", LAYERS, read_layer),
            ("rasters that reach out", RASTERS, FileCells.open),
            ("names of what is elsewhere", BY_NAME, check_raster_source),
        ):
            for name, write in vectors.items():
                outcome = _outcome(
                    partial(_reach, write, read, knocks.port), f"{kind}: {name}", knocks
                )
                table.setdefault(kind, Counter())[outcome] += 1
        for name, damage, number in cases():
            outcome = _outcome(partial(attempt, name, number), f"{name}, {number}", knocks)
            table.setdefault(f"damaged: {damage}", Counter())[outcome] += 1
    sys.stdout.write(f"{'kind':<32}{'tried':>7}{'refused':>9}{'read':>7}{'failed':>8}\n")
    for kind, counts in table.items():
        sys.stdout.write(
            f"{kind:<32}{counts.total():>7}{counts['refused']:>9}{counts['read']:>7}"
            f"{counts['failed']:>8}\n"
        )
    return int(any(counts["failed"] for counts in table.values()))


def _reach(
    write: Callable[[Place], str], read: Callable[[str], object], port: int, folder: Path
) -> object:
    (folder / "in").mkdir()
    (folder / "canary").mkdir()
    return read(write(Place(folder / "in", folder / "canary", port)))


def _outcome(run: Callable[[Path], object], name: str, knocks: Knocks) -> str:
    global _port
    before = knocks.count
    with tempfile.TemporaryDirectory() as folder:
        try:
            run(Path(folder))
        except GreencoverError:
            end = "refused"
        except Exception:
            sys.stdout.write(f"{name}\n{traceback.format_exc()}\n")
            end = "failed"
        else:
            end = "read"
        canary = Path(folder) / "canary"
        stolen = canary.exists() and any(canary.iterdir())
    if knocks.count != before or stolen:
        sys.stdout.write(f"{name}: reached out\n")
        return "failed"
    return end


if __name__ == "__main__":
    sys.exit(main())
