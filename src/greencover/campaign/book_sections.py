"""The sections of a campaign file that name the books of an office: tables, and polygons.

The meanings of keys are in the catalogues of ``words``, as in ``sections``.
"""

from __future__ import annotations

from greencover.campaign.kinds import File, KeyOrFile, Place, Text, Year
from greencover.campaign.sections import Section, key


class Plantings(Section):
    """Planting records: which column of the table holds what."""

    path: File = key(example="plantings.xlsx")
    sheet: Text | None = key(example="2023", default=None)
    where: Text | None = key(example="年份 = 2023", default=None)
    road: Text | None = key(example="道路", default=None)
    from_km: Text | None = key(example="起点", default=None)
    to_km: Text | None = key(example="止点", default=None)
    side: Text | None = key(example="侧", default=None)
    township: Text | None = key(example="乡镇", default=None)
    village: Text | None = key(example="村", default=None)
    compartment: Text | None = key(example="小班号", default=None)
    trees: Text | None = key(example="株数", default=None)
    area: Text | None = key(example="面积", default=None)
    unit: Text | None = key(example="亩", default=None)
    species: Text | None = key(example="树种", default=None)
    date: Text | None = key(example="日期", default=None)
    responsible: Text | None = key(example="责任人", default=None)
    alive: Text | None = key(example="成活株数", default=None)
    greens: bool = key(example=True, default=False)


class Survival(Section):
    """A filled form of survival checks: which column of the table holds what."""

    path: File = key(example="survival.xlsx")
    sheet: Text | None = key(example="2023", default=None)
    where: Text | None = key(example="年份 = 2023", default=None)
    township: Text | None = key(example="乡镇", default=None)
    responsible: Text | None = key(example="责任人", default=None)
    counted: Text | None = key(example="调查株数", default=None)
    alive: Text | None = key(example="成活株数", default=None)
    trees: Text | None = key(example="株数", default=None)
    area: Text | None = key(example="面积", default=None)
    unit: Text | None = key(example="亩", default=None)


class Books(Section):
    """Polygons of the books, to stand beside the land cover."""

    polygons: Place = key(example="sub-compartments.gpkg")
    code: Text = key(example="DLBM")
    legend: KeyOrFile = key(example="forest-resource-map")
    year: Year | None = key(example=2023, default=None)
    origin: Text | None = key(example="起源", default=None)
    species: Text | None = key(example="优势树种", default=None)
    compartment: Text | None = key(example="小班号", default=None)
    layer: Text | None = key(example="sub-compartments", default=None)
    where: Text | None = key(example="年份 = 2023", default=None)
    crs: Text | None = key(example="EPSG:4547", default=None)
    operation: Text | None = key(example="EPSG:15921", default=None)


class Tables(Section):
    """Tables of an office."""

    plantings: Plantings | None = key(default=None)
    survival: Survival | None = key(default=None)
