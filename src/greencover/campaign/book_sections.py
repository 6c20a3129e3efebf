"""The sections of a campaign file that name tables of an office: planting records.

The meanings of keys are in the catalogues of ``words``, as in ``sections``.
"""

from __future__ import annotations

from greencover.campaign.kinds import File, Text
from greencover.campaign.sections import Section, key


class Plantings(Section):
    """Planting records: which column of the table holds what."""

    path: File = key(example="plantings.xlsx")
    sheet: Text | None = key(example="2023", default=None)
    road: Text | None = key(example="道路", default=None)
    from_km: Text | None = key(example="起点", default=None)
    to_km: Text | None = key(example="止点", default=None)
    side: Text | None = key(example="侧", default=None)
    township: Text | None = key(example="乡镇", default=None)
    village: Text | None = key(example="村", default=None)
    trees: Text | None = key(example="株数", default=None)
    area: Text | None = key(example="面积", default=None)
    unit: Text | None = key(example="亩", default=None)
    species: Text | None = key(example="树种", default=None)
    date: Text | None = key(example="日期", default=None)
    responsible: Text | None = key(example="责任人", default=None)
    alive: Text | None = key(example="成活株数", default=None)
    greens: bool = key(example=True, default=False)


class Tables(Section):
    """Tables of an office."""

    plantings: Plantings | None = key(default=None)
