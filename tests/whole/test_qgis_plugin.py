"""The plugin for QGIS: its own parts without QGIS, and all of it where QGIS is installed."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import geopandas as gpd
import pytest

import greencover as gc
from patience import PATIENCE_S

ROOT = Path(__file__).parents[2]
PLUGIN = ROOT / "qgis" / "greencover_qgis"
SAMPLE = ROOT / "data" / "sample"
PROCESS = shutil.which("qgis_process.bin") or shutil.which("qgis_process")


def part(name: str, place: Path = PLUGIN):
    """A module of the plugin that needs no QGIS."""
    spec = importlib.util.spec_from_file_location(f"of_qgis_{name}", place / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


program, results = part("program"), part("results")


def test_nothing_of_qgis_reaches_the_program():
    inside, outside = str(Path("/qgis/bin")), str(Path("/usr/bin"))
    given = {
        "PATH": os.pathsep.join([inside, outside]),
        "OSGEO4W_ROOT": str(Path("/qgis")),
        "HOME": "/home/her",
        **dict.fromkeys(("PYTHONHOME", "GDAL_DATA", "PROJ_LIB", "LD_LIBRARY_PATH"), "x"),
    }

    kept = program.surroundings(given, "zh")

    assert kept["PATH"] == outside
    assert kept["HOME"] == "/home/her"
    assert kept["GREENCOVER_LANG"] == "zh"
    assert not {"PYTHONHOME", "GDAL_DATA", "PROJ_LIB", "LD_LIBRARY_PATH"} & set(kept)


def test_a_folder_of_the_same_letters_is_not_inside_that_of_qgis():
    near = str(Path("/qgis-other/bin"))
    kept = program.surroundings({"PATH": near, "OSGEO4W_ROOT": str(Path("/qgis"))}, "en")
    assert kept["PATH"] == near


@pytest.mark.parametrize("folder", ["bin", "Scripts", "."])
def test_the_program_is_found_in_the_environment_that_is_named(tmp_path, folder):
    place = tmp_path / folder / "greencover"
    place.parent.mkdir(exist_ok=True)
    place.touch()
    assert [Path(one) for one in program.command_of(f'"{tmp_path}"', {})] == [place]
    assert program.command_of("", {program.SETTING: str(place)}) == [str(place)]


def test_a_python_that_has_it_is_taken_and_nothing_else():
    assert program.command_of(sys.executable, {}) == [sys.executable, "-m", "greencover"]
    assert program.command_of("/nowhere/greencover", {}) is None
    assert program.command_of("", {"PATH": "/nowhere"}) is None


def test_the_sentence_of_the_program_is_what_is_raised():
    heard = []
    surroundings = program.surroundings(os.environ, "zh")
    command = [*program.command_of(sys.executable, {}), "legends", "没有"]

    with pytest.raises(program.ProgramError) as raised:
        program.run(command, surroundings, heard=heard.append, cancelled=lambda: False)

    assert "没有" in str(raised.value)
    assert "greencover:" not in str(raised.value)
    assert heard == []


def test_a_program_that_is_cancelled_ends():
    endless = [sys.executable, "-u", "-c", "import time\nwhile True: print('x'); time.sleep(0.1)"]
    heard = []
    with pytest.raises(program.ProgramError, match="ended"):
        program.run(endless, dict(os.environ), heard=heard.append, cancelled=lambda: bool(heard))


def test_layers_with_geometry_are_opened_and_tables_are_not(tmp_path):
    shapes = gpd.read_file(SAMPLE / "county.gpkg", layer="townships")
    shapes.to_file(tmp_path / "a #1.gpkg", layer="乡镇")
    shapes.drop(columns="geometry").to_csv(tmp_path / "a.csv")
    assert results.feature_layers(tmp_path / "a #1.gpkg") == ["乡镇"]


def test_every_word_is_there_in_both_languages_and_used():
    words = json.loads((PLUGIN / "words.json").read_text(encoding="utf-8"))
    text = "\n".join(file.read_text(encoding="utf-8") for file in PLUGIN.glob("*.py"))
    asked = set(re.findall(r'said\("([a-z_]+)"', text))
    names = set(re.findall(r'return "([a-z]+_[a-z]+)"', text))
    asked |= names | {f"{name}_help" for name in names}
    asked |= {f"language_{one}" for one in ("both", "zh", "en")}
    assert asked == set(words)
    assert all(set(said) == {"en", "zh"} and all(said.values()) for said in words.values())
    places = [
        [set(re.findall(r"{(\w+)}", one)) for one in said.values()] for said in words.values()
    ]
    assert all(zh == en for en, zh in places)


def test_the_zip_holds_the_plugin_and_nothing_else(tmp_path):
    zipped = part("qgis_plugin", ROOT / "scripts").zipped
    first, second = zipped(tmp_path / "a.zip"), zipped(tmp_path / "b.zip")
    assert first.read_bytes() == second.read_bytes()
    with zipfile.ZipFile(first) as package:
        names = set(package.namelist())
        about = package.read("greencover_qgis/metadata.txt").decode("utf-8")
    assert {Path(name).parts[0] for name in names} == {"greencover_qgis"}
    assert {"greencover_qgis/__init__.py", "greencover_qgis/LICENSE"} <= names
    assert f"version={gc.__version__}\n" in about


@pytest.fixture(scope="module")
def qgis(tmp_path_factory):
    """Runs an algorithm by QGIS without a window; returns its exit code and all that it said."""
    if PROCESS is None:
        pytest.skip("QGIS is not installed here")
    home = tmp_path_factory.mktemp("home")
    words = {"HOME": str(home), "XDG_RUNTIME_DIR": str(home), "QT_QPA_PLATFORM": "offscreen"}
    words |= {"QGIS_PLUGINPATH": str(PLUGIN.parent), "GREENCOVER_PROGRAM": sys.executable}
    # A Python of ours on the path would be taken for that of QGIS.
    near = str(Path(PROCESS).parent)
    surroundings = {"PATH": near, "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}

    def run(*given: str) -> tuple[int, str]:
        done = subprocess.run(
            [PROCESS, *given],
            env=surroundings | words,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            timeout=PATIENCE_S,
            check=False,
        )
        return done.returncode, done.stdout

    code, said = run("plugins", "enable", "greencover_qgis")
    if code:
        pytest.skip(f"this QGIS takes no plugins: {said[-200:]}")
    return run


def test_class_areas_in_qgis_are_those_of_the_library(qgis, tmp_path):
    zones, cover = f"{SAMPLE / 'county.gpkg'}|layername=townships", SAMPLE / "cover_2023.tif"
    out = tmp_path / "areas.gpkg"
    given = [f"ZONES={zones}", f"COVER={cover}", "LEGEND=worldcover", f"OUT={out}"]

    code, said = qgis("run", "greencover:class_areas", "--", *given)

    assert code == 0, said
    townships = gc.read_layer(SAMPLE / "county.gpkg", "townships")
    alone = gc.class_areas(townships, gc.LandCover.open(cover, legend="worldcover"))
    found = gpd.read_file(out)[list(alone.columns)].to_numpy()
    assert found == pytest.approx(alone.to_numpy(), rel=1e-12)
    code, said = qgis("run", "greencover:open_results", "--", f"FOLDER={tmp_path}")
    assert code == 0, said
    assert "LAYERS:\t1" in said


def test_qgis_says_the_sentence_of_the_program(qgis, tmp_path):
    roads, cover = f"{SAMPLE / 'county.gpkg'}|layername=roads", SAMPLE / "cover_2023.tif"
    given = [f"ROADS={roads}", f"COVER={cover}", "LEGEND=none-such", f"OUT={tmp_path / 'out'}"]
    code, said = qgis("run", "greencover:roadside_greening", "--", *given)
    assert code != 0
    assert "none-such" in said
    assert not (tmp_path / "out" / "gaps.gpkg").exists()
