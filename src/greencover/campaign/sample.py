"""The reference sample of a campaign: how often the map is right, and what it is taken for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from greencover.accuracy.adjusted import adjusted_shares
from greencover.accuracy.classes import UNVISITED, is_unvisited, without_totals
from greencover.accuracy.confusion import confusion_from_points
from greencover.cover import COVER_TYPES, Legend
from greencover.ground.errors import AccuracyError, CampaignError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from greencover.campaign.sections import Accuracy


@dataclass(frozen=True)
class ReferenceSample:
    """Counts by what the map shows (codes or cover types) and by cover type in truth.

    Attributes
    ----------
    counts
        Rows map classes, columns cover types.
    by_code
        Whether rows are codes of the legend, not cover types.
    level
        Confidence level of intervals.
    small_code
        Code of patches too small to count, of which a sample of the map says nothing.
    """

    counts: pd.DataFrame
    by_code: bool
    level: float
    small_code: int | None = None

    @property
    def points(self) -> int:
        """Number of sample points."""
        return int(self.counts.drop(columns=UNVISITED, errors="ignore").to_numpy().sum())

    def shares(self, areas: pd.DataFrame, legend: Legend, covers: Sequence[str]) -> pd.DataFrame:
        """Corrected share of each unit under cover types; see ``adjusted_shares``.

        Patches too small to count are ground without a sample: they widen the interval by their
        share.
        """
        mapped = areas[list(legend.codes)].astype(float)
        if not self.by_code:
            strata = [
                code if code == self.small_code else legend.covers[code] for code in legend.codes
            ]
            mapped = mapped.T.groupby(np.array(strata, dtype=object), sort=False).sum().T
        shown = legend.codes_of(*covers) if self.by_code else covers
        # Of the cover types that count, a small county may have none of some.
        known = [kind for kind in covers if kind in self.counts or kind in mapped]
        return adjusted_shares(
            self.counts, mapped, known or list(covers), shown=list(shown), level=self.level
        )


def read_sample(section: Accuracy, legend: Legend) -> ReferenceSample:
    """Read counts or points from a CSV file.

    Raises
    ------
    CampaignError
        The file cannot be read, or holds a class that is neither a code nor a cover type.
    """
    path = section.path
    where = f"The reference sample {path}"
    try:
        if section.map is not None or section.reference is not None:
            points = pd.read_csv(path, encoding="utf-8-sig")
            names = section.map or "map", section.reference or "reference"
            counts = confusion_from_points(points, *names)
        else:
            counts = pd.read_csv(path, index_col=0, encoding="utf-8-sig")
            counts = without_totals(counts.apply(pd.to_numeric, errors="coerce"))
    except (OSError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise CampaignError(
            f"{where} cannot be read ({_first_line(error)}): save it as CSV in UTF-8, counts with "
            "map classes in rows and reference classes in columns, or one point a row with the "
            "keys map and reference under [accuracy]."
        ) from error
    except AccuracyError as error:
        raise CampaignError(f"{where}: {error}") from error
    rows = [_label(label, legend, path) for label in counts.index]
    columns = [
        UNVISITED if is_unvisited(label) else _label(label, legend, path)
        for label in counts.columns
    ]
    truth = [legend.covers[c] if isinstance(c, int) else c for c in columns]
    if counts.isna().any(axis=None):
        raise CampaignError(
            f"{where} holds something other than counts: fill every cell with a number of points, "
            "0 where there are none."
        )
    by_code = all(isinstance(row, int) for row in rows)
    if not by_code:
        rows = [legend.covers[row] if isinstance(row, int) else row for row in rows]
    table = pd.DataFrame(counts.to_numpy(), index=rows, columns=truth)
    table = table.groupby(level=0, sort=False).sum().T.groupby(level=0, sort=False).sum().T
    if by_code:
        # Truth is told in cover types, so a map class meets its own type there, not its code.
        missing = [kind for kind in dict.fromkeys(legend.covers.values()) if kind not in table]
        table = table.assign(**dict.fromkeys(missing, 0))
    return ReferenceSample(table, by_code, section.level)


def _label(label: object, legend: Legend, path: Path) -> int | str:
    """Return a class as the code or the cover type that it names."""
    text = str(label).strip()
    number = text.removesuffix(".0")
    if number.lstrip("-").isdigit() and int(number) in legend.codes:
        return int(number)
    if text.lower() in COVER_TYPES:
        return text.lower()
    named = [c.code for c in legend.classes if text in (c.name, c.name_zh)]
    if len(named) == 1:
        return named[0]
    raise CampaignError(
        f"The reference sample {path} has the class {text!r}, which is neither a code of the "
        f"legend {legend.key!r} ({', '.join(map(str, legend.codes))}) nor a cover type "
        f"({', '.join(COVER_TYPES)}): correct it."
    )


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or ["no reason given"])[0].rstrip(".")
