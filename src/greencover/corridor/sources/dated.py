"""When and by whom a source was made, and what an old one is still worth."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from greencover.ground.errors import ArgumentError
from greencover.ground.notes import Note

#: How much a source drops that is older than it may be: below the land cover, in the old order.
DROP = 10.0
_DATE = re.compile(r"(\d{4})(?:[-./年](\d{1,2})(?:[-./月](\d{1,2})日?)?月?)?年?")


@dataclass(frozen=True)
class Dates:
    """Dates and authors of sources by their keys, and how old a source may be.

    Attributes
    ----------
    dates, authors
        As they were given.
    max_age_years
        None: any age will do.
    as_of
        The day to which ages are counted.
    """

    dates: Mapping[str, object]
    authors: Mapping[str, str]
    max_age_years: float | None = None
    as_of: float = math.nan

    @classmethod
    def of(
        cls,
        dates: Mapping[str, object],
        authors: Mapping[str, str],
        max_age_years: float | None,
        as_of: object,
        cover_year: int | None = None,
    ) -> Dates:
        """Count ages to ``as_of``, else to the newest of the dates and the land cover's year."""
        known = [year_of(one) for one in dates.values() if one is not None]
        known += [] if cover_year is None else [float(cover_year)]
        until = year_of(as_of) if as_of is not None else max(known, default=math.nan)
        return cls(dict(dates), dict(authors), max_age_years, until)

    def dropped(self, key: str) -> float:
        """What a source loses in rank."""
        age = self._age(key)
        old = self.max_age_years is not None and age > self.max_age_years + 1e-9
        return DROP if old else 0.0

    def notes(self, keys: tuple[str, ...]) -> list[Note]:
        """Sources that are too old, and those of which nobody says when they were made."""
        found = []
        for key in keys:
            if self.dropped(key):
                found.append(
                    Note(
                        "corridor.source_old",
                        evidence=key,
                        date=str(self.dates[key]),
                        years=self._age(key),
                        most=self.max_age_years,
                    )
                )
            elif self.max_age_years is not None and self.dates.get(key) is None:
                found.append(Note("corridor.source_undated", evidence=key))
        return found

    def said(self, key: str) -> dict[str, str]:
        """Date and author of a source, where they are known."""
        pairs = {"date": self.dates.get(key), "author": self.authors.get(key)}
        return {name: str(value) for name, value in pairs.items() if value is not None}

    def _age(self, key: str) -> float:
        date = self.dates.get(key)
        return math.nan if date is None else self.as_of - year_of(date)


def year_of(date: object) -> float:
    """A date as a year with its fraction: 2023, "2023-05", "2023年5月1日" or a ``date``.

    Examples
    --------
    >>> year_of(2023), year_of("2023-07"), year_of("2023年7月")
    (2023.0, 2023.5, 2023.5)
    """
    if isinstance(date, datetime.date):
        return date.year + (date.month - 1) / 12.0 + (date.day - 1) / 365.0
    found = _DATE.fullmatch(str(date).strip())
    month = int(found.group(2) or 1) if found else 0
    day = int(found.group(3) or 1) if found else 0
    if not found or not 1 <= month <= 12 or not 1 <= day <= 31:
        raise ArgumentError("corridor.no_date", given=repr(date))
    return int(found.group(1)) + (month - 1) / 12.0 + (day - 1) / 365.0
