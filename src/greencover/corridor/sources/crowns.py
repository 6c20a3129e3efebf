"""How far the crowns of trees reach, measured or from the trunks."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from greencover.ground.errors import LayerError
from greencover.ground.notes import Note
from greencover.layers.tables import as_numbers, as_text, require_columns
from greencover.layers.wording import rows_of

Floats = npt.NDArray[np.float64]

# No tree on record has a crown or a trunk as wide; such figures are of another unit.
_WIDEST_CROWN_M = 60.0
_WIDEST_TRUNK_CM = 1200.0


@dataclass(frozen=True)
class Crowns:
    """Crowns of trees.

    Attributes
    ----------
    diameter_m
        By tree, NaN where nothing tells it.
    notes
        Where diameters come from.
    """

    diameter_m: Floats
    notes: tuple[Note, ...]

    @property
    def known(self) -> bool:
        """Whether any crown is known."""
        return bool(np.isfinite(self.diameter_m).any())


@cache
def allometries() -> tuple[dict[str, Any], ...]:
    """Return crown from trunk by species, with sources and a code of confidence each."""
    text = files("greencover.corridor.sources").joinpath("crowns.toml").read_text("utf-8")
    return tuple(tomllib.loads(text)["crown"])


def crowns_of(
    trees: pd.DataFrame,
    where: str,
    crown_m: float | str | None,
    dbh_cm: float | str | None,
    species: str | None,
) -> Crowns:
    """Diameter of each crown: measured, else from the trunk by the ratio of its species.

    Raises
    ------
    LayerError
        A column is missing, or a figure is no diameter of a crown or trunk.
    """
    notes: list[Note] = []
    diameter = _diameters(crown_m, trees, where, "crown_m", _WIDEST_CROWN_M)
    trunk = _diameters(dbh_cm, trees, where, "dbh_cm", _WIDEST_TRUNK_CM)
    if species is not None:
        require_columns(trees, [species], where)
    open_ = np.isnan(diameter) & np.isfinite(trunk)
    if open_.any():
        names = np.full(len(trees), "", dtype=object)
        if species is not None:
            names = as_text(trees[species]).str.casefold().to_numpy(dtype=object)
        for number, one in enumerate(allometries()):
            of_it = open_ & _named(names, one["words"])
            open_ &= ~of_it
            diameter[of_it] = one["ratio"] * trunk[of_it] / 100.0
            if of_it.any():
                notes.append(
                    Note(
                        "corridor.crowns_from_trunks",
                        trees=int(of_it.sum()),
                        ratio=allometries()[number]["ratio"],
                        confidence=one["confidence"],
                        source=one["source"],
                    )
                )
    return Crowns(diameter, tuple(notes))


def _named(names: npt.NDArray[Any], words: list[str]) -> npt.NDArray[np.bool_]:
    if not words:
        return np.ones(len(names), dtype=bool)
    known, place = np.unique(names.astype(str), return_inverse=True)
    found = np.array([any(word in name for word in words) for name in known], dtype=bool)
    return np.asarray(found[place])


def _diameters(
    value: float | str | None, trees: pd.DataFrame, where: str, name: str, widest: float
) -> Floats:
    """Figures of a column or one for all; blanks and zeros tell nothing."""
    if value is None:
        return np.full(len(trees), np.nan)
    if isinstance(value, str):
        require_columns(trees, [value], where)
        numbers = as_numbers(trees[value]).to_numpy(dtype=np.float64).copy()
        unread = np.isnan(numbers)
        if unread.any():
            unread[unread] = (as_text(trees[value][unread]) != "").to_numpy()
    else:
        numbers = np.full(len(trees), float(value))
        unread = np.isnan(numbers)
    wrong = unread | (numbers < 0.0) | (numbers > widest)
    if wrong.any():
        raise LayerError(
            "corridor.no_diameter",
            where=where,
            name=name,
            rows=rows_of(wrong),
            most=widest,
        )
    numbers[numbers == 0.0] = np.nan
    return np.asarray(numbers, dtype=np.float64)
