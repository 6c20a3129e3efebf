"""Hold the shape of the house: no import circle, and imports only from floors below.

The floors are ``[tool.house]`` in pyproject.toml. Imports count wherever they stand: at the top of
a file, inside a function, or for types only. Every room has its tests in a folder of the same name,
and the table in docs/architecture.md is that of the floors, each room in its docstring's words.
Run ``python scripts/check_house.py``; with ``--write`` it writes the table.
"""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).parent.parent
PACKAGE = "greencover"
# Files that may lie outside every room.
AT_THE_DOOR = {"__init__", "__main__"}
PAGE = ROOT / "docs" / "architecture.md"
TABLE = re.compile(r"(?<=<!-- floors -->\n).*(?=<!-- end of floors -->)", re.DOTALL)


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


def stray_tests(tests: Path, floors: list[list[str]]) -> Iterator[str]:
    """Test files outside the folders of rooms, and of the whole program."""
    folders = {room for names in floors for room in names} | {"whole"}
    for path in sorted(tests.rglob("test_*.py")):
        if path.parent.relative_to(tests).as_posix().replace("/", ".") not in folders:
            yield f"{path}: move it into the folder of the room that it tests"


def table(source: Path, floors: list[list[str]]) -> str:
    """Rooms from the roof to the ground, with the first sentence of each one's docstring."""
    rows = ["| floor | room | what it holds |", "|---|---|---|"]
    for floor, names in reversed(list(enumerate(floors))):
        for room in names:
            page = source / PACKAGE / room.replace(".", "/") / "__init__.py"
            said = ast.get_docstring(ast.parse(page.read_text(encoding="utf-8"))) or ""
            first = " ".join(said.split("\n\n")[0].split())
            rows.append(f"| {floor} | `{room}` | {first} |")
    return "\n".join(rows) + "\n"


def main() -> int:
    """Print the faults; 1 when there are any."""
    house = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["house"]
    floors = house["floors"]
    found = list(faults(ROOT / "src", floors, house["most_rooms"]))
    found += stray_tests(ROOT / "tests", floors)
    said = PAGE.read_text(encoding="utf-8")
    drawn = TABLE.sub(lambda _: table(ROOT / "src", floors), said)
    if "--write" in sys.argv[1:]:
        PAGE.write_text(drawn, encoding="utf-8")
    elif drawn != said:
        found.append(f"{PAGE}: not the floors of today: run scripts/check_house.py --write")
    for fault in found:
        print(fault)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
