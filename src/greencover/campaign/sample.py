"""The reference sample of a campaign: how often the map is right, and what it is taken for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from greencover.accuracy.classes import UNVISITED, is_unvisited, without_totals
from greencover.accuracy.confusion import confusion_from_points
from greencover.accuracy.sample import ReferenceSample
from greencover.cover import COVER_TYPES, Legend
from greencover.ground.errors import AccuracyError, CampaignError
from greencover.words import Listed

if TYPE_CHECKING:
    from pathlib import Path

    from greencover.campaign.sections import Accuracy


def read_sample(section: Accuracy, legend: Legend) -> ReferenceSample:
    """Read counts or points from a CSV file.

    Raises
    ------
    CampaignError
        The file cannot be read, or holds a class that is neither a code nor a cover type.
    """
    path = section.path
    try:
        if section.map is not None or section.reference is not None:
            points = pd.read_csv(path, encoding="utf-8-sig")
            names = section.map or "map", section.reference or "reference"
            counts = confusion_from_points(points, *names)
        else:
            counts = pd.read_csv(path, index_col=0, encoding="utf-8-sig")
            counts = without_totals(counts.apply(pd.to_numeric, errors="coerce"))
    except (OSError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        reason = _first_line(error)
        raise CampaignError("campaign.sample_unread", path=path, reason=reason) from error
    except AccuracyError as error:
        raise CampaignError("campaign.sample_wrong", path=path, wrong=error) from error
    rows = [_label(label, legend, path) for label in counts.index]
    columns = [
        UNVISITED if is_unvisited(label) else _label(label, legend, path)
        for label in counts.columns
    ]
    truth = [legend.covers[c] if isinstance(c, int) else c for c in columns]
    if not _are_counts(counts):
        raise CampaignError("campaign.sample_no_counts", path=path)
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


def _are_counts(counts: pd.DataFrame) -> bool:
    """Whether every cell is a whole number of points, none below 0."""
    numbers = counts.to_numpy(dtype=float)
    return bool((np.isfinite(numbers) & (numbers >= 0.0) & (numbers == np.floor(numbers))).all())


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
        "campaign.sample_class",
        path=path,
        label=text,
        legend=legend.key,
        codes=Listed.every(legend.codes),
        covers=Listed.every(COVER_TYPES),
    )


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or ["no reason given"])[0].rstrip(".")
