"""The longest gaps of a county as a small table beside a map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from greencover.ground import fonts
from greencover.report import palette
from greencover.report.labels import Lang, alone, label
from greencover.report.maps.labels import fit

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from greencover.verdicts import Assessment

# Inches of a row, and how much of a row's width lies between two columns.
_ROW_IN, _BETWEEN = 0.2, 0.03
_LEAST_ROWS, _MOST_ROWS = 5, 25


def list_longest(ax: Axes, assessment: Assessment, lang: Lang) -> None:
    """As many gaps as have room, the longest first: road, chainage, side and length."""
    box = ax.get_window_extent()
    room = int(box.height / ax.figure.dpi / _ROW_IN)
    count = min(max(room, _LEAST_ROWS), _MOST_ROWS)
    gaps = assessment.gaps.sort_values("length_m", ascending=False, kind="stable").head(count)
    heading = label("longest_gaps", "words", lang=lang)
    ax.set_title(heading, size=8.5, color=palette.INK, loc="left", pad=5)
    ax.axis("off")
    ax.set(xlim=(0, 1), ylim=(max(room, len(gaps)) - 0.5, -0.5))
    rows = list(gaps.itertuples(index=False))
    right = 1.0
    for texts in (
        [f"{gap.length_m:,.0f} m" for gap in rows],
        [label(str(gap.side), "sides", lang=alone(lang)) for gap in rows],
        [str(gap.chainage) for gap in rows],
    ):
        right -= _column(ax, texts, right) / box.width + _BETWEEN
    for number, gap in enumerate(rows):
        road = ax.text(0.0, number, "", size=6.5, color=palette.INK, va="center")
        fit(road, [fonts.drawable(str(gap.road))], right * box.width, least=5.0)
        ax.axhline(number + 0.5, color=palette.RULE, linewidth=0.4)


def _column(ax: Axes, texts: list[str], right: float) -> float:
    """Write a column that ends at ``right``; returns its width in pixels."""
    look: dict[str, Any] = {"size": 6.5, "color": palette.INK, "va": "center", "ha": "right"}
    drawn = [ax.text(right, row, fonts.drawable(text), **look) for row, text in enumerate(texts)]
    return max((text.get_window_extent().width for text in drawn), default=0.0)
