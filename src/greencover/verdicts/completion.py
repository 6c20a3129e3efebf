"""Completion of the plan, held against the targets that name it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from greencover.campaign.layers import OpenedCampaign
from greencover.campaign.tasks import tasks_of, township_codes
from greencover.ground.limits import reaches
from greencover.indicators.completion import TASK_COMPLETION, completion_by
from greencover.standards import Target

_LEVEL_OF = {"township": "township"}


def completion_of(opened: OpenedCampaign, targets: tuple[tuple[str, Target], ...]) -> pd.DataFrame:
    """Completion by task, township and responsible, with the verdict where a target asks.

    Rows of townships are held against targets of townships, all others against those of the
    county; where there are several, against the hardest.
    """
    tasks = tasks_of(opened.campaign)
    if not len(tasks):
        return pd.DataFrame()
    townships = opened.townships
    names = dict(zip(townships["code"].astype(str), townships["name"].astype(str), strict=True))
    codes = township_codes(townships)
    table = completion_by(tasks.assign(township=tasks["township"].map(codes).map(names)))
    wanted = table["by"].map(_LEVEL_OF).fillna("county")
    target, comparison, verdict = (pd.Series(one, table.index) for one in (np.nan, "", "no target"))
    for level in wanted.unique():
        asked = [t for _, t in targets if (t.indicator, t.level) == (TASK_COMPLETION, level)]
        if not asked:
            continue
        hardest = max(asked, key=lambda one: float(one.value or 0.0))
        rows = wanted == level
        value = table.loc[rows, "completion_pct"].to_numpy(dtype=float)
        met = reaches(value, hardest.comparison, float(hardest.value or 0.0))
        target[rows], comparison[rows] = float(hardest.value or 0.0), hardest.comparison
        verdict[rows] = np.where(np.isnan(value), "no data", np.where(met, "met", "not met"))
    return table.assign(target=target, comparison=comparison, verdict=verdict)
