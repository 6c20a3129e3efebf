"""Every mistake ends in one sentence that names it, exit code 2, and no output left behind."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from greencover.cli import main
from small_county import GRASS, SmallCounty, townships, write_raster


def refusal(capsys, *arguments):
    """Run a command that must refuse; return the one sentence it gives."""
    code = main([str(argument) for argument in arguments])
    streams = capsys.readouterr()

    assert code == 2
    assert streams.err.count("\n") == 1, streams.err
    assert streams.err.startswith("greencover: ")
    assert "Traceback" not in streams.err
    return streams.err


def nothing_left(folder, names):
    """Whether the folder holds just what it held before the command."""
    return sorted(path.name for path in folder.iterdir()) == sorted(names)


def text(old, new):
    return lambda county: county.replace(old, new)


def column(name, values):
    def change(county):
        county.townships[name] = values

    return change


def grades(values):
    def change(county):
        county.roads["grade"] = values

    return change


def codes(rows, columns, value):
    def change(county):
        county.codes[rows, columns] = value

    return change


def elsewhere(name):
    def change(county):
        frame = getattr(county, name)
        setattr(county, name, frame.set_geometry(frame.translate(xoff=5.0)))

    return change


def empty(name):
    return lambda county: setattr(county, name, getattr(county, name).iloc[:0])


def unusable_row(county):
    county.townships.loc[1, "geometry"] = None


def point_row(county):
    county.parks.loc[0, "geometry"] = shapely.Point(118.001, 30.001)


CHANGES = {
    "missing raster": (text('"cover.tif"', '"cover_2023.tif"'), ["cover_2023.tif"]),
    "missing layer file": (text('"county.gpkg"', '"county2.gpkg"'), ["county2.gpkg"]),
    "missing layer": (
        text('layer = "townships"', 'layer = "towns"'),
        ["county.gpkg", "'towns'", "townships, roads, parks"],
    ),
    "missing column": (
        text('"residents"', '"people"'),
        ["layer 'townships' of", "county.gpkg", "'people'", "residents"],
    ),
    "missing road column": (text('name = "road"', 'name = "route"'), ["roads", "'route'"]),
    "no overlap": (elsewhere("townships"), ["townships", "cover.tif", "share no ground"]),
    "roads elsewhere": (elsewhere("roads"), ["roads", "cover.tif", "share no ground"]),
    "unknown legend": (
        text('"worldcover"', '"worldcovr"'),
        ["campaign.toml", "cover.legend", "worldcovr", "worldcover"],
    ),
    "missing legend file": (text('"worldcover"', '"my.toml"'), ["cover.legend", "my.toml"]),
    "code not in the legend": (codes(slice(5), slice(5), 77), ["cover.tif", "77", "ha"]),
    "duplicate codes": (column("code", ["T1", "T1"]), ["townships", "'code'", "T1"]),
    "blank code": (column("code", ["T1", None]), ["townships", "'code'", "row 2"]),
    "negative population": (
        column("residents", [1000, -3]),
        ["townships", "'residents'", "东草乡", "-3"],
    ),
    "missing population": (column("residents", [None, 2000]), ["'residents'", "西林镇"]),
    "population in words": (column("residents", ["1000", "许多"]), ["'residents'", "许多"]),
    "undeclared grade": (grades(["国道", "lane"]), ["grade", "lane"]),
    "empty layer": (empty("townships"), ["layer 'townships' of", "empty"]),
    "empty roads": (empty("roads"), ["layer 'roads' of", "empty"]),
    "null geometry": (unusable_row, ["townships", "row 2"]),
    "points for parks": (point_row, ["parks", "Point", "row 1"]),
    "lines for townships": (
        text('layer = "townships"', 'layer = "roads"'),
        ["'roads'"],
    ),
    "bad TOML": (text("year = 2023", "year = = 2023"), ["campaign.toml", "line 3, column 8"]),
    "unknown key": (
        text("population =", "populaton ="),
        ["layers.townships.populaton", "population", "residents"],
    ),
    "unknown section": (text("[conditions]", "[condition]"), ["condition ", "conditions"]),
    "unknown standard": (
        text('standard = "', 'standard = "un-'),
        ["campaign.toml", "standard", "un-"],
    ),
    "missing standard file": (
        lambda county: county.replace(county.text.splitlines()[3], 'standard = "own.toml"'),
        ["standard", "own.toml"],
    ),
    "wrong type": (text("year = 2023", 'year = "2023"'), ["year", "whole number", '"2023"']),
    "missing key": (text('legend = "worldcover"\n', ""), ["cover.legend", "missing"]),
    "missing section": (
        lambda county: county.replace(county.text[county.text.index("[layers.townships]") :], ""),
        ["layers", "missing"],
    ),
    "unknown condition": (text("precipitation_mm", "rain_mm"), ["conditions", "rain_mm"]),
    "remote raster": (
        text('"cover.tif"', '"https://example.org/cover.tif"'),
        ["cover.remote", "another machine", "https://example.org/cover.tif"],
    ),
    "cover type of another legend": (
        text('legend = "worldcover"', 'legend = "worldcover"\nforest = ["orchard"]'),
        ["cover.forest", "orchard", "worldcover"],
    ),
    "threshold in per cent": (
        lambda county: setattr(county, "text", county.text + "[roadside]\nthreshold = 30\n"),
        ["roadside.threshold", "between 0 and 1", "30"],
    ),
    "belt from a missing column": (
        lambda county: setattr(county, "text", county.text + '[roadside]\nbelt_m = "belt"\n'),
        ["'belt'"],
    ),
}


@pytest.mark.parametrize("case", CHANGES)
def test_assess_refuses(tmp_path, capsys, case):
    change, named = CHANGES[case]
    county = SmallCounty()
    change(county)

    sentence = refusal(capsys, "assess", county.write(tmp_path / "in"), "--out", tmp_path / "out")

    for word in named:
        assert word in sentence
    assert nothing_left(tmp_path, ["in"])


@pytest.mark.parametrize("case", ["unknown key", "empty layer", "code not in the legend"])
def test_older_results_stay(tmp_path, capsys, case):
    """An early, a middle and a late mistake."""
    county = SmallCounty()
    CHANGES[case][0](county)
    out = tmp_path / "out"
    out.mkdir()
    (out / "assessment.xlsx").write_text("last year's")

    refusal(capsys, "assess", county.write(tmp_path / "in"), "--out", out)

    assert nothing_left(tmp_path, ["in", "out"])
    assert nothing_left(out, ["assessment.xlsx"])
    assert (out / "assessment.xlsx").read_text() == "last year's"


CHECKED = sorted(set(CHANGES) - {"code not in the legend"})


@pytest.mark.parametrize("case", CHECKED)
def test_check_refuses_what_assess_refuses(tmp_path, capsys, case):
    change, named = CHANGES[case]
    county = SmallCounty()
    change(county)

    sentence = refusal(capsys, "check", county.write(tmp_path / "in"))

    for word in named:
        assert word in sentence


@pytest.mark.parametrize("command", ["assess", "check"])
@pytest.mark.parametrize(
    ("content", "named"),
    [
        (None, "does not exist"),
        ("folder", "is a folder"),
        (b'title = "\xb3\xc7"', "UTF-8"),
        (b"", "title"),
        (b"a = " + b"[" * 5000, "nests too deeply"),
        (b"#" * 1_000_001, "over 1 MB"),
    ],
    ids=["missing", "folder", "GBK", "empty", "deep", "long"],
)
def test_unreadable_campaign_files(tmp_path, capsys, command, content, named):
    campaign = tmp_path / "in" / "campaign.toml"
    campaign.parent.mkdir()
    if content == "folder":
        campaign.mkdir()
    elif content is not None:
        campaign.write_bytes(content)
    out = ["--out", tmp_path / "out"] if command == "assess" else []

    sentence = refusal(capsys, command, campaign, *out)

    assert named in sentence
    assert "campaign.toml" in sentence
    assert nothing_left(tmp_path, ["in"])


def truncate(path):
    path.write_bytes(path.read_bytes()[:-400])


def no_raster(path):
    path.write_text("not a raster")


def no_crs(path):
    write_raster(path, SmallCounty().codes, crs=None)


@pytest.mark.parametrize(
    ("damage", "word"),
    [(truncate, "damaged or incomplete"), (no_raster, "cannot be opened"), (no_crs, "reference")],
)
def test_damaged_rasters(tmp_path, capsys, damage, word):
    campaign = SmallCounty().write(tmp_path / "in")
    damage(tmp_path / "in" / "cover.tif")

    sentence = refusal(capsys, "assess", campaign, "--out", tmp_path / "out")

    assert "cover.tif" in sentence
    assert word in sentence
    assert nothing_left(tmp_path, ["in"])


def test_layer_without_reference_system(tmp_path, capsys):
    county = SmallCounty()
    county.replace('path = "county.gpkg"\nlayer = "townships"', 'path = "t.shp"')
    campaign = county.write(tmp_path / "in")
    townships().to_file(tmp_path / "in" / "t.shp", encoding="UTF-8")
    (tmp_path / "in" / "t.prj").unlink()

    sentence = refusal(capsys, "assess", campaign, "--out", tmp_path / "out")

    assert "t.shp has no coordinate reference system" in sentence
    assert nothing_left(tmp_path, ["in"])


def test_damaged_geopackage(tmp_path, capsys):
    campaign = SmallCounty().write(tmp_path / "in")
    path = tmp_path / "in" / "county.gpkg"
    path.write_bytes(path.read_bytes()[:30_000])

    sentence = refusal(capsys, "assess", campaign, "--out", tmp_path / "out")

    assert "county.gpkg" in sentence
    assert nothing_left(tmp_path, ["in"])


def test_results_never_replace_a_file(tmp_path, capsys):
    campaign = SmallCounty().write(tmp_path / "in")
    out = tmp_path / "out"
    out.write_text("notes")

    sentence = refusal(capsys, "assess", campaign, "--out", out)

    assert "is a file" in sentence
    assert out.read_text() == "notes"


ZONES = {
    "missing zones": ({"zones": "nowhere.gpkg"}, "nowhere.gpkg does not exist"),
    "missing raster": ({"raster": "nowhere.tif"}, "nowhere.tif does not exist"),
    "missing layer": ({"layer": "towns"}, "no layer 'towns'"),
    "several layers": ({"layer": None}, "choose one of townships, roads, parks"),
    "unknown legend": ({"legend": "worldcovr"}, "worldcovr"),
    "missing column": ({"id": "kode"}, "no column 'kode'"),
    "unknown suffix": ({"out": "areas.xls"}, "'.xls'"),
    "no suffix": ({"out": "areas"}, "areas"),
    "out is a folder": ({"out": "folder.csv"}, "folder.csv is a folder"),
    "out is an input": ({"out": "county.gpkg"}, "county.gpkg is also an input"),
    "remote": ({"zones": "https://example.org/a.gpkg"}, "on another machine"),
    "lines": ({"layer": "roads"}, "must hold polygons"),
}


@pytest.mark.parametrize("case", ZONES)
def test_areas_refuses(tmp_path, capsys, monkeypatch, case):
    SmallCounty().write(tmp_path)
    (tmp_path / "folder.csv").mkdir()
    monkeypatch.chdir(tmp_path)
    given = {
        "zones": "county.gpkg",
        "raster": "cover.tif",
        "legend": "worldcover",
        "layer": "townships",
        "id": "code",
        "out": "areas.csv",
    }
    changes, word = ZONES[case]
    given |= changes
    options = [f"--{key}={given[key]}" for key in ("legend", "layer", "id", "out") if given[key]]
    before = sorted(path.name for path in tmp_path.iterdir())

    sentence = refusal(capsys, "areas", given["zones"], given["raster"], *options)

    assert word in sentence
    assert nothing_left(tmp_path, before)


def test_areas_names_duplicates_and_unknown_codes(tmp_path, capsys):
    county = SmallCounty()
    county.townships["kind"] = "town"
    county.codes[:4, :5] = 77
    county.write(tmp_path)
    command = ["areas", tmp_path / "county.gpkg", tmp_path / "cover.tif", "--legend=worldcover"]
    command += ["--layer=townships", "--out", tmp_path / "areas.csv"]

    assert "the code town more than once in column 'kind'" in refusal(
        capsys, *command, "--id", "kind"
    )
    assert "77" in refusal(capsys, *command)
    assert not (tmp_path / "areas.csv").exists()


def test_raster_of_measurements_is_refused(tmp_path, capsys):
    county = SmallCounty()
    county.write(tmp_path)
    write_raster(tmp_path / "cover.tif", np.full((40, 40), GRASS + 0.5, dtype="float32"))
    command = ["areas", tmp_path / "county.gpkg", tmp_path / "cover.tif", "--legend=worldcover"]

    sentence = refusal(capsys, *command, "--layer=townships", "--out", tmp_path / "areas.csv")

    assert "no codes" in sentence
    assert "cover.tif" in sentence


@pytest.mark.parametrize("command", ["legends", "standards"])
def test_unknown_names_are_answered_with_the_known(capsys, command):
    assert "nothing-like-it" in refusal(capsys, command, "nothing-like-it")
