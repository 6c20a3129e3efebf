"""The folder of results: whole, or as it was."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from greencover.ground.errors import GreencoverWarning, MissingExtraError, OutputError
from greencover.report.outputs import OutputOptions, all_files, formats, outputs
from greencover.results import write_all
from report_fixtures import FROM_LAND_COVER, make_assessment, make_large_assessment


def snapshot(folder: Path) -> dict[str, bytes]:
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()
    }


@pytest.fixture
def quick(monkeypatch):
    """Stand-ins for the slow writers, which have tests of their own."""

    def write_page(view, path, *, lang):
        path.write_text(f"page {len(view.assessment.layers)} {lang}", encoding="utf-8")

    def write_word(view, path, *, lang, template, approval):
        said = f"{len(view.assessment.layers)} {lang} {template} {approval}"
        path.write_text(said, encoding="utf-8")

    def write_maps(assessment, folder, *, maps, formats, style, dpi):
        (folder / "maps").mkdir()
        (folder / "maps" / "verdict-matrix.png").write_text(
            f"{len(maps or [])} {formats} {style.lang} {dpi}", encoding="utf-8"
        )
        if "road_sides" in assessment.layers:
            (folder / "maps" / "gaps-over-cover.png").write_bytes(b"gaps")

    monkeypatch.setattr("greencover.report.page.html.write_page", write_page)
    monkeypatch.setattr("greencover.report.office.word.write_word", write_word)
    monkeypatch.setattr("greencover.report.maps.pictures.write_maps", write_maps)


def test_everything_is_written_and_reported(tmp_path):
    out = tmp_path / "new" / "results"
    steps = []
    written = write_all(
        make_assessment(),
        out,
        OutputOptions(lang="en"),
        progress=lambda done, total, step: steps.append((done, total, step)),
    )

    by_default = set(formats(default=True)) - {"png"}
    expected = [name for one in outputs() if by_default & set(one.formats) for name in one.files()]
    expected.remove("report-zh.docx")
    # There is no plan of planting, so there are no work packages.
    expected = [name for name in expected if not name.startswith("work-packages")]
    expected += [f"maps/{name}.png" for name in FROM_LAND_COVER]
    assert sorted(written) == sorted(expected)
    assert set(written) <= set(all_files())
    assert all(path == out / name and path.stat().st_size > 0 for name, path in written.items())
    assert sorted(snapshot(out)) == sorted(written)
    assert [p.name for p in out.parent.iterdir()] == ["results"]
    assert [done for done, _, _ in steps] == list(range(len(steps)))
    assert steps[-1] == (9, 9, "")


@pytest.mark.usefixtures("quick")
def test_other_files_stay_and_old_results_go(tmp_path):
    out = tmp_path / "results"
    write_all(make_assessment(), out)
    (out / "minutes.docx").write_bytes(b"ours")
    (out / "maps" / "sketch.png").write_bytes(b"ours too")
    with pytest.warns(GreencoverWarning, match=r"gone from .*maps/gaps-over-cover\.png"):
        written = write_all(make_assessment(roads=False), out)
    files = snapshot(out)

    assert files["minutes.docx"] == b"ours"
    assert files["maps/sketch.png"] == b"ours too"
    assert files["report.html"] == b"page 3 both"
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

    def fail(*_args, **_options):
        raise RuntimeError("the page failed")

    monkeypatch.setattr("greencover.report.page.html.write_page", fail)
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
    # A mount point cannot be exchanged as a whole: its files are moved one by one.
    monkeypatch.setattr("greencover.ground.swapping.os.path.ismount", lambda _path: True)
    with pytest.raises(OutputError, match=r"report\.html could not be replaced \(Permission"):
        write_all(make_assessment(roads=False), out)

    after = snapshot(tmp_path)
    assert {name: after[name] for name in before} == before
    assert {name.split("/")[0] for name in after.keys() - before.keys()} == {"results (2)"}


def test_a_file_in_place_of_the_folder_is_refused(tmp_path):
    (tmp_path / "results").write_text("a file", encoding="utf-8")

    with pytest.raises(OutputError, match="is a file: give the name of a folder"):
        write_all(make_assessment(), tmp_path / "results")
    assert (tmp_path / "results").read_text(encoding="utf-8") == "a file"


def test_unknown_language_is_refused_before_any_work(tmp_path):
    with pytest.raises(ValueError, match="lang='de' is unknown"):
        OutputOptions(lang="de")
    assert list(tmp_path.iterdir()) == []


def test_importing_the_room_is_light():
    """Heavy packages are loaded by the writer that needs them."""
    code = (
        "import sys, greencover.report\n"
        "heavy = {'matplotlib', 'bokeh', 'xlsxwriter', 'geopandas', 'numba'} & set(sys.modules)\n"
        "sys.exit(str(sorted(heavy)) if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert done.stderr == ""
    assert done.returncode == 0


@pytest.mark.usefixtures("quick")
def test_only_what_is_asked_for_is_written(tmp_path):
    options = OutputOptions(lang="zh", formats=["docx", "png"], maps=["indicators"])
    written = write_all(make_assessment(), tmp_path / "r", options)

    assert sorted(written) == [
        "maps/gaps-over-cover.png",
        "maps/verdict-matrix.png",
        "report-zh.docx",
    ]
    matrix = written["maps/verdict-matrix.png"].read_text(encoding="utf-8")
    assert matrix == "1 ['png'] zh 150"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"formats": ["xls"]}, "format 'xls' is unknown: use some of xlsx, docx"),
        ({"formats": []}, "No format is given"),
        ({"maps": ["forest"]}, "map 'forest' is unknown: use some of forest-coverage"),
        ({"formats": ["html"], "template": "a.docx"}, "without the format docx"),
    ],
)
def test_options_that_cannot_be_are_refused_before_any_work(tmp_path, options, words):
    with pytest.raises(ValueError, match=words):
        write_all(make_assessment(), tmp_path / "results", OutputOptions(**options))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("quick")
def test_without_the_extra_the_word_report_is_left_out_and_said_so(tmp_path, monkeypatch):
    monkeypatch.setattr("greencover.report.outputs.find_spec", lambda _: None)
    with pytest.warns(GreencoverWarning, match=r"left out: run pip install"):
        written = write_all(make_assessment(), tmp_path / "results")

    assert not any(name.endswith(".docx") for name in written)


def test_word_report_that_is_asked_for_needs_the_extra(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "docxtpl", None)
    with pytest.raises(MissingExtraError, match=r"run pip install '\.\[report\]'"):
        write_all(make_assessment(), tmp_path / "results", OutputOptions(formats=["docx"]))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.thorough
def test_large_county(tmp_path, record_property):
    """30 townships, 600 villages, 1,500 km of road: a page that can be sent, and the rest of it.

    The time is kept with the result and not asked for: it is the machine's as much as ours.
    """
    large = make_large_assessment()
    kilometres = large.layers["roads"].to_crs(32650).length.sum() / 1000
    begun = time.perf_counter()
    maps = ["village-forest", "roadside-greening", "verdict-matrix"]
    options = OutputOptions(formats=["xlsx", "html", "gpkg", "png"], maps=maps)
    written = write_all(large, tmp_path / "results", options)
    record_property("seconds", round(time.perf_counter() - begun, 1))

    assert (len(large.layers["townships"]), len(large.layers["villages"])) == (30, 600)
    assert kilometres > 1500
    assert written["report.html"].stat().st_size < 15_000_000
    assert len(written) == 3 + len(maps)
