"""The daily work where open files stay where they are and output knows GBK alone."""

from __future__ import annotations

import ast
import io
import json
import multiprocessing
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

import greencover
from as_windows import Windows, chinese_output
from greencover import cli
from greencover.ground import swapping
from greencover.ground.errors import OutputError
from greencover.ground.writing import check_folder, replacing, replacing_folder
from greencover.report.days import day_of
from small_county import SmallCounty

# GBK lacks the superscript of square metres and the letters of other scripts.
TITLE = "双镇县 m² ∑ ครับ"


pytestmark = pytest.mark.usefixtures("windows")


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(swapping, "PATIENCE_S", 0.0)


def speak(monkeypatch: pytest.MonkeyPatch, *command: str) -> tuple[int, str]:
    """Run a command whose output goes into a pipe; decoding fails where it is not GBK."""
    pipe = io.BytesIO()
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", chinese_output(pipe))
        patch.setattr(sys, "stderr", sys.stdout)
        code = cli.main(list(command))
        sys.stdout.flush()
        return code, pipe.getvalue().decode("cp936")


def test_an_open_file_is_neither_moved_nor_removed(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("old")
    with file.open():
        for touch in (file.unlink, lambda: file.rename(tmp_path / "b")):
            with pytest.raises(PermissionError) as refused:
                touch()
            assert refused.value.winerror == 32  # type: ignore[attr-defined]
        with pytest.raises(PermissionError):
            tmp_path.rename(tmp_path.with_name("moved"))
        with pytest.raises(PermissionError):
            shutil.rmtree(tmp_path)
    file.unlink()
    assert multiprocessing.get_start_method() == "spawn"


def test_a_file_that_a_child_has_open_is_not_moved(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("old")
    holding = "import sys; f = open(sys.argv[1]); print(flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", holding, str(file)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.readline()
        with pytest.raises(PermissionError):
            file.unlink()
        child.communicate()
    file.unlink()


def test_results_held_by_a_spreadsheet_are_named_and_kept_beside(
    tmp_path: Path, windows: Windows
) -> None:
    out = tmp_path / "结果"
    out.mkdir()
    (out / "表.xlsx").write_text("old")
    (out / "备忘.docx").write_text("mine")
    windows.links = False
    windows.hold(out / "表.xlsx", out / "备忘.docx")

    with pytest.raises(OutputError, match=r"表\.xlsx"):
        check_folder(out, ours=["表.xlsx"])
    with pytest.raises(OutputError, match=r"结果 \(2\)"), replacing_folder(out) as drafts:
        (drafts / "表.xlsx").write_text("new")

    assert (out / "表.xlsx").read_text() == "old"
    assert (out / "备忘.docx").read_text() == "mine"
    assert (tmp_path / "结果 (2)" / "表.xlsx").read_text() == "new"


def test_a_file_of_somebody_that_is_open_hinders_nobody(tmp_path: Path, windows: Windows) -> None:
    (tmp_path / "备忘.docx").write_text("mine")
    windows.links = False
    windows.hold(tmp_path / "备忘.docx")

    with replacing_folder(tmp_path) as drafts:
        (drafts / "表.xlsx").write_text("new")

    assert {path.name for path in tmp_path.iterdir()} == {"备忘.docx", "表.xlsx"}


def test_a_path_that_is_too_long_leaves_nothing(tmp_path: Path, windows: Windows) -> None:
    windows.max_path = len(str(tmp_path)) + 30

    with pytest.raises(OutputError), replacing(tmp_path / f"{'a' * 40}.csv") as draft:
        draft.write_text("new")

    assert list(tmp_path.iterdir()) == []


def test_a_county_is_assessed_twice_with_every_report(
    tmp_path: Path, windows: Windows, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign = SmallCounty().write(tmp_path / "双镇县")
    text = campaign.read_text(encoding="utf-8").replace("双镇县国家森林城市建设", TITLE)
    campaign.write_text(text, encoding="utf-8")
    out = tmp_path / "结果"
    windows.links = False
    given = "assess", str(campaign), "--out", str(out), "--lang=zh"
    formats = "--formats=xlsx,gpkg,json"

    for _ in range(2):
        code, said = speak(monkeypatch, *given, formats, "--resume")
        assert code == 0, said
    assert "双镇县" in said
    assert json.loads((out / "provenance.json").read_text(encoding="utf-8"))
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []

    windows.hold(out / "provenance.json")
    code, said = speak(monkeypatch, *given, formats)
    assert code != 0
    assert "provenance.json" in said


def test_days_in_print_are_those_of_the_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """At half past two of New Year in Beijing, the world's day is that of last year."""
    if not hasattr(time, "tzset"):
        pytest.skip("the system does not let a process choose where it is")
    try:
        with monkeypatch.context() as patch:
            patch.setenv("TZ", "CST-8")
            time.tzset()
            assert day_of({"created": "2025-12-31T18:30:00+00:00"}) == "2026-01-01"
            patch.setenv("TZ", "UTC0")
            time.tzset()
            assert day_of({"created": "2025-12-31T18:30:00+00:00"}) == "2025-12-31"
    finally:
        time.tzset()


def test_text_ends_its_lines_alike_on_every_system() -> None:
    """Windows would write two characters; whatever writes text says that it is one."""
    ends = {"write_text": "newline", "to_csv": "lineterminator"}
    seen = 0
    for file in sorted(Path(greencover.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            named = {word.arg for word in node.keywords}
            # The help of commands is written by a method of this name as well.
            if node.func.attr in ends and ast.unparse(node.func.value) != "formatter":
                seen += 1
                assert {ends[node.func.attr], "encoding"} <= named, f"{file}:{node.lineno}"
    assert seen > 8


def test_check_and_areas_are_read_as_gbk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    campaign = SmallCounty().write(tmp_path / "双镇县")
    code, said = speak(monkeypatch, "check", str(campaign))
    assert code == 0, said

    layer, cover = campaign.with_name("county.gpkg"), campaign.with_name("cover.tif")
    table = tmp_path / "面积.csv"
    given = "areas", f"{layer}", str(cover), "--legend", "worldcover", "--out", str(table)
    code, said = speak(monkeypatch, *given, "--layer", "townships")
    assert code == 0, said
    assert "面积.csv" in said
    assert table.read_bytes().decode("utf-8-sig").count("\n") == 3
