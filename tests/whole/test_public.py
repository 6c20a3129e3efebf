"""The public face: names, and an import that stays light and silent."""

from __future__ import annotations

import subprocess
import sys

import greencover as gc


def run_python(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_every_public_name_exists():
    for name in gc.__all__:
        assert getattr(gc, name) is not None


def test_import_loads_nothing_heavy_and_opens_no_socket():
    code = """
import socket, sys
def refuse(*a, **k): raise AssertionError("a socket was opened")
socket.socket = refuse
import greencover
heavy = {"numba", "matplotlib.pyplot", "bokeh", "rasterio", "geopandas", "dask"} & set(sys.modules)
print(sorted(heavy))
"""
    assert run_python(code) == "[]"


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
