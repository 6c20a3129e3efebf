"""Which codes of a legend count as some cover types."""

from __future__ import annotations

from collections.abc import Sequence

from greencover.cover._covers import COVER_TYPES
from greencover.cover._legend import Legend
from greencover.ground.errors import LegendError
from greencover.words import Listed


def codes_of(legend: Legend, covers: Sequence[str]) -> tuple[int, ...]:
    """Codes of a legend under cover types; cover types that do not exist are an error.

    A type that exists but that the legend does not tell apart (shrub in a legend of five classes)
    has no code and adds nothing; if no type has one, that is an error too.
    """
    covers = (covers,) if isinstance(covers, str) else tuple(covers)
    check_cover_types(covers)
    codes = legend.codes_of(*covers)
    if not codes:
        raise LegendError(
            "cover.no_class_of",
            legend=legend.key,
            covers=Listed.of(covers, limit=len(covers), last="or"),
            present=Listed.every(dict.fromkeys(legend.covers.values())),
        )
    return codes


def check_cover_types(covers: Sequence[str]) -> None:
    """Refuse cover types that do not exist."""
    wrong = [c for c in covers if c not in COVER_TYPES]
    if wrong:
        raise LegendError("cover.no_such_type", cover=wrong[0], known=Listed.every(COVER_TYPES))
