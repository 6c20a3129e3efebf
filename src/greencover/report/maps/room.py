"""A frame in which scale bar, north arrow and locator have room beside what the map is of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import shapely

from greencover.report.maps.cartography import frame_map, metres_per_point, view

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Typographic points: width beyond the bar itself, heights, and the distance kept from the subject.
_BAR_SHARE, _BAR_MORE, _BAR_HIGH = 0.22, 38.0, 28.0
_ARROW = (28.0, 48.0)
_LOCATOR_SHARE = (0.2, 0.222)
_CLEAR = 2.0
# A frame grows by steps until all has room; beyond this a map would be too small to read.
_STEP, _STEPS = 0.04, 34
_LEAST_PADDING = 0.035
_MIDDLE_FIRST = ((0.5, 0.5), (1.0, 0.5), (0.0, 0.5), (0.5, 1.0), (0.5, 0.0), (1.0, 0.0), (0.0, 1.0))
_ALONG = (0.0, 1.0, 0.5, 0.25, 0.75)

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Room:
    """Places in map metres: west, south, east and north edge of each.

    Attributes
    ----------
    bar, arrow, locator
        Scale bar, north arrow, and small map of the county where one was asked for.
    """

    bar: Box
    arrow: Box
    locator: Box | None = None

    @property
    def boxes(self) -> tuple[Box, ...]:
        """All places, for labels to keep clear of."""
        return tuple(box for box in (self.bar, self.arrow, self.locator) if box is not None)


def frame_subject(ax: Axes, subject: Iterable[object], *, locator: bool = False) -> Room:
    """Frame what a map is of, so that nothing beside it has to lie over it.

    The subject stays in the middle of the frame where it can; else it moves aside, and the frame
    grows as far as it must.

    Parameters
    ----------
    ax
        Axes of the map.
    subject
        Polygons in map metres.
    locator
        Whether a small map of the county needs room too.
    """
    parts = shapely.get_parts(np.asarray(list(subject), dtype=object))
    frame_map(ax, shapely.total_bounds(parts))
    tree = shapely.STRtree(shapely.simplify(parts, 0.5 * metres_per_point(ax)))
    west, south, east, north = shapely.total_bounds(parts)
    first = view(ax)
    full = (first[2] - first[0], first[3] - first[1])
    for step in range(_STEPS):
        wide, high = (side * (1 + _STEP * step) for side in full)
        slack = [
            max(wide - (east - west) * (1 + 2 * _LEAST_PADDING), 0.0),
            max(high - (north - south) * (1 + 2 * _LEAST_PADDING), 0.0),
        ]
        for across, up in _MIDDLE_FIRST:
            x = (west + east) / 2 - wide / 2 + (0.5 - across) * slack[0]
            y = (south + north) / 2 - high / 2 + (0.5 - up) * slack[1]
            ax.set(xlim=(x, x + wide), ylim=(y, y + high))
            found = _places(ax, tree, locator=locator)
            if found is not None:
                return found
    frame_map(ax, (west, south, east, north))
    sizes = _sizes(ax, locator=locator)
    return Room(*(next(_corners(view(ax), *sizes[key], key)) for key in sizes))


def _places(ax: Axes, tree: shapely.STRtree, *, locator: bool) -> Room | None:
    """Where all fit at once, or None; the largest chooses first."""
    frame, clear = view(ax), _CLEAR * metres_per_point(ax)
    taken: list[shapely.Polygon] = []
    found: dict[str, Box] = {}
    sizes = _sizes(ax, locator=locator)
    for key in sorted(sizes, key=("locator", "bar", "arrow").index):
        for place in _corners(frame, *sizes[key], key):
            box = shapely.box(*place)
            around = shapely.box(*np.add(place, (-clear, -clear, clear, clear)))
            if len(tree.query(around, predicate="intersects")) or any(
                shapely.intersects(box, other) for other in taken
            ):
                continue
            found[key] = place
            taken.append(box)
            break
        else:
            return None
    return Room(**found)


def _sizes(ax: Axes, *, locator: bool) -> dict[str, tuple[float, float]]:
    west, south, east, north = view(ax)
    point = metres_per_point(ax)
    sizes = {
        "bar": (_BAR_SHARE * (east - west) + _BAR_MORE * point, _BAR_HIGH * point),
        "arrow": (_ARROW[0] * point, _ARROW[1] * point),
    }
    if locator:
        sizes["locator"] = (_LOCATOR_SHARE[0] * (east - west), _LOCATOR_SHARE[1] * (north - south))
    return sizes


def _corners(frame: Box, wide: float, high: float, key: str) -> Iterator[Box]:
    """Places along the frame, the usual corner of each thing first."""
    west, south, east, north = frame
    inset = 0.008 * (east - west)
    room = (east - west - wide - 2 * inset, north - south - high - 2 * inset)
    usual = {"bar": (0.0, 0.0), "arrow": (1.0, 1.0), "locator": (0.0, 1.0)}[key]
    rim = [spot for spot in product(_ALONG, _ALONG) if {0.0, 1.0} & set(spot)]
    for across, up in [usual, *rim]:
        x, y = west + inset + across * room[0], south + inset + up * room[1]
        yield x, y, x + wide, y + high
