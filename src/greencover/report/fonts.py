"""The Chinese font of maps and pages, for drawings beside them; it stands in ``ground.fonts``."""

from greencover.ground.fonts import (
    chinese_font,
    drawable,
    font_families,
    missing_glyphs,
    packaged_font,
    settings,
    web_font,
)

__all__ = [
    "chinese_font",
    "drawable",
    "font_families",
    "missing_glyphs",
    "packaged_font",
    "settings",
    "web_font",
]
