"""Hold the shape of the house: no import circle, and imports only from floors below.

The floors are ``[tool.house]`` in pyproject.toml. Imports count wherever they stand: at the top of
a file, inside a function, or for types only. Run ``python scripts/check_house.py``.
"""

from __future__ import annotations

import ast
import sys
import tomllib
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).parent.parent
PACKAGE = "greencover"
# Files that may lie outside every room.
AT_THE_DOOR = {"__init__", "__main__"}


def modules(source: Path) -> dict[str, Path]:
    """Files of the package by module name."""
    found = {}
    for path in sorted((source / PACKAGE).rglob("*.py")):
        parts = path.relative_to(source).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports(path: Path, known: dict[str, Path]) -> Iterator[tuple[str, int]]:
    """Modules of the package that a file imports, with the line."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                name = whole if whole in known else node.module
                if name in known:
                    yield name, node.lineno
        elif isinstance(node, ast.Import):
            yield from ((a.name, node.lineno) for a in node.names if a.name in known)


def room_of(module: str, rooms: dict[str, int]) -> str | None:
    """The room that a module lies in; None at the door of the house."""
    name = module.removeprefix(PACKAGE).removeprefix(".")
    while name and name not in rooms:
        name = name.rpartition(".")[0]
    return name or None


def faults(source: Path, floors: list[list[str]], most_rooms: int) -> Iterator[str]:
    """Every arrow that leads up or sideways, every circle, every file without a room."""
    rooms = {room: floor for floor, names in enumerate(floors) for room in names}
    known = modules(source)
    arrows: dict[str, set[str]] = {module: set() for module in known}
    for module, path in known.items():
        here = room_of(module, rooms)
        if here is None:
            if module.count(".") and path.stem not in AT_THE_DOOR:
                yield f"{path}: lies in no room; name its room in [tool.house]"
            continue
        for name, line in imports(path, known):
            arrows[module].add(name)
            there = room_of(name, rooms)
            if there is None and name != PACKAGE:
                continue
            if there is None or (there != here and rooms[there] >= rooms[here]):
                yield f"{path}:{line}: {here} imports {name}, which is not on a floor below"
    for module in arrows:
        arrows[module].discard(module)
    try:
        TopologicalSorter(arrows).prepare()
    except CycleError as circle:
        yield f"import circle: {' <- '.join(circle.args[1])}"
    if len(rooms) > most_rooms:
        yield f"{len(rooms)} rooms; at most {most_rooms}"


def main() -> int:
    """Print the faults; 1 when there are any."""
    house = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["house"]
    found = list(faults(ROOT / "src", house["floors"], house["most_rooms"]))
    for fault in found:
        print(fault)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
