"""Forest of a campaign by origin and species, for the county and by township."""

from __future__ import annotations

import pandas as pd

from greencover.campaign.layers import OpenedCampaign
from greencover.ground.run import Run
from greencover.indicators.stands import forest_by_stand
from greencover.overlay import class_areas
from greencover.verdicts.figures import county_name, unit_names
from greencover.verdicts.measure import Measured

_LEVELS = {"county": "county", "townships": "township"}


def stands_of(measured: Measured, *, run: Run | None = None) -> pd.DataFrame:
    """Forest by stand of the land cover, else of the books; empty where neither tells any apart."""
    opened = measured.opened
    if opened.cover.polygons is not None:
        tables = [_of_level(measured, name) for name in _LEVELS]
        return pd.concat(tables, ignore_index=True)
    return _of_books(opened, run)


def _of_level(measured: Measured, name: str) -> pd.DataFrame:
    opened = measured.opened
    covers = opened.campaign.cover.forest
    found = forest_by_stand(measured.areas[name], opened.cover.legend, covers)
    return _named(found, measured.units[name], _LEVELS[name])


def _of_books(opened: OpenedCampaign, run: Run | None) -> pd.DataFrame:
    books, covers = opened.books, opened.campaign.cover.forest
    if books is None or not any(one.origin or one.species for one in books.legend.classes):
        return pd.DataFrame()
    towns = opened.townships.reset_index(drop=True)
    areas = class_areas(towns[[towns.geometry.name]], books, area=opened.campaign.area, run=run)
    county = areas.sum().to_frame().T
    tables = [
        _named(
            forest_by_stand(county, books.legend, covers), county_name(opened.campaign), "county"
        ),
        _named(forest_by_stand(areas, books.legend, covers), unit_names(towns), "township"),
    ]
    return pd.concat(tables, ignore_index=True)


def _named(found: pd.DataFrame, units: pd.DataFrame, level: str) -> pd.DataFrame:
    """The table with whose forest it is."""
    if not len(found):
        return found
    whose = units.iloc[found["zone"]].reset_index(drop=True)[["unit", "name", "name_en"]]
    whose.insert(0, "level", level)
    return pd.concat([whose, found.drop(columns="zone")], axis=1)
