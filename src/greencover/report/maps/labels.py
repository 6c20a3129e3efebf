"""Labels on a map that neither cover one another nor leave it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from matplotlib import patheffects
from matplotlib.transforms import Bbox

from greencover.ground import fonts
from greencover.report.labels import Lang, Sayable, alone, said
from greencover.report.palette import INK

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Text

# Share of a label that lies in its own unit, where it must.
_AT_HOME = 0.88
# How far a label is led out, in its own heights, and which way.
_REACHES = (1.5, 2.5, 4.0, 6.0, 9.0)
_ANGLES = tuple(np.radians([90, 270, 0, 180, 45, 135, 315, 225]))


def halo(text: Text, *, width: float = 2.2, colour: str = "white") -> Text:
    """Give a text a rim that keeps it readable over a busy ground."""
    text.set_path_effects([patheffects.withStroke(linewidth=width, foreground=colour, alpha=0.9)])
    return text


def wordings(what: Sayable, lang: Lang) -> list[str]:
    """Words for a narrow place: in both languages, or in the one that stands alone."""
    return [fonts.drawable(said(what, how)) for how in (lang, alone(lang))]


class LabelPlacer:
    """Places labels so that none covers another and none leaves the map.

    The first wording and the first spot that are free are taken, a spot clear of the lines to
    ``avoid`` before one that crosses them; a label that fits nowhere is left out. ``room`` are
    boxes, in map metres, that something else fills.
    """

    def __init__(self, ax: Axes, *, avoid: Iterable[Any] = (), room: Iterable[Any] = ()) -> None:
        self.ax = ax
        self._avoid = shapely.union_all(list(avoid))
        shapely.prepare(self._avoid)
        self._ground: shapely.STRtree | None = None
        self.taken: list[Any] = [
            artist.get_window_extent() for artist in ax.patches if artist.get_zorder() >= 20
        ]
        for west, south, east, north in filter(None, room):
            box = Bbox([[west, south], [east, north]])
            self.taken.append(box.transformed(ax.transData))
        self.dropped: list[str] = []

    def place(
        self,
        wordings: Sequence[str],
        spots: Sequence[tuple[float, float]],
        *,
        rim: str = "white",
        home: Any = None,
        **style: Any,
    ) -> Text | None:
        """Draw one label at the first free spot (map metres), or nothing.

        With a ``home``, a polygon in map metres, only where nearly all of the label lies in it.
        """
        look: dict[str, Any] = {"ha": "center", "va": "center", "zorder": 15} | style
        for wording in wordings:
            text = self.ax.text(0, 0, wording, **look)
            second_best = None
            boxes = self._boxes(text)
            for spot in spots:
                text.set_position(spot)
                box = boxes(spot)
                if not self._is_free(box) or not self._is_at_home(box, home):
                    continue
                if not self._crosses(box):
                    second_best = None
                    break
                second_best = second_best or spot
            else:
                if second_best is None:
                    text.remove()
                    continue
                text.set_position(second_best)
            self.taken.append(boxes(text.get_position()))
            return halo(text, colour=rim)
        self.dropped.append(wordings[0])
        return None

    def lead_out(self, wording: str, shape: Any, **style: Any) -> Text | None:
        """Draw a label beside a shape, with a line into it, at the nearest free spot."""
        look: dict[str, Any] = {"ha": "center", "va": "center", "zorder": 15} | style
        x, y = shapely.get_coordinates(shapely.point_on_surface(shape))[0]
        text = self.ax.text(x, y, wording, **look)
        boxes, size = self._boxes(text), text.get_window_extent()
        to_map = self.ax.transData.inverted()
        middle = self.ax.transData.transform((x, y))
        for reach, angle in product(_REACHES, _ANGLES):
            way = np.array([np.cos(angle), np.sin(angle)])
            spot = middle + way * (reach * size.height + abs(way[0]) * size.width / 2)
            end_x, end_y = map(float, to_map.transform(spot))
            box = boxes((end_x, end_y))
            if self._is_free(box) and not self._crosses(box) and not self._hides(box):
                self.taken.append(box)
                text.set_position((end_x, end_y))
                self.ax.plot([x, end_x], [y, end_y], color=INK, linewidth=0.5, zorder=14)
                return halo(text)
        text.remove()
        self.dropped.append(wording)
        return None

    def _boxes(self, text: Text) -> Callable[[tuple[float, float]], Bbox]:
        """Box of a text, in pixels, by where it stands: measured once, as that takes long."""
        to_page = self.ax.transData.transform
        box, origin = text.get_window_extent().padded(1.5), to_page(text.get_position())
        return lambda spot: box.translated(*(to_page(spot) - origin))

    def keep_clear(self, shapes: Iterable[Any]) -> None:
        """Shapes that labels led out of others should not cover."""
        self._ground = shapely.STRtree(np.asarray(list(shapes), dtype=object))

    def _hides(self, box: Any) -> bool:
        ground = self._ground
        return ground is not None and bool(len(ground.query(self._on_map(box), "intersects")))

    def _is_at_home(self, box: Any, home: Any) -> bool:
        if home is None:
            return True
        on_map = self._on_map(box)
        return bool(shapely.area(shapely.intersection(on_map, home)) >= _AT_HOME * on_map.area)

    def _is_free(self, box: Any) -> bool:
        frame = self.ax.get_window_extent()
        inside = frame.x0 < box.x0 and box.x1 < frame.x1 and frame.y0 < box.y0 and box.y1 < frame.y1
        return inside and not any(box.overlaps(other) for other in self.taken)

    def _crosses(self, box: Any) -> bool:
        return bool(self._avoid.intersects(self._on_map(box)))

    def _on_map(self, box: Any) -> Any:
        """A box of the page in map metres."""
        return shapely.box(*box.transformed(self.ax.transData.inverted()).extents)


def polygon_spots(geometry: Any, *, step: float) -> list[tuple[float, float]]:
    """Where a polygon's label may stand, best first: its roomiest point, then shifts of it."""
    largest = max(shapely.get_parts(geometry), key=lambda part: part.area)
    circle = shapely.maximum_inscribed_circle(
        largest, tolerance=max(math.sqrt(largest.area) / 50, 1e-9)
    )
    x, y = shapely.get_coordinates(circle)[0]
    spots = [(x, y)]
    for reach in (1, 2, 3):
        for dx, dy in ((0, 1), (0, -1), (1, 0), (-1, 0), (1, 1), (-1, 1), (1, -1), (-1, -1)):
            spot = (x + dx * reach * step * 1.6, y + dy * reach * step)
            if largest.contains(shapely.Point(spot)):
                spots.append(spot)
    return spots


def line_spots(geometry: Any) -> list[tuple[float, float]]:
    """Where a line's label may stand, best first: its middle, then points along it."""
    longest = max(shapely.get_parts(geometry), key=lambda part: part.length)
    shares = (0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8, 0.1, 0.9)
    return [
        tuple(shapely.get_coordinates(longest.interpolate(s, normalized=True))[0]) for s in shares
    ]


def fit(text: Text, wordings: Sequence[str], width: float, *, least: float = 5.0) -> Text:
    """Take the first wording that is no wider than ``width`` pixels.

    When none is, the last one gets smaller, down to ``least`` points, and then shorter.
    """
    for wording in wordings:
        text.set_text(wording)
        if text.get_window_extent().width <= width:
            return text
    size = 0.97 * float(text.get_fontsize()) * width / max(text.get_window_extent().width, 1e-9)
    text.set_fontsize(max(size, least))
    words = wordings[-1]
    while text.get_window_extent().width > width and len(words) > 1:
        words = words[:-1]
        text.set_text(words.rstrip() + "…")
    return text
