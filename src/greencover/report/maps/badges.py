"""Badges with the names of roads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from greencover.ground import fonts
from greencover.report.maps.cartography import metres_per_point
from greencover.report.maps.labels import LabelPlacer, line_spots

# A road shorter on the page than its badge, and more badges than these, would hide the map.
_BADGE_PT, _MOST_BADGES = 9.0, 60
# A metre of road weighs less than a metre of gap.
_OF_LENGTH = 0.01
_BADGE: dict[str, Any] = {
    "size": 6.5,
    "color": "#17313f",
    "bbox": {
        "boxstyle": "round,pad=0.25",
        "facecolor": "white",
        "edgecolor": "#5a646a",
        "linewidth": 0.5,
    },
}


def label_roads(
    placer: LabelPlacer, names: Sequence[str], lines: Sequence[Any], gap_m: Mapping[Any, float]
) -> None:
    """Badges with the names of roads that are longer than their badge.

    The longest gaps of ``gap_m`` come first, of roads with the same the longer one.
    """
    per_point = metres_per_point(placer.ax)
    rank = [
        gap_m.get(name, 0.0) + _OF_LENGTH * (0.0 if line is None else line.length)
        for name, line in zip(names, lines, strict=True)
    ]
    for place in sorted(range(len(names)), key=lambda k: (-rank[k], names[k]))[:_MOST_BADGES]:
        name, line = fonts.drawable(names[place]), lines[place]
        if not name or line is None or line.is_empty:
            continue
        if line.length > _BADGE_PT * (1 + 0.5 * len(name)) * per_point:
            placer.place([name], line_spots(line), **_BADGE)
