"""Area of each class of the land cover in the county: what a report lists as base figures."""

from __future__ import annotations

import pandas as pd

from greencover.indicators.formulas import UNOBSERVED
from greencover.verdicts.measure import Measured


def areas_of_classes(measured: Measured) -> pd.DataFrame:
    """A row for each class that occurs, in the order of the legend, and one for what is unobserved.

    Returns
    -------
    pandas.DataFrame
        ``code``, ``cover``, ``name``, ``name_en``, ``area_ha``, and ``share_of_all_pct`` of all
        ground, the unobserved with it.
    """
    areas, legend = measured.areas["county"].sum(), measured.opened.cover.legend
    headings = legend.headings
    rows = [
        (one.code, one.cover, one.name_zh, one.name, float(areas[heading]))
        for one in legend.classes
        if areas.get(heading := headings[one.code], 0.0) > 0.0
    ]
    if areas.get(UNOBSERVED, 0.0) > 0.0:
        rows.append((-1, "unobserved", "", "", float(areas[UNOBSERVED])))
    table = pd.DataFrame(rows, columns=["code", "cover", "name", "name_en", "area_ha"])
    return table.assign(share_of_all_pct=100.0 * table["area_ha"] / table["area_ha"].sum())
