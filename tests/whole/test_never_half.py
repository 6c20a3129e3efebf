"""A killed, interrupted or starved run leaves the results of the run before it whole."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from greencover.ground import swapping
from greencover.ground.errors import OutputError
from greencover.ground.writing import replacing_folder
from patience import PATIENCE_S
from small_county import SmallCounty

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals and limits of POSIX")

WRITER = """
import sys
from pathlib import Path
from greencover.ground.writing import replacing_folder

names = [f"{i}/{i}.txt" for i in range(12)]
for number in range(1, 100_000):
    with replacing_folder(sys.argv[1], ours=[f"old{number - 1}.txt"]) as folder:
        for name in names:
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text(str(number))
        (folder / f"old{number}.txt").write_text(str(number))
    print(number, flush=True)
"""


def contents(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): path.read_text()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_killed_while_changing_the_folder_it_is_all_old_or_all_new(tmp_path):
    """Kill a process that does nothing but change the folder, at moments spread over its work."""
    out = tmp_path / "out"
    out.mkdir()
    (out / "notes.txt").write_text("mine")
    for attempt in range(12):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(out)], stdout=subprocess.PIPE, text=True
        )
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(0.013 + 0.0031 * attempt)
        writer.send_signal(signal.SIGKILL)
        writer.communicate()

        found = contents(out)
        assert found.pop("notes.txt") == "mine"
        assert len(set(found.values())) == 1, found
        number = next(iter(found.values()))
        assert sorted(found) == sorted([*(f"{i}/{i}.txt" for i in range(12)), f"old{number}.txt"])
        (out / f"old{number}.txt").unlink()


def change(folder: Path, text: str) -> None:
    with replacing_folder(folder, ours=["gone.txt"]) as drafts:
        (drafts / "maps").mkdir()
        for name in ("a.txt", "maps/b.txt"):
            (drafts / name).write_text(text)


@pytest.fixture(params=["exchange", "one by one"])
def way(request, monkeypatch):
    """Each way of changing a folder, by what the file system can do."""
    if request.param != "exchange":
        monkeypatch.setattr(swapping, "_exchange", lambda *_: False)
    return request.param


def test_every_way_keeps_other_files_and_drops_stale_ones(tmp_path, way):
    out = tmp_path / "out"
    change(out, "old")
    (out / "gone.txt").write_text("stale")
    (out / "maps" / "mine.txt").write_text("mine")

    change(out, "new")

    assert contents(out) == {"a.txt": "new", "maps/b.txt": "new", "maps/mine.txt": "mine"}
    assert [path.name for path in tmp_path.iterdir()] == ["out"], way


def test_every_way_puts_all_back_when_a_file_is_in_the_way(tmp_path, way):
    out = tmp_path / "out"
    change(out, "old")
    (out / "maps" / "b.txt").unlink()
    (out / "maps" / "b.txt").mkdir()
    (out / "maps" / "b.txt" / "mine").write_text("mine")

    with pytest.raises(OutputError, match=r"b\.txt could not be replaced .*out \(2\)"):
        change(out, "new")

    assert contents(out) == {"a.txt": "old", "maps/b.txt/mine": "mine"}, way
    assert contents(tmp_path / "out (2)") == {"a.txt": "new", "maps/b.txt": "new"}, way
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "out (2)"]


def test_a_folder_that_somebody_stands_in_stays_the_same_folder(tmp_path, monkeypatch):
    out = tmp_path / "out"
    change(out, "old")
    monkeypatch.chdir(out)
    before = out.stat().st_ino

    change(Path(), "new")

    assert out.stat().st_ino == before
    assert contents(out) == {"a.txt": "new", "maps/b.txt": "new"}


def test_a_link_to_a_folder_stays_a_link(tmp_path):
    real = tmp_path / "real"
    change(real, "old")
    link = tmp_path / "link"
    link.symlink_to(real)

    change(link, "new")

    assert link.is_symlink()
    assert contents(real) == {"a.txt": "new", "maps/b.txt": "new"}


# What runs in the background of a shell is told to ignore the key that interrupts.
ASSESS = """
import signal, sys
from greencover.cli import main
signal.signal(signal.SIGINT, signal.default_int_handler)
{before}
sys.exit(main(["assess", sys.argv[1], "--out", sys.argv[2], "--formats=xlsx,json"]))
"""


def run(tmp_path, *, before="", limit=None):
    """Start the assessment of a small county over older results."""
    campaign = SmallCounty().write(tmp_path / "in")
    out = tmp_path / "out"
    out.mkdir()
    for name in ("assessment.xlsx", "report.html", "notes.txt"):
        (out / name).write_text("last year's")
    script = ASSESS.format(before=textwrap.dedent(before))
    return out, subprocess.Popen(
        [sys.executable, "-c", script, str(campaign), str(out)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=limit,
    )


OLDER = dict.fromkeys(("assessment.xlsx", "report.html", "notes.txt"), "last year's")

# Moments at which a run may be cut off.
MOMENTS = {
    "overlay": ("greencover.rasters.file", "FileCells.read"),
    "first file": ("greencover.report.office.workbook", "write_excel"),
    "last file": ("greencover.report.provenance", "write_provenance"),
}


def stop_at(moment: str) -> str:
    """A script that stops at a moment and says so, until a signal ends it."""
    module, name = MOMENTS[moment]
    *owner, name = name.split(".")
    return f"""
        import time, {module}
        place = sys.modules["{module}"]{"".join(f".{one}" for one in owner)}

        def wait(*_, **__):
            print("there", flush=True)
            time.sleep(600)

        place.{name} = wait
    """


@pytest.mark.parametrize(
    ("moment", "sent"),
    [
        ("overlay", signal.SIGINT),
        ("first file", signal.SIGINT),
        ("first file", signal.SIGTERM),
        ("last file", signal.SIGKILL),
    ],
)
def test_a_run_cut_off_at_any_moment_leaves_the_older_results(tmp_path, moment, sent):
    out, process = run(tmp_path, before=stop_at(moment))
    assert process.stdout is not None
    assert process.stdout.readline() == "there\n", process.communicate()

    process.send_signal(sent)
    _, errors = process.communicate(timeout=PATIENCE_S)

    assert contents(out) == OLDER
    ends = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGKILL: -signal.SIGKILL}
    assert process.returncode == ends[sent]
    if sent != signal.SIGKILL:
        assert "interrupted" in errors
        assert "Traceback" not in errors
        assert sorted(path.name for path in tmp_path.iterdir()) == ["in", "out"]


def test_a_full_disk_leaves_the_older_results_and_says_so(tmp_path):
    def no_file_above_20_kb():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

    out, process = run(tmp_path, limit=no_file_above_20_kb)

    _, errors = process.communicate(timeout=PATIENCE_S)

    assert process.returncode == 2, errors
    assert "Traceback" not in errors
    assert errors.strip().splitlines()[-1].startswith("greencover: The output ")
    assert contents(out) == OLDER
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in", "out"]
