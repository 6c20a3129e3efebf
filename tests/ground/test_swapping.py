"""Whichever moves a system refuses, results stay whole and no file of anybody is lost."""

from __future__ import annotations

import errno
import itertools
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from greencover.ground import swapping
from greencover.ground.errors import GreencoverWarning, OutputError
from greencover.ground.swapping import change_files, is_at_work
from greencover.ground.workshops import named_for
from greencover.ground.writing import check_folder, replacing, replacing_folder

OLD = {"a.xlsx": "old", "gone.txt": "old", "maps/b.png": "old"}
NEW = {"a.xlsx": "new", "c.json": "new", "maps/b.png": "new"}
OTHERS = {"memo.docx": "mine", "maps/mine.png": "mine"}


def put(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def contents(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text()
        for path in folder.rglob("*")
        if path.is_file()
    }


def workshop_of(target: Path) -> Path:
    with named_for(target) as folder:
        return folder


def change(out: Path) -> None:
    with replacing_folder(out, ours=OLD) as drafts:
        put(drafts, NEW)


class Refusing:
    """A file system without exchange of folders that refuses the moves of given numbers."""

    def __init__(self, patch, refused):
        self.asked = itertools.count()
        self.refused = refused
        self.moved: list[str] = []
        self.really = os.replace
        patch.setattr(swapping, "_exchange", lambda *_: False)
        patch.setattr(swapping, "PATIENCE_S", 0.0)
        patch.setattr(swapping, "_PAUSE_S", 0.0)
        patch.setattr(Path, "replace", lambda one, other: self.replace(one, other))
        patch.setattr(os, "link", self.never)
        patch.setattr(shutil, "copy2", self.never)

    def replace(self, one, other):
        if next(self.asked) in self.refused:
            raise PermissionError(errno.EACCES, "held", str(one))
        self.moved.append(Path(one).name)
        self.really(one, other)
        return Path(other)

    @staticmethod
    def never(*_, **__):
        raise AssertionError("a file of others was linked or copied")


@given(st.sets(st.integers(0, 16)))
@example({5, 7})
def test_nothing_is_lost_whichever_moves_are_refused(tmp_path_factory, refused):
    base = tmp_path_factory.mktemp("any")
    out = base / "results"
    put(out, OLD | OTHERS)
    before = {name: (out / name).stat() for name in OTHERS}
    told = ""

    with pytest.MonkeyPatch.context() as patch:
        system = Refusing(patch, refused)
        try:
            change(out)
        except OutputError as error:
            told = str(error)

    found = contents(out)
    for name, text in OTHERS.items():
        assert found.pop(name) == text
        assert (out / name).stat().st_ino == before[name].st_ino
        assert Path(name).name not in system.moved
    aside = {
        path.relative_to(folder / "old").as_posix(): path.read_text()
        for folder in base.glob(".gc*")
        for path in (folder / "old").rglob("*")
        if path.is_file()
    }
    if not told:
        assert found == NEW
    elif not aside:
        # Old results are whole, beside what is new and could not be taken back.
        assert {name: found.pop(name) for name in OLD} == OLD
        assert found.items() <= NEW.items()
        for kept in base.glob("results (2)"):
            assert contents(kept) == NEW
    else:
        # Each old file is in its place or in the folder that the sentence names.
        (folder,) = base.glob(".gc*")
        assert folder.name in told
        for name, text in OLD.items():
            assert aside.get(name, found.get(name)) == text
        with pytest.warns(GreencoverWarning, match="back in their places"):
            change(out)
        assert contents(out) == NEW | OTHERS


def test_a_passing_lock_is_waited_for(tmp_path, monkeypatch):
    out = tmp_path / "results"
    put(out, OLD)
    system = Refusing(monkeypatch, {0, 1, 3})
    monkeypatch.setattr(swapping, "PATIENCE_S", 60.0)

    change(out)

    assert contents(out) == NEW
    assert system.moved
    assert [path.name for path in tmp_path.iterdir()] == ["results"]


def test_new_results_are_kept_beside_those_that_are_held(tmp_path, monkeypatch):
    out = tmp_path / "results"
    put(out, OLD)
    Refusing(monkeypatch, {0})

    with pytest.raises(OutputError, match=r"a\.xlsx could not be replaced \(held\).*results \(2\)"):
        change(out)

    assert contents(out) == OLD
    assert contents(tmp_path / "results (2)") == NEW


def test_a_table_that_is_open_is_kept_beside_with_its_side_files(tmp_path, monkeypatch):
    put(tmp_path, {"a.shp": "old", "a.dbf": "old"})
    Refusing(monkeypatch, {1})

    def write():
        with replacing(tmp_path / "a.shp") as draft:
            put(draft.parent, {"a.shp": "new", "a.dbf": "new"})

    with pytest.raises(OutputError, match=r"kept whole as .*a \(2\)\.shp"):
        write()

    assert contents(tmp_path) == {
        "a.dbf": "old",
        "a.shp": "old",
        "a (2).dbf": "new",
        "a (2).shp": "new",
    }


def test_one_file_takes_the_place_of_another_in_one_step(tmp_path, monkeypatch):
    """A file that was moved aside first would be missing for whoever reads it meanwhile."""
    put(tmp_path, {"areas.csv": "old"})
    system = Refusing(monkeypatch, set())

    with replacing(tmp_path / "areas.csv") as draft:
        draft.write_text("new")

    assert system.moved == ["areas.csv"]
    assert contents(tmp_path) == {"areas.csv": "new"}


def test_another_run_leaves_what_was_replaced_alone_until_it_is_gone(tmp_path, monkeypatch):
    out = tmp_path / "results"
    put(out, OLD)
    system = Refusing(monkeypatch, set())
    busy = []
    really = system.replace

    def watched(one, other):
        if Path(other).name == swapping._REPLACED:
            busy.append(is_at_work(Path(other).parent))
        return really(one, other)

    monkeypatch.setattr(Path, "replace", watched)

    change(out)

    assert busy == [True]
    assert contents(out) == NEW


KILLED = """
import os, sys
from pathlib import Path
from greencover.ground import swapping
from greencover.ground.writing import replacing_folder

swapping._exchange = lambda *_: False
moves = int(sys.argv[2])
really = Path.replace

def replace(one, other):
    global moves
    if moves == 0:
        os._exit(9)
    moves -= 1
    return really(one, other)

Path.replace = replace
with replacing_folder(sys.argv[1], ours=["a.xlsx", "gone.txt", "maps/b.png"]) as drafts:
    (drafts / "maps").mkdir()
    for name in ("a.xlsx", "c.json", "maps/b.png"):
        (drafts / name).write_text("new")
"""


@pytest.mark.parametrize("moves", [1, 3, 5])
def test_the_next_run_puts_back_what_a_killed_one_moved_aside(tmp_path, moves):
    out = tmp_path / "results"
    put(out, OLD | OTHERS)
    killed = subprocess.run([sys.executable, "-c", KILLED, str(out), str(moves)], check=False)
    assert killed.returncode == 9
    assert contents(out) != OLD | OTHERS

    def fail():
        with replacing_folder(out, ours=OLD):
            raise KeyError("computing")

    with (
        pytest.raises(KeyError, match="computing"),
        pytest.warns(GreencoverWarning, match="back in their places"),
    ):
        fail()

    found = contents(out)
    assert found | OLD | OTHERS == found
    assert set(found) <= OLD.keys() | NEW.keys() | OTHERS.keys()
    change(out)
    assert contents(out) == NEW | OTHERS
    assert [path.name for path in tmp_path.iterdir()] == ["results"]


def test_what_somebody_wrote_since_is_not_replaced_by_what_was_moved_aside(tmp_path):
    out = tmp_path / "results"
    put(out, {"a.xlsx": "written since"})
    workshop = workshop_of(out)
    put(workshop / "old", {"a.xlsx": "old"})

    with (
        pytest.warns(GreencoverWarning, match=r"\.gc.*still holds"),
        replacing_folder(out) as drafts,
    ):
        put(drafts, {"c.json": "new"})

    assert contents(out) == {"a.xlsx": "written since", "c.json": "new"}
    assert contents(workshop / "old") == {"a.xlsx": "old"}


def test_a_folder_moved_away_whole_comes_back(tmp_path):
    """Earlier versions moved the whole folder aside, and a power cut could leave it there."""
    put(tmp_path / ".results.0123abcd.partial" / "old", OLD | OTHERS)

    with pytest.warns(GreencoverWarning, match="5 files .*back in their places"):
        change(tmp_path / "results")

    assert contents(tmp_path / "results") == NEW | OTHERS


def test_the_workshop_of_a_living_process_is_left_alone(tmp_path):
    out = tmp_path / "results"
    put(out, {"b.txt": "old"})
    workshop = workshop_of(out)
    put(workshop / "old", {"a.xlsx": "old"})
    with swapping._at_work(workshop):
        assert is_at_work(workshop)
        change(out)
        assert contents(workshop / "old") == {"a.xlsx": "old"}
    assert not is_at_work(workshop)


def test_files_change_places_though_nothing_was_there(tmp_path):
    put(tmp_path / "workshop" / "new", NEW)

    change_files(tmp_path / "workshop" / "new", tmp_path / "out")

    assert contents(tmp_path / "out") == NEW


def test_a_file_held_by_a_spreadsheet_is_named_before_computing(tmp_path, monkeypatch):
    put(tmp_path, OLD)
    Refusing(monkeypatch, range(100))

    with pytest.raises(OutputError, match=r"a\.xlsx cannot be replaced \(held\): close it"):
        check_folder(tmp_path, ours=["a.xlsx", "absent.json"])


def test_results_never_replace_what_they_are_made_from(tmp_path):
    put(tmp_path, OLD)
    put(tmp_path.parent / "elsewhere", OLD)

    check_folder(tmp_path, ours=["a.xlsx"], inputs=[tmp_path / "memo.docx", "absent.tif"])
    check_folder(tmp_path, ours=["a.xlsx"], inputs=[tmp_path.parent / "elsewhere" / "a.xlsx"])
    linked = tmp_path.parent / "linked"
    linked.symlink_to(tmp_path)
    with pytest.raises(OutputError, match=re.escape(f"{tmp_path / 'a.xlsx'} would replace")):
        check_folder(tmp_path, ours=["a.xlsx"], inputs=[linked / "a.xlsx"])
