"""Write constraints that hold every declared dependency to the lowest version it is declared with.

What those need in turn is left to the installer. ``make test-lowest`` installs with them::

    python scripts/lowest.py --out lowest.txt
    pip install -c lowest.txt '.[test]'
"""

from __future__ import annotations

import argparse
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PYPROJECT = Path(__file__).resolve().parents[1] / "pyproject.toml"
LOWEST = re.compile(r"(?P<name>[\w.-]+)>=(?P<version>[\w.]+)(?P<marker>\s*;.*)?")


def requirements(project: dict[str, Any], extra: str) -> Iterator[str]:
    """What the package and one of its extras ask for, with the extras that this one takes in."""
    yield from project["dependencies"]
    for one in project["optional-dependencies"][extra]:
        if one.startswith(own := f"{project['name']}["):
            for more in one.removeprefix(own).removesuffix("]").split(","):
                yield from requirements(project, more)
        else:
            yield one


def pinned(requirement: str) -> str:
    parts = LOWEST.fullmatch(requirement)
    if parts is None:
        raise SystemExit(f"{requirement!r} has no lowest version: write it as name>=version")
    return f"{parts['name']}=={parts['version']}{parts['marker'] or ''}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    out = parser.parse_args().out
    declared = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"]
    lowest = sorted({pinned(one) for one in requirements(declared, "test")})
    out.write_text("\n".join(lowest) + "\n", encoding="utf-8")
