"""Finds the program greencover and runs it apart from QGIS: none of its libraries meets ours.

Nothing here needs QGIS, so that it can be tried without.
"""

from __future__ import annotations

import os
import queue
import shutil
import subprocess
import sys
import threading
from pathlib import Path

#: Setting of Processing, and variable of the environment, that name the program.
SETTING = "GREENCOVER_PROGRAM"
#: What QGIS sets for its own Python, GDAL, PROJ and Qt; another Python stumbles over each.
OF_QGIS = ("PYTHON", "GDAL_", "OGR_", "PROJ_", "QT_", "QGIS_", "OSGEO4W_", "GISBASE", "GRASS_")
#: Folders of libraries that the system's loader looks through before the program's own.
OF_THE_LOADER = ("LD_LIBRARY_PATH", "LD_PRELOAD", "DYLD_")
#: How long a program that is asked to end may clean up.
CLEANING_S = 20.0
_LOOK_AGAIN_S = 0.2
_ENDED_BY_US = "ended"
# What the program's sentence begins with where it cannot do its work.
_FAILING = "greencover:"


class ProgramError(Exception):
    """The program is missing, or said why it could not do its work."""


def surroundings(environment, lang):
    """Return an environment without what belongs to QGIS, and with the language of messages.

    On Windows the folders of QGIS leave the path too: the loader looks there for libraries.
    """
    home = environment.get("OSGEO4W_ROOT", "")
    kept = {
        name: value
        for name, value in environment.items()
        if not name.upper().startswith(OF_QGIS + OF_THE_LOADER)
    }
    apart = [
        folder
        for folder in environment.get("PATH", "").split(os.pathsep)
        if folder and not _within(folder, home)
    ]
    return {
        **kept,
        "PATH": os.pathsep.join(apart),
        "PYTHONUTF8": "1",
        "PYTHONUNBUFFERED": "1",
        "GREENCOVER_LANG": lang,
    }


def command_of(setting, environment):
    """Return the words that start the program: as set, as the environment says, or from the path.

    What is named may be the program, a Python that has it, or the folder of such a Python. None
    where there is no such file.
    """
    named = setting or environment.get(SETTING, "")
    if not named:
        found = shutil.which("greencover", path=environment.get("PATH"))
        return None if found is None else [found]
    place = Path(named.strip().strip('"'))
    if place.is_dir():
        inside = [place / "bin", place / "Scripts", place]
        found = [one / name for one in inside for name in ("greencover", "greencover.exe")]
        place = next((one for one in found if one.is_file()), place)
    if not place.is_file():
        return None
    if place.stem.lower().startswith(("python", "pypy")):
        return [str(place), "-m", "greencover"]
    return [str(place)]


def run(command, environment, *, heard, cancelled):
    """Run the program to its end; ``heard`` takes each line that it prints, but its last sentence.

    Raises ``ProgramError`` with the program's own sentence, or with "ended" where ``cancelled``
    came true.
    """
    # Without this Windows opens a black window for a moment.
    hidden = {"creationflags": subprocess.CREATE_NO_WINDOW} if sys.platform == "win32" else {}
    with subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        **hidden,
    ) as process:
        lines = queue.Queue()
        reader = threading.Thread(target=_read, args=(process.stdout, lines), daemon=True)
        reader.start()
        said = []
        while True:
            try:
                line = lines.get(timeout=_LOOK_AGAIN_S)
            except queue.Empty:
                line = ""
            if line is None:
                break
            if line.strip():
                said.append(line.rstrip())
                if not said[-1].startswith(_FAILING):
                    heard(said[-1])
            if cancelled():
                _end(process)
                raise ProgramError(_ENDED_BY_US)
        code = process.wait()
    if code:
        raise ProgramError(_sentence(said, code))


def _read(stream, lines):
    for line in stream:
        lines.put(line)
    lines.put(None)


def _end(process):
    process.terminate()
    try:
        process.wait(CLEANING_S)
    except subprocess.TimeoutExpired:
        process.kill()


def _sentence(said, code):
    """What the program said last of itself; everything it said where that was not in its way."""
    last = [line for line in said if line.startswith(_FAILING)]
    return last[-1].partition(":")[2].strip() if last else "\n".join(said) or f"exit code {code}"


def _within(folder, home):
    if not home:
        return False
    inner, outer = (os.path.normcase(os.path.abspath(one)) for one in (folder, home))  # noqa: PTH100
    return inner == outer or inner.startswith(outer.rstrip(os.sep) + os.sep)
