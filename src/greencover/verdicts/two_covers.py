"""The books of a campaign beside its land cover, by township and for all of them."""

from __future__ import annotations

import pandas as pd

from greencover.campaign.layers import OpenedCampaign
from greencover.ground.run import Run
from greencover.indicators.two_covers import two_covers
from greencover.verdicts.figures import county_name, unit_names


def covers_beside(opened: OpenedCampaign, *, run: Run | None = None) -> pd.DataFrame:
    """Both covers by unit and cover type; empty where the campaign names no books."""
    if opened.books is None:
        return pd.DataFrame()
    towns = opened.townships.reset_index(drop=True)
    found = two_covers(towns[[towns.geometry.name]], opened.books, opened.plain_cover, run=run)
    names = unit_names(towns)
    whose = names.iloc[found["zone"]].reset_index(drop=True)[["unit", "name", "name_en"]]
    table = pd.concat([whose, found.drop(columns="zone")], axis=1).assign(level="township")
    amounts = [one for one in table.columns if str(one).endswith(("_ha", "_mu"))]
    county = table.groupby("cover", sort=False)[amounts].sum().reset_index()
    whole = county_name(opened.campaign).loc[[0] * len(county)].reset_index(drop=True)
    county = pd.concat([whole, county], axis=1).assign(level="county")
    return pd.concat([county[table.columns], table], ignore_index=True)
