"""Completion of the plan, held against the targets that name it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from greencover.ground.limits import reaches
from greencover.indicators.completion import TASK_COMPLETION
from greencover.standards import Target

_LEVEL_OF = {"township": "township"}


def completion_of(table: pd.DataFrame, targets: tuple[tuple[str, Target], ...]) -> pd.DataFrame:
    """Completion by task, township and responsible, with the verdict where a target asks.

    Rows of townships are held against targets of townships, all others against those of the
    county; where there are several, against the hardest.
    """
    if not len(table):
        return table
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
