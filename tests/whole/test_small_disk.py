"""A full disk leaves the results of the run before it whole, and is named."""

from __future__ import annotations

import subprocess
import sys

import geopandas as gpd
import pytest

from patience import PATIENCE_S
from small_county import SmallCounty

OLDER = dict.fromkeys(("assessment.xlsx", "report.html", "notes.txt"), "last year's")


def contents(folder):
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): path.read_text() for path in files}


# Mounts a disk of 1 MB that only this run sees, fills it but for what is left free, runs the
# command, and brings out what then stands on the disk.
SMALL_DISK = """
set -e
mount -t tmpfs -o size=1m tmpfs "$1"
cp -r "$2"/. "$1"
code=0
"$3" -m greencover "${@:4}" || code=$?
cp -r "$1"/. "$2.after"
exit $code
"""


def on_a_small_disk(tmp_path, older, *command):
    """Run a command whose output lies on a disk of 1 MB; return the process and what is left."""
    disk, before = tmp_path / "disk", tmp_path / "before"
    disk.mkdir()
    for name, content in older.items():
        (before / name).parent.mkdir(parents=True, exist_ok=True)
        (before / name).write_text(content)
    own = ["unshare", "--user", "--map-root-user", "--mount", "bash", "-c"]
    try:
        allowed = subprocess.run([*own, 'mount -t tmpfs tmpfs "$0"', disk], capture_output=True)
    except FileNotFoundError:
        pytest.skip("there is no unshare to mount a disk of our own with")
    if allowed.returncode:
        pytest.skip("this system lets nobody mount a disk of their own")
    done = subprocess.run(
        [*own, SMALL_DISK, "bash", disk, before, sys.executable, *command],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
    )
    assert not any(disk.iterdir())
    return done, contents(tmp_path / "before.after")


def full_disk_sentence(done, place):
    """The one sentence of a run that the disk had no room for."""
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith(f"greencover: The output {place}"), last
    assert "check that the folder may be written to, that the disk has room" in last
    return last


def test_an_assessment_on_a_disk_of_1_mb_leaves_the_older_results(tmp_path):
    """850 kB of it are taken, and the workbook with the page needs more than the rest."""
    campaign = SmallCounty().write(tmp_path / "in")
    older = {f"out/{name}": text for name, text in OLDER.items()} | {"mine.bin": "x" * 850_000}
    out = tmp_path / "disk" / "out"

    done, after = on_a_small_disk(
        tmp_path, older, "assess", campaign, "--out", out, "--formats=xlsx,json,html"
    )

    full_disk_sentence(done, out)
    assert after == older


@pytest.mark.thorough
@pytest.mark.parametrize("suffix", ["csv", "gpkg", "parquet"])
def test_areas_on_a_disk_of_1_mb_leave_the_older_table(tmp_path, suffix):
    """All but a few kilobytes are taken."""
    SmallCounty().write(tmp_path / "in")
    zones = gpd.read_file(tmp_path / "in" / "county.gpkg", layer="townships")
    zones.loc[[0, 1] * 400].to_file(tmp_path / "in" / "zones.gpkg")
    older = {f"areas.{suffix}": "last year's", "mine.bin": "x" * 1_025_000}
    table = tmp_path / "disk" / f"areas.{suffix}"

    done, after = on_a_small_disk(
        tmp_path, older, "areas", tmp_path / "in" / "zones.gpkg", tmp_path / "in" / "cover.tif",
        "--legend=worldcover", f"--out={table}",
    )  # fmt: skip

    full_disk_sentence(done, table)
    assert after == older
