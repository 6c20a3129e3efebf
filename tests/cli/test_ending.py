"""Whatever happens inside a command, it ends in one sentence."""

from __future__ import annotations

import errno
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from greencover.cli import main
from greencover.ground.errors import OutputError
from greencover.ground.writing import check_folder, replacing
from patience import PATIENCE_S

SECRET = "甲村 370102 streng-geheim"


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return monkeypatch


def ends_with(broken: pytest.MonkeyPatch, error: BaseException) -> int:
    """The exit code of a command that meets an error in its midst."""

    def fail(*_: object, **__: object) -> None:
        raise error from ValueError(SECRET)

    broken.setattr("greencover.campaign.Campaign.read", fail)
    return main(["check", "campaign.toml"])


@pytest.mark.parametrize("kind", [ValueError, KeyError, RuntimeError, RecursionError, TypeError])
def test_a_mistake_of_ours_is_one_sentence_and_a_file_without_data(
    broken: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    kind: type[Exception],
) -> None:
    assert ends_with(broken, kind(SECRET)) == 70

    said = capsys.readouterr().err.strip()
    assert said.count("\n") == 0
    assert kind.__name__ in said
    assert SECRET not in said
    (file,) = tmp_path.glob("greencover-*.txt")
    assert str(file) in said
    text = file.read_text(encoding="utf-8")
    assert re.search(r"check\.py:\d+ command", text)
    assert "builtins.ValueError" in text
    assert SECRET not in text


def test_where_not_even_a_file_can_be_written(
    broken: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken.setattr("tempfile.tempdir", str(tmp_path / "nowhere"))

    assert ends_with(broken, ValueError(SECRET)) == 70

    assert "could not be written down" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (MemoryError(), 71, "not enough memory"),
        (OSError(5, "Input/output error", "cover.tif"), 2, "cover.tif cannot be used (Input"),
        (PermissionError(13, "Permission denied", "a.gpkg"), 2, "a.gpkg cannot be used (Perm"),
    ],
)
def test_what_the_machine_refuses_is_named(
    broken: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: BaseException,
    code: int,
    words: str,
) -> None:
    assert ends_with(broken, error) == code
    assert words in capsys.readouterr().err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
def test_a_full_disk_behind_what_is_printed() -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "greencover", "legends", "clcd"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            timeout=PATIENCE_S,
        )

    assert done.returncode == 74
    assert "cannot be written where it goes" in done.stderr
    assert "Traceback" not in done.stderr


def test_what_is_printed_goes_to_a_stream_that_was_closed(
    broken: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ends_with(broken, OSError(errno.EBADF, os.strerror(errno.EBADF))) == 74
    assert "cannot be written where it goes" in capsys.readouterr().err


@pytest.mark.skipif(os.name != "posix", reason="folders that vanish under a process")
def test_a_folder_that_is_gone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    here = Path.cwd()
    gone = tmp_path / "gone"
    gone.mkdir()
    os.chdir(gone)
    gone.rmdir()
    try:
        code = main(["demo", "--out", "x"])
    finally:
        os.chdir(here)

    assert code == 2
    assert "is gone" in capsys.readouterr().err


def test_a_report_that_finds_no_room_leaves_nothing(
    broken: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    broken.setattr("tempfile._TemporaryFileWrapper.__getattr__", lambda *_: full)

    assert ends_with(broken, ValueError(SECRET)) == 70

    assert "could not be written down" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "\udcbc\udcd7.toml"],
        ["areas", "county\udcff.gpkg", "cover.tif"],
        ["areas", "county.gpkg", "cover.tif", "--layer=\ud800"],
        ["\udcff"],
        ["legends", "--\udcff"],
    ],
)
def test_names_that_are_no_text(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    assert main(arguments) == 2

    said = capsys.readouterr().err
    assert "bytes that are not UTF-8" in said
    said.encode("utf-8")


def test_results_in_a_folder_whose_name_is_no_text(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="not UTF-8"), replacing(tmp_path / "\udcff" / "a.csv"):
        pass
    with pytest.raises(OutputError, match="not UTF-8"):
        check_folder(tmp_path / "\udcff")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", [["assess", "c.toml"], ["areas", "a.gpkg", "c.tif"]])
@pytest.mark.parametrize("given", ["", "  "])
def test_an_output_without_a_name(
    capsys: pytest.CaptureFixture[str], command: list[str], given: str
) -> None:
    assert main([*command, "--out", given]) == 2
    assert "is empty: name a file or a folder" in capsys.readouterr().err
