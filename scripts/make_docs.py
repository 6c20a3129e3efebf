"""Build the site of the documentation: guides, keys, reference from docstrings, gallery, notebooks.

    python scripts/make_docs.py --out build/docs

Pages are gathered in OUT/pages, the site is OUT/html, and a warning of Sphinx ends it. Needs the
extra ``docs``.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from importlib import import_module
from inspect import isclass, isfunction
from pathlib import Path

import greencover as gc

HOME = Path(__file__).resolve().parents[1]
GUIDES = (
    *("inputs", "corridors", "indicators", "accuracy", "reports", "engine", "scaling-out"),
    *("benchmarks", "hostile-inputs", "windows", "campaign-keys", "architecture"),
)
#: Rooms with public names, from what is asked for every day to what others are made of.
ROOMS = (
    *("greencover.corridor", "greencover.indicators", "greencover.people", "greencover.accuracy"),
    *("greencover.cover", "greencover.overlay", "greencover.standards", "greencover.results"),
    *("greencover.report", "greencover.layers", "greencover.rasters"),
)
# Links out of the guides that lead into the repository and not to a page.
_ELSEWHERE = re.compile(r"\[([^\]]+)\]\(\.\./(?![a-z-]+\.md)[\w./-]+\)")


def gather(pages: Path) -> None:
    """Bring every page of the site into one folder."""
    shutil.rmtree(pages, ignore_errors=True)
    shutil.copytree(HOME / "docs", pages, ignore=shutil.ignore_patterns("site"))
    shutil.copytree(HOME / "docs" / "site", pages, dirs_exist_ok=True)
    shutil.copytree(HOME / "notebooks", pages / "notebooks")
    shutil.copytree(HOME / "data" / "sample", pages / "data" / "sample")
    for path in pages.rglob("*.md"):
        text = path.read_text("utf-8")
        path.write_text(_ELSEWHERE.sub(r"\1", text), "utf-8")
    for path in (pages / "notebooks").glob("*.ipynb"):
        path.write_text(path.read_text("utf-8").replace("../docs/", "../"), "utf-8")
    notebooks = [f"notebooks/{one.stem}" for one in sorted((HOME / "notebooks").glob("*.ipynb"))]
    chinese = [f"zh/{one.stem}" for one in sorted((HOME / "docs" / "zh").glob("*.md"))]
    with (pages / "index.md").open("a", encoding="utf-8") as index:
        index.write(tree("开始 · Start", ["zh/start", "start", "gallery"]))
        index.write(tree("中文指南", [one for one in chinese if one != "zh/start"]))
        index.write(tree("Guides", GUIDES))
        index.write(tree("教程 · Notebooks", notebooks))
        index.write(tree("函数 · Reference", ["reference/index"]))


def tree(caption: str, pages: Iterable[str]) -> str:
    """A part of the table of contents; nothing without pages."""
    listed = "\n".join(pages)
    return f"\n```{{toctree}}\n:caption: {caption}\n:hidden:\n\n{listed}\n```\n" if listed else ""


def reference(folder: Path) -> None:
    """A page for the names of every day, and one for each room, from the rooms' own lists."""
    folder.mkdir()
    modules = ["greencover", *ROOMS]
    for name in modules:
        room = import_module(name)
        first = (room.__doc__ or name).strip().splitlines()[0]
        names = [one for one in room.__all__ if not hasattr(getattr(room, one), "__path__")]
        own = [
            one for one in names if isclass(getattr(room, one)) or isfunction(getattr(room, one))
        ]
        # What every day's page describes is not described twice.
        own = [
            one
            for one in own
            if name == "greencover" or getattr(gc, one, None) is not getattr(room, one)
        ]
        listed = "\n   ".join(own)
        (folder / f"{name}.rst").write_text(
            f"{name}\n{'=' * len(name)}\n\n{first}\n\n.. currentmodule:: {name}\n\n"
            f".. autosummary::\n   :toctree: names\n   :nosignatures:\n\n   {listed}\n",
            "utf-8",
        )
    listed = "\n   ".join(modules)
    (folder / "index.rst").write_text(
        f"函数 · Reference\n================\n\n.. toctree::\n   :maxdepth: 1\n\n   {listed}\n",
        "utf-8",
    )


def gallery(pages: Path) -> None:
    """Every map of the sample county, in Chinese and in English."""
    from greencover.report.maps.registry import maps
    from greencover.report.style import MapStyle

    assessment = gc.assess(HOME / "data" / "sample" / "campaign.toml")
    pictures = pages / "pictures"
    pictures.mkdir()
    lines = [
        "# 图集 · Gallery",
        "",
        "示例县（模拟数据）。Maps of the sample county, which is simulated.",
        "",
    ]
    for name, one in maps().items():
        if one.written == "never" or one.pages or not one.fits(assessment):
            continue
        lines += [f"## {one.title.said('zh')} · {one.title.said('en')}", ""]
        for lang in ("zh", "en"):
            path = pictures / f"{name}-{lang}.png"
            gc.maps.save(one.draw(assessment, style=MapStyle(lang=lang)), path, dpi=100)
            lines += [f"![{name}, {lang}](pictures/{path.name})", ""]
    (pages / "gallery.md").write_text("\n".join(lines), "utf-8")


def main() -> int:
    """Gather the pages and build the site."""
    parser = argparse.ArgumentParser(description="Build the site of the documentation.")
    parser.add_argument("--out", type=Path, default=HOME / "build" / "docs")
    out = parser.parse_args().out.absolute()
    pages = out / "pages"
    gather(pages)
    reference(pages / "reference")
    gallery(pages)
    command = [
        "-m",
        "sphinx",
        "-W",
        "--keep-going",
        "-q",
        "-b",
        "html",
        str(pages),
        str(out / "html"),
    ]
    done = subprocess.run([sys.executable, *command], check=False).returncode
    print(out / "html" / "index.html")
    return done


if __name__ == "__main__":
    raise SystemExit(main())
