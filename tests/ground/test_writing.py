"""Outputs appear whole or not at all."""

from __future__ import annotations

import os
import stat
import time
from pathlib import Path

import pytest

from greencover.ground import swapping
from greencover.ground.errors import OutputError
from greencover.ground.workshops import named_for
from greencover.ground.writing import check_folder, replacing, replacing_folder

# What workshops of areas.csv are called, but for the digits of their own.
with named_for(Path("areas.csv")) as workshop:
    DRAFT = workshop.name[:-4]


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_replaces_the_old_one(tmp_path):
    target = tmp_path / "areas.csv"
    target.write_text("old")

    with replacing(target) as temporary:
        temporary.write_text("new")
        assert target.read_text() == "old"
        assert temporary.name == target.name

    assert target.read_text() == "new"
    assert names(tmp_path) == ["areas.csv"]


def test_sidecar_files_come_along(tmp_path):
    with replacing(tmp_path / "a.shp") as temporary:
        for suffix in (".shp", ".shx", ".dbf"):
            temporary.with_suffix(suffix).write_text("x")

    assert names(tmp_path) == ["a.dbf", "a.shp", "a.shx"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
@pytest.mark.parametrize("place", ["out", "a/b/out"])
@pytest.mark.parametrize("writer", [replacing, replacing_folder])
def test_a_failure_leaves_nothing(tmp_path, writer, place, error):
    def fail():
        with writer(tmp_path / place) as temporary:
            if writer is replacing:
                temporary.write_text("half")
            else:
                (temporary / "half").write_text("half")
            raise error

    with pytest.raises(error):
        fail()

    assert names(tmp_path) == []


def test_a_failure_leaves_the_old_file(tmp_path):
    target = tmp_path / "areas.csv"
    target.write_text("old")

    def fail():
        with replacing(target) as temporary:
            temporary.write_text("half")
            raise OSError(28, "No space left on device")

    with pytest.raises(OutputError, match=r"areas\.csv cannot be written \(No space left"):
        fail()

    assert target.read_text() == "old"
    assert names(tmp_path) == ["areas.csv"]


def test_a_new_folder_appears_at_once(tmp_path):
    target = tmp_path / "deep" / "out"

    with replacing_folder(target) as temporary:
        (temporary / "maps").mkdir()
        (temporary / "maps" / "a.png").write_text("map")
        assert not target.exists()

    assert (target / "maps" / "a.png").read_text() == "map"
    assert names(tmp_path / "deep") == ["out"]


def test_a_folder_keeps_files_that_are_not_made_again(tmp_path):
    target = tmp_path / "out"
    (target / "maps").mkdir(parents=True)
    (target / "notes.txt").write_text("mine")
    (target / "maps" / "a.png").write_text("old")

    with replacing_folder(target) as temporary:
        (temporary / "maps").mkdir()
        (temporary / "maps" / "a.png").write_text("new")

    assert (target / "notes.txt").read_text() == "mine"
    assert (target / "maps" / "a.png").read_text() == "new"
    assert names(tmp_path) == ["out"]


def test_files_and_folders_are_not_mistaken(tmp_path):
    (tmp_path / "file").write_text("x")

    with pytest.raises(OutputError, match="is a folder"), replacing(tmp_path):
        pass
    with pytest.raises(OutputError, match="is a file"), replacing_folder(tmp_path / "file"):
        pass
    with pytest.raises(OutputError, match="is a file"):
        check_folder(tmp_path / "file")


def test_an_impossible_place_is_named(tmp_path):
    (tmp_path / "file").write_text("x")

    with (
        pytest.raises(OutputError, match=r"a\.csv cannot be written"),
        replacing(tmp_path / "file" / "a.csv"),
    ):
        pass


def test_what_killed_processes_left_is_removed_after_days(tmp_path):
    with (
        named_for(tmp_path / "areas.csv") as long_ago,
        named_for(tmp_path / "areas.csv") as now,
        named_for(tmp_path / "other.csv") as other,
    ):
        pass
    earlier = tmp_path / ".areas.csv.00000001.partial"
    for age, folder in ((3, long_ago), (3, earlier), (0, now)):
        (folder / "file").mkdir(parents=True)
        (folder / "file" / "areas.csv").write_text("half")
        then = time.time() - age * 24 * 3600
        os.utime(folder, (then, then))
    other.mkdir()
    os.utime(other, (0, 0))

    with replacing(tmp_path / "areas.csv") as temporary:
        temporary.write_text("whole")

    assert names(tmp_path) == sorted([now.name, other.name, "areas.csv"])


@pytest.mark.parametrize(
    "own",
    [
        ".areas.csv.backup.partial/notes",
        ".areas.csv.0000abcd.partial/notes",
        ".gc0123456789/notes",
        f"{DRAFT}.old/file",
        f"{DRAFT}0000/notes",
    ],
)
def test_somebody_elses_folder_of_such_a_name_stays(tmp_path, own):
    (tmp_path / own).parent.mkdir()
    (tmp_path / own).write_text("mine")
    os.utime((tmp_path / own).parent, (0, 0))

    with replacing(tmp_path / "areas.csv") as temporary:
        temporary.write_text("whole")

    assert (tmp_path / own).read_text() == "mine"


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives files to any group"
)
@pytest.mark.parametrize("exchanged", [True, False])
def test_files_belong_to_the_group_that_a_folder_hands_on(tmp_path, monkeypatch, exchanged):
    if not exchanged:
        monkeypatch.setattr(swapping, "_exchange", lambda *_: False)
    out = tmp_path / "out"
    out.mkdir()
    os.chown(out, -1, 4321)
    out.chmod(0o2770)

    with replacing_folder(out) as drafts:
        (drafts / "maps").mkdir()
        (drafts / "maps" / "a.png").write_text("map")

    groups = {path.stat().st_gid for path in (out, out / "maps", out / "maps" / "a.png")}
    assert groups == {4321}
    assert stat.S_IMODE(out.stat().st_mode) == 0o2770
