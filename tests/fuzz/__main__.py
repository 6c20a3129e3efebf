"""Fuzz one target for a while, in a process and a folder of its own."""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from fuzz import TARGETS
from paths import ROOT

# Nothing listens there, so that no input reaches another machine.
NOWHERE = "http://127.0.0.1:9"
PROXIES = ("http_proxy", "https_proxy", "GDAL_HTTP_PROXY", "GDAL_HTTPS_PROXY")
MOST_MB = 2500
TAIL_LINES = 60


def main() -> int:
    given = _arguments()
    folder = Path(tempfile.mkdtemp(prefix=f"greencover-fuzz-{given.target}-"))
    for name in ("corpus", "found", "work"):
        (folder / name).mkdir()
    corpus = given.corpus or folder / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    command = [
        *(sys.executable, "-m", "tests.fuzz.child", given.target, str(folder / "work")),
        *((str(given.replay),) if given.replay else (str(corpus),)),
        f"-max_total_time={given.seconds}",
        f"-seed={given.seed}",
        f"-timeout={given.slowest}",
        f"-rss_limit_mb={MOST_MB}",
        f"-artifact_prefix={folder / 'found'}{os.sep}",
        "-print_final_stats=1",
    ]
    elsewhere = {"TMPDIR": str(folder / "work"), **dict.fromkeys(PROXIES, NOWHERE)}
    with (folder / "log.txt").open("wb") as log:
        code = subprocess.run(
            command, cwd=ROOT, env=os.environ | elsewhere, stdout=log, stderr=log, check=False
        ).returncode
    said = (folder / "log.txt").read_text(encoding="utf-8", errors="replace")
    sys.stdout.write(f"{given.target}: {_summary(said)}\n")
    if code == 0:
        shutil.rmtree(folder, ignore_errors=True)
        return 0
    sys.stdout.write("\n".join(said.splitlines()[-TAIL_LINES:]))
    sys.stdout.write(f"\nexit code {code}; input and log are kept in {folder}\n")
    return 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument(
        "--slowest", type=int, default=60, help="seconds that one input may take (60)"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--corpus", type=Path, help="folder that keeps inputs for the next time")
    parser.add_argument("--replay", type=Path, help="run a single input that was found before")
    return parser.parse_args()


def _summary(said: str) -> str:
    runs = re.findall(r"number_of_executed_units:\s*(\d+)", said)
    pulses = re.findall(r"cov: (\d+) ft: (\d+) corp: (\d+)", said)
    edges, features, kept = pulses[-1] if pulses else (0, 0, 0)
    return (
        f"{runs[-1] if runs else 0} runs, coverage {edges} edges and {features} features, "
        f"{kept} inputs kept"
    )


if __name__ == "__main__":
    sys.exit(main())
