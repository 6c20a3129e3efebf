"""The folder of results: whole, or as it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from greencover.errors import OutputError
from greencover.report import OUTPUTS, write_all
from report_fixtures import make_assessment


def snapshot(folder: Path) -> dict[str, bytes]:
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()
    }


@pytest.fixture
def quick(monkeypatch):
    """Stand-ins for the slow writers, which have tests of their own."""

    def write_page(assessment, path):
        path.write_text(f"page {len(assessment.layers)}", encoding="utf-8")

    def write_maps(assessment, folder, *, lang):
        (folder / "maps").mkdir()
        (folder / "maps" / "verdict-matrix.png").write_bytes(lang.encode())
        if "road_sides" in assessment.layers:
            (folder / "maps" / "gaps-over-cover.png").write_bytes(b"gaps")

    monkeypatch.setattr("greencover.report.page.write_page", write_page)
    monkeypatch.setattr("greencover.report.maps.write_maps", write_maps)


def test_everything_is_written_and_reported(tmp_path):
    out = tmp_path / "new" / "results"
    steps = []
    written = write_all(
        make_assessment(), out, progress=lambda done, total, step: steps.append((done, total, step))
    )

    assert list(written) == list(OUTPUTS)
    assert all(path == out / name and path.stat().st_size > 0 for name, path in written.items())
    assert sorted(snapshot(out)) == sorted(OUTPUTS)
    assert [p.name for p in out.parent.iterdir()] == ["results"]
    assert [done for done, _, _ in steps] == list(range(len(steps)))
    assert steps[-1] == (6, 6, "")


@pytest.mark.usefixtures("quick")
def test_other_files_stay_and_old_results_go(tmp_path):
    out = tmp_path / "results"
    write_all(make_assessment(), out)
    (out / "minutes.docx").write_bytes(b"ours")
    (out / "maps" / "sketch.png").write_bytes(b"ours too")
    written = write_all(make_assessment(roads=False), out)
    files = snapshot(out)

    assert files["minutes.docx"] == b"ours"
    assert files["maps/sketch.png"] == b"ours too"
    assert files["report.html"] == b"page 2"
    assert "maps/gaps-over-cover.png" not in files
    assert "maps/gaps-over-cover.png" not in written


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("existing", [True, False])
def test_failure_on_the_way_leaves_nothing_behind(tmp_path, monkeypatch, existing):
    out = tmp_path / "deep" / "results"
    before = {}
    if existing:
        write_all(make_assessment(), out)
        before = snapshot(tmp_path)

    def fail(*_args):
        raise RuntimeError("the page failed")

    monkeypatch.setattr("greencover.report.page.write_page", fail)
    with pytest.raises(RuntimeError, match="the page failed"):
        write_all(make_assessment(roads=False), out)

    assert snapshot(tmp_path) == before
    assert existing or list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("quick")
def test_failure_of_a_move_puts_everything_back(tmp_path, monkeypatch):
    """A workbook open in another program cannot be replaced on some systems."""
    out = tmp_path / "results"
    write_all(make_assessment(), out)
    before = snapshot(tmp_path)
    move = Path.replace

    def locked(self, target):
        if self.name == "report.html" and "new" in self.parts:
            raise PermissionError(13, "Permission denied", str(target))
        return move(self, target)

    monkeypatch.setattr(Path, "replace", locked)
    with pytest.raises(OutputError, match=r"report\.html cannot be written \(Permission denied\)"):
        write_all(make_assessment(roads=False), out)

    assert snapshot(tmp_path) == before


def test_a_file_in_place_of_the_folder_is_refused(tmp_path):
    (tmp_path / "results").write_text("a file", encoding="utf-8")

    with pytest.raises(OutputError, match="is a file: give the name of a folder"):
        write_all(make_assessment(), tmp_path / "results")
    assert (tmp_path / "results").read_text(encoding="utf-8") == "a file"


def test_unknown_language_is_refused_before_any_work(tmp_path):
    with pytest.raises(ValueError, match="lang='de' is unknown"):
        write_all(make_assessment(), tmp_path / "results", lang="de")
    assert list(tmp_path.iterdir()) == []


def test_importing_the_room_is_light():
    """Heavy packages are loaded by the writer that needs them."""
    import subprocess
    import sys

    code = (
        "import sys, greencover.report\n"
        "heavy = {'matplotlib', 'bokeh', 'xlsxwriter', 'geopandas', 'numba'} & set(sys.modules)\n"
        "sys.exit(str(sorted(heavy)) if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert done.stderr == ""
    assert done.returncode == 0
