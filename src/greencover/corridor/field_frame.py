"""Station sides that can be drawn for checks in the field, and their strata.

A draw follows from the sides, the number asked for and the seed alone: each side has a number that
is the digest of the seed and of where the side lies, and the smallest numbers of a stratum are its
sample. So a draw can be made again anywhere, and a form that was filled for other sides is found.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from greencover.corridor._called import SPLIT, UNCHECKED
from greencover.corridor.exclusions import MEDIAN
from greencover.corridor.result import CorridorGreening
from greencover.ground.errors import AccuracyError, KindError
from greencover.ground.notes import Note
from greencover.layers.tables import require_columns
from greencover.words import Listed

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

#: Sides that are not in question: an exclusion is a rule, no finding, and a median no roadside.
OUT_OF_QUESTION = ("excluded", MEDIAN)
#: From this share drawn on, the factor for a finite population matters.
_SHARE_THAT_MATTERS = 0.05
_SAME_PLACE_M = 1e-6


@cache
def field_rules() -> dict[str, Any]:
    """Return what field checks rest on: points a stratum, expectations, words of forms."""
    return tomllib.loads(
        files("greencover.corridor").joinpath("field_checks.toml").read_text("utf-8")
    )


@dataclass(frozen=True)
class Frame:
    """Station sides in question, in strata.

    Attributes
    ----------
    sides
        Rows of the result's sides that are not excluded, numbered from 0.
    names
        Where each side lies, as text: road, chain, side and chainage.
    stratum
        Number of each side's stratum.
    strata
        Names of the strata.
    merged
        Strata that were put together since the sample is too small for each.
    """

    sides: gpd.GeoDataFrame
    names: list[str]
    stratum: Ints
    strata: list[str]
    merged: tuple[str, ...]

    @property
    def digest(self) -> str:
        """What tells this frame from others: a digest of the sides and their status."""
        told = hashlib.sha256()
        for name, status in zip(self.names, self.sides["status"], strict=True):
            told.update(f"{name}|{status}\n".encode())
        return told.hexdigest()[:12]

    @property
    def sizes(self) -> Ints:
        """Number of sides in each stratum."""
        return np.bincount(self.stratum, minlength=len(self.strata))

    @property
    def metres(self) -> Floats:
        """Length of the sides in each stratum."""
        length = self.sides["length_m"].to_numpy(dtype=float)
        metres = np.bincount(self.stratum, weights=length, minlength=len(self.strata))
        return np.asarray(metres, dtype=np.float64)

    def left(self, drawn: Ints) -> Floats:
        """Share of each stratum that was not drawn; 1 where a small part was."""
        share = drawn / np.maximum(self.sizes, 1)
        return np.where(share > _SHARE_THAT_MATTERS, 1.0 - share, 1.0)

    def drawn(self, n: int, seed: str) -> Ints:
        """Rows of the sides that a seed draws, in the order of the roads."""
        order = np.array(
            [int.from_bytes(_digest(f"{seed}|{name}")[:8], "big") for name in self.names],
            dtype=np.uint64,
        )
        taken = [
            members[np.argsort(order[members], kind="stable")[:points]]
            for number, points in enumerate(self.allocation(n))
            if len(members := np.flatnonzero(self.stratum == number))
        ]
        return np.sort(np.concatenate(taken))

    def allocation(self, n: int) -> Ints:
        """Points of each stratum: the least of each, the rest by length and expected spread."""
        sizes, rules = self.sizes, field_rules()
        points: Ints = np.minimum(sizes, rules["least_of_a_stratum"])
        status = self.sides["status"].to_numpy()
        first = np.unique(self.stratum, return_index=True)[1]
        expected = np.array([rules["expected"].get(status[row], 0.5) for row in first])
        share = self.metres * np.sqrt(expected * (1.0 - expected))
        for _ in range(len(sizes)):
            rest, room = n - int(points.sum()), sizes - points
            wanted = np.where(room > 0, share, 0.0)
            if rest <= 0 or not wanted.sum():
                break
            points = points + np.minimum(room, _apportioned(rest, wanted))
        return points


def frame_of(greening: CorridorGreening, by: Sequence[str], n: int) -> Frame:
    """The station sides in question, in as many strata as a sample of ``n`` can hold.

    Raises
    ------
    KindError
        What was given is no result of a corridor.
    AccuracyError
        No side is in question, or ``n`` is too small for one stratum a status.
    LayerError
        The sides lack a column of ``by``.
    """
    if not isinstance(greening, CorridorGreening):
        raise KindError("corridor.no_greening", given=type(greening).__name__)
    sides = unchecked(greening.sides)
    require_columns(sides, list(by), Note("corridor.sides"))
    out = sides["status"].isin(OUT_OF_QUESTION) | ~(sides["length_m"] > 0.0)
    kept = sides[~out].reset_index(drop=True)
    if kept.empty:
        raise AccuracyError("corridor.nothing_to_check")
    groups = pd.DataFrame({column: kept[column].astype(object) for column in ("status", *by)})
    table = groups.fillna("").groupby(["status", *by], sort=True)
    stratum: Ints = np.asarray(table.ngroup(), dtype=np.int64)
    keys = [key if isinstance(key, tuple) else (key,) for key in table.size().index]
    strata = [[key] for key in keys]
    merged = _merge(strata, stratum, n)
    place = {key: number for number, several in enumerate(strata) for key in several}
    numbers = np.array([place[key] for key in keys])
    named = [_name(several) for several in strata]
    return Frame(
        kept,
        _names(kept, greening.of),
        numbers[stratum],
        named,
        tuple(_name(several) for several in merged),
    )


def unchecked(sides: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Sides as they are without checks in the field: with their status, and whole.

    What was found must not change what there was to draw from: a form, and the next one, stay forms
    of the sides as maps and registers call them, and checks do not prove themselves right.
    """
    if UNCHECKED not in sides:
        return sides
    sides = sides.assign(status=sides[UNCHECKED])
    return _put_together(sides) if sides[SPLIT].any() else sides


def _put_together(sides: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Station sides that a check split, as they were before."""
    from_m, to_m = sides["from_m"].to_numpy(), sides["to_m"].to_numpy()
    goes_on = sides[SPLIT].to_numpy(dtype=bool, copy=True)
    goes_on[0] = False
    goes_on[1:] &= np.abs(from_m[1:] - to_m[:-1]) <= _SAME_PLACE_M
    if "unit" in sides:
        # Where one side changes hands both are split, checks or none.
        unit, station = sides["unit"].to_numpy(dtype=object), sides["station"].to_numpy()
        border = np.append(False, unit[1:] != unit[:-1])
        goes_on &= ~np.isin(station, station[goes_on & border])
    first = np.flatnonzero(~goes_on)
    last = np.append(first[1:], len(sides)) - 1
    whole = sides.iloc[first].assign(to_m=to_m[last])
    whole["length_m"] = np.add.reduceat(sides["length_m"].to_numpy(dtype=float), first)
    points, row = shapely.get_coordinates(sides.geometry.to_numpy(), return_index=True)
    lines = shapely.linestrings(points, indices=(np.cumsum(~goes_on) - 1)[row])
    return whole.set_geometry(gpd.GeoSeries(lines, index=whole.index, crs=sides.crs))


def _merge(
    strata: list[list[tuple[Any, ...]]], stratum: Ints, n: int
) -> list[list[tuple[Any, ...]]]:
    """Put the two smallest strata of a status together until the sample holds all."""
    least = field_rules()["least_of_a_stratum"]
    counts = dict(
        zip((several[0] for several in strata), np.bincount(stratum).tolist(), strict=True)
    )

    def size(several: list[tuple[Any, ...]]) -> int:
        return sum(counts[key] for key in several)

    while sum(min(least, size(several)) for several in strata) > n:
        pairs = []
        for status in {several[0][0] for several in strata}:
            own = sorted((s for s in strata if s[0][0] == status), key=lambda s: (size(s), s))
            if len(own) > 1:
                pairs.append((size(own[0]) + size(own[1]), own[0], own[1]))
        if not pairs:
            needed = sum(min(least, size(several)) for several in strata)
            raise AccuracyError("corridor.sample_too_small", n=n, needed=needed, least=least)
        _, small, next_one = min(pairs)
        strata.remove(small)
        strata[strata.index(next_one)] = sorted(small + next_one)
    return [several for several in strata if len(several) > 1]


def _name(several: list[tuple[Any, ...]]) -> str:
    status = several[0][0]
    rest = " + ".join(", ".join(map(str, key[1:])) for key in several)
    return f"{status}: {rest}" if rest else str(status)


def _names(sides: gpd.GeoDataFrame, of: str) -> list[str]:
    """Where each side lies, as text that no last bit changes."""
    columns = [c for c in (of, "chain", "side") if c in sides]
    words = [sides[column].astype(str).tolist() for column in columns]
    metres = [np.round(sides[c].to_numpy(dtype=float), 1).tolist() for c in ("from_m", "to_m")]
    names = ["|".join(map(str, parts)) for parts in zip(*words, *metres, strict=True)]
    again = pd.Series(names).groupby(names).cumcount()
    return [f"{name}|{count}" if count else name for name, count in zip(names, again, strict=True)]


def _apportioned(points: int, share: Floats) -> Ints:
    """Points by share, whole numbers that sum up (largest remainders)."""
    exact = points * share / share.sum()
    whole: Ints = np.floor(exact).astype(np.int64)
    rest = np.argsort(whole - exact, kind="stable")[: points - int(whole.sum())]
    whole[rest] += 1
    return whole


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=8).digest()


def merged_note(frame: Frame) -> Note:
    """Which strata were put together."""
    return Note("corridor.strata_merged", strata=Listed.of(frame.merged, limit=10))
