"""The process that is fuzzed: greencover with its branches counted, and one target."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import atheris

# Reports are read from nowhere, and a cluster is asked for by nobody here.
LEFT_OUT = (
    *("greencover.__main__", "greencover.cli", "greencover.report"),
    *("greencover.overlay._cluster", "greencover.sample"),
)

# Where large arrays are compared: what counts the branches keeps the outcome, array and all.
UNCOUNTED = (
    "greencover.rasters.overview",
    "greencover.campaign.shift",
    "greencover.overlay._readers",
)


def main() -> None:
    name, folder, where, *options = sys.argv[1:]
    target = _counted(f"fuzz.{name}")
    run = target.prepare(Path(folder))
    if Path(where).is_dir():
        for number, seed in enumerate(target.seeds()):
            (Path(where) / f"seed-{number:03}").write_bytes(seed)
    atheris.Setup([sys.argv[0], where, *options], run)
    atheris.Fuzz()


def _counted(name: str) -> ModuleType:
    """Import a target, and greencover so that the branches it takes are counted."""
    modules = {one: source for one, source in _modules() if not one.startswith(LEFT_OUT)}
    # What is compiled has no branches to count, and counting would change what is compiled.
    compiled = [
        one for one, source in modules.items() if "compiled import" in source or "numba" in source
    ]
    with atheris.instrument_imports(include=["greencover"], exclude=[*compiled, *UNCOUNTED]):
        for one in modules:
            importlib.import_module(one)
    return importlib.import_module(name)


def _modules() -> list[tuple[str, str]]:
    """Every module of the package with its source."""
    spec = importlib.util.find_spec("greencover")
    assert spec is not None
    assert spec.origin is not None
    root = Path(spec.origin).parent
    names = {
        ".".join(("greencover", *path.relative_to(root).with_suffix("").parts)): path
        for path in sorted(root.rglob("*.py"))
    }
    return [
        (name.removesuffix(".__init__"), path.read_text(encoding="utf-8"))
        for name, path in names.items()
    ]


if __name__ == "__main__":
    main()
