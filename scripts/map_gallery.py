"""Draw every map of a campaign, in colour and as grey print, and lay them out on sheets to look at.

    python scripts/map_gallery.py [campaign.toml] --out gallery --lang zh en

writes a PNG for each map and language, ``sheet-<language>.png`` and ``sheet-<language>-grey.png``.
``--image`` draws the picture that the README shows.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PIL import Image

import greencover as gc
from greencover.report.maps.pictures import save
from greencover.report.maps.registry import maps
from greencover.report.style import MapStyle

HOME = Path(__file__).resolve().parents[1]
SAMPLE = HOME / "data" / "sample" / "campaign.toml"
README_MAP = HOME / "docs" / "images" / "roadside-greening.png"
# Pixels of one map on a sheet.
CELL = (1170, 830)


def drawn(assessment: gc.Assessment, lang: str, *, atlas: int) -> Iterator[tuple[str, Any]]:
    """Name and axes of each map that the assessment has data for; the first pages of an atlas."""
    for name, one in maps().items():
        if one.written == "never" or not one.fits(assessment):
            continue
        pages = list(one.pages(assessment))[:atlas] if one.pages else [{}]
        for number, options in enumerate(pages, 1):
            title = name if len(pages) == 1 else f"{name}-{number}"
            yield title, one.draw(assessment, style=MapStyle(lang=lang), **options)


def sheet(pictures: list[Path], *, grey: bool) -> Image.Image:
    """Pictures side by side, three a row."""
    rows = math.ceil(len(pictures) / 3)
    whole = Image.new("RGB", (3 * CELL[0], rows * CELL[1]), "white")
    for number, path in enumerate(pictures):
        with Image.open(path) as opened:
            picture = opened.convert("L" if grey else "RGB").convert("RGB")
        picture.thumbnail(CELL)
        whole.paste(picture, (number % 3 * CELL[0], number // 3 * CELL[1]))
    return whole


def gallery(assessment: gc.Assessment, out: Path, lang: str, *, atlas: int, dpi: int) -> None:
    """Write the maps of one language and their two sheets."""
    pictures = [
        save(ax, out / f"{name}-{lang}.png", dpi=dpi)
        for name, ax in drawn(assessment, lang, atlas=atlas)
    ]
    sheet(pictures, grey=False).save(out / f"sheet-{lang}.png")
    sheet(pictures, grey=True).save(out / f"sheet-{lang}-grey.png")
    print(f"{lang}: {len(pictures)} maps in {out}")


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Lay out every map of a campaign on sheets.")
    parser.add_argument("campaign", type=Path, nargs="?", default=SAMPLE)
    parser.add_argument("--out", type=Path, default=Path("gallery"), help="folder to write to")
    parser.add_argument("--lang", nargs="+", default=["zh", "en"], help="zh, en, both")
    parser.add_argument("--atlas", type=int, default=3, help="pages of the atlas to draw")
    parser.add_argument("--dpi", type=int, default=100)
    parser.add_argument("--image", action="store_true", help="draw the README's picture alone")
    options = parser.parse_args()
    assessment = gc.assess(options.campaign)
    if options.image:
        save(maps()["roadside-greening"].draw(assessment), README_MAP, dpi=options.dpi)
        return
    options.out.mkdir(parents=True, exist_ok=True)
    for lang in options.lang:
        gallery(assessment, options.out, lang, atlas=options.atlas, dpi=options.dpi)


if __name__ == "__main__":
    main()
