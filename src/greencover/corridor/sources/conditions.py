"""What stands at the places of an inventory: living and dead trees, stumps, vacant pits."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from greencover.ground.errors import LayerError
from greencover.layers.tables import as_text, require_columns
from greencover.words import Listed

ALIVE, DEAD, STUMP, VACANT = CONDITIONS = ("alive", "dead", "stump", "vacant")


@cache
def condition_words() -> dict[str, list[str]]:
    """Return the words of inventories for each condition."""
    text = files("greencover.corridor.sources").joinpath("conditions.toml").read_text("utf-8")
    return tomllib.loads(text)


def conditions_of(
    trees: pd.DataFrame,
    where: str,
    status: str | None,
    *,
    alive: Sequence[str] = (),
    vacant: Sequence[str] = (),
) -> npt.NDArray[Any]:
    """Condition of each row: one of ``CONDITIONS``; without a column all are living trees.

    Parameters
    ----------
    trees, where
        The inventory, and how messages call it.
    status
        Its column.
    alive, vacant
        Its own words. Where ``alive`` is given, a word that nothing else explains is a dead tree.

    Raises
    ------
    LayerError
        The column is missing, or holds a word that nobody explained.

    Examples
    --------
    >>> trees = pd.DataFrame({"state": ["Alive", "枯死", "Stump", "pit"]})
    >>> conditions_of(trees, "trees", "state", vacant=["pit"]).tolist()
    ['alive', 'dead', 'stump', 'vacant']
    """
    if status is None:
        return np.full(len(trees), ALIVE, dtype=object)
    require_columns(trees, [status], where)
    words = {_plain(word): kind for kind, several in condition_words().items() for word in several}
    if alive:
        words = {word: kind for word, kind in words.items() if kind != ALIVE}
    words |= {_plain(word): VACANT for word in vacant} | {_plain(word): ALIVE for word in alive}
    given = as_text(trees[status])
    number, known = pd.factorize(given)
    meant = [words.get(_plain(word), DEAD if alive else "") for word in known]
    strange = [word for word, kind in zip(known, meant, strict=True) if not kind]
    if strange:
        raise LayerError(
            "corridor.condition_unknown",
            where=where,
            column=status,
            words=Listed.of(repr(word) for word in strange),
        )
    return np.asarray(np.array(meant, dtype=object)[number])


def _plain(word: object) -> str:
    return "".join(str(word).split()).casefold()
