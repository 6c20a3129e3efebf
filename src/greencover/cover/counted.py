"""Which codes of a legend count as some cover types."""

from __future__ import annotations

from collections.abc import Iterable

from greencover.cover._covers import COVER_TYPES
from greencover.cover._legend import Legend
from greencover.ground.errors import LegendError
from greencover.words import Listed


def codes_of(legend: Legend, covers: Iterable[str]) -> tuple[int, ...]:
    """Codes of a legend under cover types; cover types that do not exist are an error.

    A type that exists but that the legend does not tell apart (shrub in a legend of five classes)
    has no code and adds nothing; if no type has one, that is an error too.
    """
    covers = cover_types(covers)
    codes = legend.codes_of(*covers)
    if not codes:
        raise LegendError(
            "cover.no_class_of",
            legend=legend.key,
            covers=Listed.of(covers, limit=len(covers), last="or"),
            present=Listed.every(dict.fromkeys(legend.covers.values())),
        )
    return codes


def cover_types(covers: Iterable[str]) -> tuple[str, ...]:
    """Cover types as they were named, one alone as text too; those that do not exist are an error.

    Examples
    --------
    >>> cover_types("tree"), cover_types(["tree", "shrub"])
    (('tree',), ('tree', 'shrub'))
    """
    if isinstance(covers, str):
        covers = (covers,)
    elif not isinstance(covers, Iterable):
        covers = (repr(covers),)
    named = tuple(covers)
    wrong = [c for c in named if not isinstance(c, str) or c not in COVER_TYPES]
    if wrong:
        raise LegendError("cover.no_such_type", cover=wrong[0], known=Listed.every(COVER_TYPES))
    return named
