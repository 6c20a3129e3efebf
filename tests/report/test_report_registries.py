"""A map and an output of a package outside: one file each, seen wherever there is a choice."""

from __future__ import annotations

import zipfile
from dataclasses import replace

import pytest

from greencover import cli
from greencover.ground.errors import GreencoverWarning
from greencover.report import outputs
from greencover.report.maps import registry
from report_fixtures import make_assessment
from small_county import SmallCounty

MAP = '''
from greencover.report.labels import Named
from greencover.report.maps.registry import Map
from greencover.report.maps.sheet import map_sheet
from greencover.report.maps.cartography import frame_map, local_crs
from greencover.report.style import PLAIN

TITLE = Named("荒地分布图", "Where land lies waste")

def draw(assessment, ax=None, *, style=PLAIN, colour="red"):
    """Townships in one colour."""
    towns = assessment.layers["townships"]
    crs = local_crs(towns)
    sheet = map_sheet(assessment, TITLE, crs, ax=ax, style=style)
    frame_map(sheet.ax, towns.to_crs(crs).total_bounds)
    return sheet.ax

WASTE = Map("waste-land", TITLE, draw, layers=("parks",))
'''
OUTPUT = """
from greencover.report.outputs import Output

def write(view, folder, options):
    lines = [f"{unit.name.said('zh')},{cells[0].figure}" for unit, cells in
             zip(view.matrix.units, view.matrix.cells)]
    (folder / "verdicts.csv").write_text("\\n".join([options.lang, *lines]), encoding="utf-8")

CSV = Output("csv", write, lambda: ("verdicts.csv",), default=())
"""


@pytest.fixture
def partner(tmp_path, monkeypatch):
    """A package installed beside ours, with a map and an output under our entry points."""
    site = tmp_path / "site"
    (site / "partner-1.0.dist-info").mkdir(parents=True)
    (site / "partner_map.py").write_text(MAP, encoding="utf-8")
    (site / "partner_output.py").write_text(OUTPUT, encoding="utf-8")
    about = site / "partner-1.0.dist-info"
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: partner\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(
        "[greencover.maps]\nwaste = partner_map:WASTE\n"
        "[greencover.outputs]\ncsv = partner_output:CSV\n"
    )
    registry.maps()
    monkeypatch.setattr(registry, "_registered", registry._registered.copy())
    outputs.outputs()
    monkeypatch.setattr(outputs, "_registered", outputs._registered.copy())
    monkeypatch.syspath_prepend(str(site))
    for room in (registry, outputs):
        room._found.cache_clear()
    yield
    monkeypatch.undo()
    for room in (registry, outputs):
        room._found.cache_clear()


@pytest.fixture
def campaign(tmp_path, monkeypatch):
    monkeypatch.setattr("greencover.verdicts.assess", lambda *_, **__: make_assessment())
    return SmallCounty().write(tmp_path)


@pytest.mark.usefixtures("partner")
def test_a_map_of_a_package_is_seen_everywhere(tmp_path, capsys, campaign):
    out = tmp_path / "r"
    assert registry.names(default=True)[-1] == "waste-land"
    assert "maps/waste-land.svg" in outputs.all_files()

    code = cli.main(
        ["assess", str(campaign), "--out", str(out), "--formats=svg", "--maps=waste-land"]
    )
    assert (code, [p.name for p in (out / "maps").iterdir()]) == (0, ["waste-land.svg"])
    assert "荒地分布图" in (out / "maps" / "waste-land.svg").read_text("utf-8")
    assert cli.main(["assess", "--help"]) == 0
    assert "waste-land" in " ".join(capsys.readouterr().out.split())

    assessment = make_assessment()
    assert assessment.plot.waste_land(colour="blue", lang="en").figure is not None
    assert "waste_land" in dir(assessment.plot)
    with pytest.raises(TypeError, match="color"):
        assessment.plot.waste_land(color="blue")
    without = assessment.write(tmp_path / "w", formats=["png"], dpi=30, maps=["land-cover"])
    assert list(without) == ["maps/land-cover.png"]


@pytest.mark.usefixtures("partner")
def test_a_map_of_a_package_has_its_caption_in_the_word_report(tmp_path):
    pytest.importorskip("docxtpl")
    from greencover.report.office.word import write_word

    path = write_word(make_assessment(), tmp_path / "a.docx", lang="zh")
    with zipfile.ZipFile(path) as parts:
        body = parts.read("word/document.xml").decode()

    assert "荒地分布图" in body
    assert len([n for n in zipfile.ZipFile(path).namelist() if "media" in n]) == 7


@pytest.mark.usefixtures("partner")
def test_a_map_without_its_layer_is_left_out(tmp_path):
    bare = make_assessment(parks=False)

    assert not registry.maps()["waste-land"].fits(bare)
    assert bare.write(tmp_path / "r", formats=["png"], maps=["waste-land"]) == {}


@pytest.mark.usefixtures("partner")
def test_an_output_of_a_package_is_one_of_the_formats(tmp_path, capsys, campaign):
    out = tmp_path / "r"
    assert "csv" in outputs.formats()
    assert "csv" not in outputs.formats(default=True)

    code = cli.main(["assess", str(campaign), "--out", str(out), "--formats=csv,json"])
    assert (code, sorted(p.name for p in out.iterdir())) == (0, ["provenance.json", "verdicts.csv"])
    lines = (out / "verdicts.csv").read_text("utf-8").splitlines()
    assert lines[:2] == ["both", "青岚镇,72.3"]
    assert cli.main(["assess", "--help"]) == 0
    assert "gpx, kml, csv" in " ".join(capsys.readouterr().out.split())

    # Its file is one of ours: it goes when it is not made again.
    with pytest.warns(GreencoverWarning, match=r"gone from .*verdicts\.csv"):
        make_assessment().write(out, formats=["json"])
    assert sorted(p.name for p in out.iterdir()) == ["provenance.json"]


def test_one_view_serves_every_writer():
    """The matrix of the view is that of page, Word report, notebook and terminal."""
    from greencover.report.view import View

    assessment = make_assessment()
    view = View.of(assessment)
    shown = {cell.figure for row in view.matrix.cells for cell in row if cell}
    forest = assessment.table.query("indicator == 'forest_coverage' and level == 'township'")

    assert View.of(view) is view
    assert {f"{value:.1f}" for value in forest["value"].dropna()} <= shown
    assert view.matrix.first_county == 8
    assert [column.goal.text if column.goal else "" for column in view.matrix.columns] == [
        "≥ 60",
        "",
        "≥ 70",
        "≥ 12",
        "≥ 80",
    ]
    assert [one.verified for one in view.definitions] == [True, False, True, False, False]
    counted = sum(n for counts in view.counts.values() for n in counts.values())
    assert counted == len(assessment.table)


def test_targets_that_differ_are_said_in_their_cells():
    from greencover.report.view import View

    made = make_assessment()
    table = made.table.copy()
    own = (table["unit"] == "350701") & (table["indicator"] == "forest_coverage")
    table.loc[own, "target"] = 75.0
    matrix = View.of(replace(made, table=table)).matrix

    assert (matrix.columns[0].goal, matrix.columns[0].varies) == (None, True)
    assert matrix.cells[0][0].own_goal == "≥ 75"
    assert matrix.cells[1][0].own_goal == "≥ 60"
