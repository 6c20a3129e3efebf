"""Whatever the limit of the system: what is not refused at the door for its length is written."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from as_windows import Windows
from greencover.cli import main
from greencover.ground.errors import OutputError
from greencover.ground.writing import check_file, check_folder, replacing, replacing_folder

OURS = "provenance.json", "maps/gaps-over-cover.png", "a.csv"
NAMES = st.text("ab结果", min_size=1, max_size=40)


@pytest.fixture
def place(tmp_path: Path, windows: Windows) -> Path:
    assert windows.max_path == 0
    return tmp_path


def over(text: str) -> int:
    """How many characters too long the sentence says that a path is."""
    return int(text.rsplit("shorter by ", 1)[1].split()[0])


def refused(out: Path, *, folder: bool) -> str:
    """What is said at the door; nothing where it is open."""
    try:
        check_folder(out, ours=OURS) if folder else check_file(out)
    except OutputError as error:
        return str(error)
    return ""


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(NAMES, st.integers(0, 110), st.booleans(), st.sampled_from(["json", "shp", "gpkg"]))
def test_what_passes_the_door_is_written(place, windows, name, room, folder, ending):
    base = place / "base"
    out = base / name if folder else base / f"{name}.{ending}"
    writer, files = (replacing_folder, OURS) if folder else (replacing, ["x"])
    for old in (False, True):
        windows.max_path = 0
        base.mkdir(exist_ok=True)
        before = sorted(base.rglob("*"))
        windows.max_path = len(str(base)) + 1 + room
        said = refused(out, folder=folder)
        if said:
            # The advice works, and by one character less it does not.
            assert "this system allows" in said
            windows.max_path += over(said) - 1
            assert over(refused(out, folder=folder)) == 1
            windows.max_path += 1
            assert not refused(out, folder=folder)
        with writer(out) as draft:
            for one in files:
                file = draft / one if folder else draft
                file.parent.mkdir(exist_ok=True)
                file.write_text(f"{old}")
                if ending == "gpkg" and not folder:
                    journal = file.with_name(f"{file.name}-journal")
                    journal.write_text("x")
                    journal.unlink()
                if ending == "shp" and not folder:
                    file.with_suffix(".dbf").write_text("x")
        windows.max_path = 0
        written = [out / one for one in files] if folder else [out]
        assert all(file.read_text() == f"{old}" for file in written)
        found = {one for one in base.rglob("*") if one.name.startswith(".")}
        assert not found, before
    for one in sorted(base.rglob("*"), reverse=True):
        one.rmdir() if one.is_dir() else one.unlink()


def test_a_command_says_before_computing_which_path_is_too_long(
    place: Path, windows: Windows, capsys: pytest.CaptureFixture[str], monkeypatch
) -> None:
    monkeypatch.setattr("greencover.verdicts.run.measure", lambda *_, **__: pytest.fail("computed"))
    out = place / "结果"
    windows.max_path = len(str(out)) + 30

    assert main(["demo", "--out", str(out), "--lang=en"]) == 2
    said = capsys.readouterr().err
    assert f"{out}/work-packages.gpkg" in said
    assert f"this system allows {windows.max_path - 1}" in said

    windows.max_path += over(said)
    assert main(["demo", "--out", str(out), "--resume", "--lang=en"]) == 2
    assert "结果.unfinished" in capsys.readouterr().err
    assert list(place.iterdir()) == []


def test_a_table_is_refused_before_its_inputs_are_looked_for(
    place: Path, windows: Windows, capsys: pytest.CaptureFixture[str]
) -> None:
    out = place / "面积.csv"
    windows.max_path = len(str(out)) + 5
    given = "areas", "no.gpkg", "no.tif", "--legend=clcd", f"--out={out}", "--lang=zh"

    assert main(given) == 2

    assert "请换一个路径至少短" in capsys.readouterr().err
