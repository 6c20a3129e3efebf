"""Survival checks of a campaign, and what they mean for all that was recorded as planted."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from greencover.accuracy.survival import plots_counted, survival_rate
from greencover.campaign.layers import OpenedCampaign
from greencover.campaign.tasks import township_names
from greencover.ground.notes import Note

_BY = ("township", "responsible")


def survival_of(opened: OpenedCampaign, claims: pd.DataFrame) -> pd.DataFrame:
    """Rates of all plots, by township and by who is responsible; empty without a form.

    ``replant_all_trees`` and ``replant_all_mu`` carry the share to plant again over to all planting
    records of the same township or person.
    """
    if opened.survival is None:
        return pd.DataFrame()
    names = township_names(opened.townships)
    form = opened.survival.assign(township=opened.survival["township"].map(names))
    tables = [survival_rate(form).assign(by="county")]
    form = form[plots_counted(form)]
    for by in _BY:
        rows = form[form[by].fillna("") != ""]
        if len(rows):
            tables.append(survival_rate(rows, by=by).assign(by=by))
    table = pd.concat(tables, ignore_index=True)
    for kind, column in (("trees", "trees"), ("mu", "area_mu")):
        whole = [
            _recorded(claims, str(by), str(name), column)
            for by, name in zip(table["by"], table["name"], strict=True)
        ]
        table[f"replant_all_{kind}"] = np.array(whole) * table["replant_share"]
    return table


def survival_notes(opened: OpenedCampaign) -> Iterator[Note]:
    """Say how many plots of the form were not counted."""
    if opened.survival is None:
        return
    count = int((~plots_counted(opened.survival)).sum())
    if count:
        yield Note("verdicts.survival_not_counted", count=count, plots=len(opened.survival))


def _recorded(claims: pd.DataFrame, by: str, name: str, column: str) -> float:
    """Sum of the planting records of a township, a person, or all."""
    if not len(claims):
        return float("nan")
    rows = claims[claims[by] == name] if by in claims else claims
    return float(rows[column].sum(min_count=1))
