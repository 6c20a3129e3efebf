"""The public face: names in rooms, examples, and an import that stays light and silent."""

from __future__ import annotations

import ast
import inspect
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

import greencover as gc

ROOT = Path(__file__).parents[2]
ROOMS = ("accuracy", "campaign", "corridor", "cover", "indicators", "overlay", "people")
ROOMS += (
    "report",
    "report.gis",
    "report.maps",
    "report.office",
    "report.page",
    "results",
    "standards",
    "verdicts",
)
#: Names that stood at the top before there were rooms; scripts of others rest on them.
OLD = """
Assessment Campaign Definition GreencoverError GreencoverWarning LandCover Legend RoadsideGreening
WatersideGreening adjust_to_statutory adjusted_change adjusted_shares assess belts_needed
built_up_green_coverage canopy_cover canopy_near car_park_canopy carriageway_offset class_areas
compare completion_rate confusion_from_points cover_change definition definitions error_adjusted
forest_coverage forest_needed forest_share_of_land green_cover_per_capita green_coverage
green_space_per_capita ground_area_ha join_population merged open_public_space pace park_distance
park_needed park_service_coverage plantable_land planted_status planting_list
population_from_raster residents_served roadside_greening roadside_greening_in_groups
roadside_sensitivity sample_size service_radius share_out_population shelterbelt_control
stratified_accuracy street_canopy_cover transition_matrix transitions tree_cover_rate
village_greening water_source_forest waterside_greening zonal_sums
"""


def run_python(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def room(name: str) -> ModuleType:
    return import_module(f"greencover.{name}")


def test_every_public_name_exists():
    for name in (*gc.__all__, *dir(gc), *OLD.split()):
        assert getattr(gc, name) is not None
    assert set(gc.__all__) <= set(dir(gc))


@pytest.mark.parametrize("name", ROOMS)
def test_every_public_name_of_a_room_exists(name):
    for one in room(name).__all__:
        assert getattr(room(name), one) is not None


def test_an_absent_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="nothing"):
        _ = gc.nothing


def test_import_loads_a_handful_of_modules_and_opens_no_socket():
    code = """
import socket, sys
def refuse(*a, **k): raise AssertionError("a socket was opened")
socket.socket = refuse
import ast, importlib, os, types
before = set(sys.modules)
import greencover
new = {name.partition(".")[0] for name in set(sys.modules) - before}
print(sorted(new - sys.stdlib_module_names), len(new))
"""
    names, _, count = run_python(code).rpartition(" ")
    assert names == "['greencover', 'lazy_loader']"
    assert int(count) < 10


def test_a_room_is_there_without_being_imported_first():
    code = """
import sys
import greencover as gc
print(gc.accuracy.sample_size([1.0], [0.5], standard_error=0.1), "numba" in sys.modules)
"""
    assert run_python(code) == "25 False"


def test_using_the_library_never_loads_pyplot():
    code = """
import sys
import greencover as gc
gc.assess, gc.class_areas, gc.roadside_greening, gc.LandCover
from greencover import report
print("matplotlib.pyplot" in sys.modules)
"""
    assert run_python(code) == "False"


def test_version_is_that_of_the_package():
    from importlib.metadata import version

    assert gc.__version__ == version("greencover")


def pages() -> Iterator[tuple[str, str]]:
    """Name and Python code of every page of the documentation and every notebook."""
    for path in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))):
        for block in re.findall(r"```python\n(.*?)```", path.read_text("utf-8"), re.DOTALL):
            yield path.name, block
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        for cell in json.loads(path.read_text("utf-8"))["cells"]:
            if cell["cell_type"] == "code":
                lines = "".join(cell["source"]).splitlines()
                yield path.name, "\n".join(one for one in lines if one[:1] not in "%!")


def asked_for(code: str) -> Iterator[str]:
    """Dotted names of the package that a piece of code uses."""
    if ">>>" in code:
        prompts = [line[4:] for line in code.splitlines() if line.startswith((">>> ", "... "))]
        code = "\n".join(prompts)
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("greencover"):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        if isinstance(node, ast.Attribute):
            named = ast.unparse(node)
            if re.fullmatch(r"gc(\.\w+)+", named):
                yield f"greencover{named[2:]}"


@pytest.mark.parametrize(("page", "code"), [pytest.param(*one, id=one[0]) for one in pages()])
def test_what_the_documentation_uses_is_public(page, code):
    for name in asked_for(code):
        *modules, last = name.split(".")
        assert not any(part.startswith("_") for part in modules), (page, name)
        home = gc
        for part in modules[1:]:
            listed = getattr(home, "__all__", ())
            if inspect.ismodule(home):
                assert part in (*listed, *dir(gc)), (page, name)
            home = getattr(home, part)
        if inspect.ismodule(home):
            assert last in (dir(gc) if home is gc else home.__all__), (page, name)
        else:
            assert hasattr(home, last), (page, name)


def without_example() -> Iterator[str]:
    for name in ROOMS:
        for one in room(name).__all__:
            thing = getattr(room(name), one)
            if inspect.isfunction(thing) and ">>>" not in (inspect.getdoc(thing) or ""):
                yield f"{name}.{one}"


def test_every_public_function_has_an_example():
    assert list(without_example()) == []
