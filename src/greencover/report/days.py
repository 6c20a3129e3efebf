"""The day that a report carries."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any


def day_of(provenance: Mapping[str, Any]) -> str:
    """Day on which an assessment was made, where the report is written; provenance has UTC.

    Examples
    --------
    >>> day_of({"created": "2025-12-31T12:00:00+12:00"})[:7]
    '2025-12'
    >>> day_of({})
    ''
    """
    created = str(provenance.get("created", ""))
    try:
        return datetime.fromisoformat(created).astimezone().date().isoformat()
    except ValueError:
        return created[:10]


def moment_of(provenance: Mapping[str, Any]) -> datetime:
    """Moment at which an assessment was made, in UTC without its sign; now where none is told.

    Examples
    --------
    >>> moment_of({"created": "2025-12-31T12:00:00+08:00"})
    datetime.datetime(2025, 12, 31, 4, 0)
    """
    try:
        found = datetime.fromisoformat(str(provenance.get("created", "")))
    except ValueError:
        found = datetime.now(UTC)
    return found.astimezone(UTC).replace(tzinfo=None)
