"""A Chinese font for the maps and the page, the same one on every machine."""

from __future__ import annotations

import base64
import io
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from greencover.ground.notes import tell

if TYPE_CHECKING:
    pass

# Drawn after the Chinese font fails: matplotlib brings it along.
FALLBACK = "DejaVu Sans"

SYSTEM_FAMILIES = (
    "Noto Sans SC",
    "Source Han Sans SC",
    "Noto Sans CJK SC",
    "Microsoft YaHei",
    "SimHei",
    "DengXian",
    "PingFang SC",
    "Hiragino Sans GB",
    "Heiti SC",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Arial Unicode MS",
    "SimSun",
)

# The mark that typesetters put where a character is missing.
GETA = "〓"


def packaged_font() -> Path | None:
    """Noto Sans SC as the package zhplot carries it, or None.

    The package is located and not imported: importing it changes matplotlib's settings.
    """
    spec = find_spec("zhplot")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        path = Path(folder) / "fonts" / "NotoSansSC-Regular.ttf"
        if path.is_file():
            return path
    return None


def system_font() -> Path | None:
    """The first Chinese font of a known name that is installed on this machine, or None."""
    from matplotlib.font_manager import fontManager

    found = {entry.name: Path(entry.fname) for entry in fontManager.ttflist}
    return next((found[name] for name in SYSTEM_FAMILIES if name in found), None)


@cache
def chinese_font() -> Path | None:
    """File of the Chinese font: the packaged one before any that the machine has."""
    path = packaged_font() or system_font()
    if path is None:
        tell("report.no_font", stacklevel=2)
    return path


@cache
def font_families() -> tuple[str, ...]:
    """Family names to draw with, the Chinese one first, made known to matplotlib."""
    from matplotlib.font_manager import fontManager, get_font

    path = chinese_font()
    if path is None:
        return (FALLBACK,)
    if not any(Path(entry.fname) == path for entry in fontManager.ttflist):
        fontManager.addfont(str(path))
        # Of two fonts of one name the first wins: the packaged one must not lose to an
        # older one on the machine.
        fontManager.ttflist.insert(0, fontManager.ttflist.pop())
    return (get_font(str(path)).family_name, FALLBACK)


def settings() -> Any:
    """matplotlib settings for ``rc_context``; nothing global is ever changed.

    Of any type: which settings there are is written into the types of each matplotlib.
    """
    return {
        "font.family": list(font_families()),
        "pdf.fonttype": 42,
        "ps.fonttype": 42,
        "svg.fonttype": "none",
        "svg.hashsalt": "greencover",
        "axes.unicode_minus": False,
        # A township called "$x" is a name and not a formula.
        "text.parse_math": False,
        "text.usetex": False,
    }


@cache
def _characters(path: Path) -> frozenset[int]:
    from matplotlib.ft2font import FT2Font

    return frozenset(FT2Font(str(path)).get_charmap())


@cache
def _fallback_path() -> Path:
    from matplotlib.font_manager import findfont

    return Path(findfont(FALLBACK))


def missing_glyphs(text: str, *, path: Path | None = None) -> str:
    """Characters of a text that a font cannot draw, each once, in order.

    Parameters
    ----------
    text
        Any text; line breaks are never counted as missing.
    path
        Font file; the Chinese font unless told.
    """
    path = path or chinese_font()
    known = _characters(path) if path else frozenset()
    return "".join(c for c in dict.fromkeys(text) if c != "\n" and ord(c) not in known)


def drawable(text: str) -> str:
    """The text with characters that no font at hand can draw replaced by a mark."""
    gone = set(missing_glyphs(missing_glyphs(text), path=_fallback_path()))
    mark = GETA if not missing_glyphs(GETA) else "?"
    return "".join(mark if c in gone else c for c in text)


def web_font(text: str) -> str:
    """The Chinese font cut down to the characters of a text, as a ``data:`` address.

    A browser on a machine without a Chinese font then shows the page as it is meant. The result
    is empty when there is no Chinese font to cut.
    """
    from fontTools import subset  # type: ignore[import-untyped]
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

    path = chinese_font()
    if path is None or path.suffix.lower() != ".ttf":
        return ""
    options = subset.Options(
        flavor="woff", layout_features=[], hinting=False, notdef_outline=True, name_IDs=[1, 2, 13]
    )
    cutter = subset.Subsetter(options)
    cutter.populate(text="".join(sorted(set(text))))
    with TTFont(path, lazy=True, recalcTimestamp=False) as font:
        cutter.subset(font)
        font.flavor = "woff"
        buffer = io.BytesIO()
        font.save(buffer)
    return "data:font/woff;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")
