"""Straight edges of one system as chords of curves in another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyproj

from greencover.ground.errors import CrsError

Floats = npt.NDArray[np.float64]
Ends = tuple[Floats, Floats, Floats, Floats]

_MOST_PIECES = 4096
# Curvature is probed on a grid of so many places a side, and trusted within this factor.
_PROBES = 9
_SAFETY = 4.0


def project(into: pyproj.Transformer, xy: Floats, crs: pyproj.CRS, target: pyproj.CRS) -> Floats:
    image = np.column_stack(into.transform(xy[:, 0], xy[:, 1]))
    lost = np.flatnonzero(~np.isfinite(image).all(axis=1))
    if lost.size:
        x, y = xy[lost[0]]
        raise CrsError("overlay.no_place", x=x, y=y, crs=crs.name, target=target.name)
    return image


@dataclass(frozen=True)
class Curve:
    """The images of straight edges in another system, which are curves."""

    into: pyproj.Transformer
    crs: pyproj.CRS
    target: pyproj.CRS
    tolerance: float

    def followed(self, own: Ends, image: Ends) -> tuple[Any, ...]:
        """Cut edges until chords of the image follow the curve.

        Returns the four ends of the pieces and whose they are; None for "each its own".
        """
        x0, y0, x1, y1 = own
        length = np.hypot(x1 - x0, y1 - y0)
        bend = self._greatest_bend(own)
        suspect = np.flatnonzero(_SAFETY * bend * length**2 > self.tolerance)
        if not suspect.size:
            return (*image, None)
        start = np.column_stack([x0[suspect], y0[suspect]])
        end = np.column_stack([x1[suspect], y1[suspect]])
        middle = self._images((start + end) / 2.0)
        chord_x = (image[0][suspect] + image[2][suspect]) / 2.0
        chord_y = (image[1][suspect] + image[3][suspect]) / 2.0
        sagitta = np.hypot(middle[:, 0] - chord_x, middle[:, 1] - chord_y)
        # A chord of 1/n of the edge strays 1/n² as far.
        pieces = np.ones(len(x0), dtype=np.int64)
        pieces[suspect] = np.clip(np.ceil(np.sqrt(sagitta / self.tolerance)), 1, _MOST_PIECES)
        if pieces.max() == 1:
            return (*image, None)
        owner = np.repeat(np.arange(len(pieces)), pieces)
        first = np.cumsum(pieces) - pieces
        step = np.arange(len(owner)) - first[owner]
        px0, py0, px1, py1 = (ends[owner] for ends in image)
        inner = np.flatnonzero(step > 0)
        of = owner[inner]
        share = step[inner] / pieces[of]
        cut = np.column_stack(
            [x0[of] + share * (x1[of] - x0[of]), y0[of] + share * (y1[of] - y0[of])]
        )
        cut_image = self._images(cut)
        # Both pieces at a cut take the same point, so that outlines stay closed to the last bit.
        px0[inner], py0[inner] = cut_image[:, 0], cut_image[:, 1]
        px1[inner - 1], py1[inner - 1] = cut_image[:, 0], cut_image[:, 1]
        return px0, py0, px1, py1, owner

    def _greatest_bend(self, own: Ends) -> float:
        """Greatest sagitta per squared length over the extent of the edges, in any direction."""
        x, y = np.concatenate([own[0], own[2]]), np.concatenate([own[1], own[3]])
        west, east, south, north = x.min(), x.max(), y.min(), y.max()
        size = max(east - west, north - south)
        length = size / _PROBES
        at = np.meshgrid(np.linspace(west, east, _PROBES), np.linspace(south, north, _PROBES))
        place = np.column_stack([axis.ravel() for axis in at])
        bends = []
        for angle in np.radians([0.0, 45.0, 90.0, 135.0]):
            half = 0.5 * length * np.array([np.cos(angle), np.sin(angle)])
            with np.errstate(invalid="ignore"):
                ends = [self.into.transform(*(place + s * half).T) for s in (-1, 0, 1)]
                a, b, c = (np.column_stack(e) for e in ends)
                off = np.hypot(*(b - (a + c) / 2.0).T)
            bends.append(off)
        greatest = np.max(bends) / length**2
        return float(greatest) if np.isfinite(greatest) else np.inf

    def _images(self, xy: Floats) -> Floats:
        return project(self.into, xy, self.crs, self.target)
