"""Targets that a share of the units must reach, such as two thirds of the townships."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pandas as pd

from greencover.accuracy.acceptance import Acceptance
from greencover.campaign.targets import level_of_units
from greencover.ground.notes import Note, joined
from greencover.standards import Target
from greencover.verdicts.figures import OPEN
from greencover.verdicts.proof import accepts
from greencover.verdicts.verdicts import judge


def judge_share(
    rows: pd.DataFrame,
    county: pd.DataFrame,
    target: Target,
    standard: str,
    *,
    unobserved_limit_pct: float,
    sample_level: float = 0.95,
) -> pd.DataFrame:
    """One row for the county: how many of its units reach a target, held against the share asked.

    Parameters
    ----------
    rows
        Figures of the units.
    county
        Unit, name and name_en of the county, one row.

    Returns
    -------
    pandas.DataFrame
        ``value`` is the percentage of units that reach it, ``numerator`` and ``denominator`` their
        numbers; units that are uncertain or without data may or may not: ``low`` to ``high``.
    """
    level = str(level_of_units(target))
    judged = judge(
        rows,
        target,
        standard,
        unobserved_limit_pct=unobserved_limit_pct,
        sample_level=sample_level,
    )
    each = judged["verdict"]
    accepted = Acceptance.of(target.rule)
    share = Fraction(str(target.rule["share_of_units"]))
    count, met = len(each), int(each.eq("met").sum())
    open_ = int(each.isin(["uncertain", "no data"]).sum())
    needed = share * count
    verdict = "met" if met >= needed else "uncertain" if met + open_ >= needed else "not met"
    told = Note(
        "verdicts.share_of_units",
        goal=target.goal,
        share=str(share),
        level=level,
        met=met,
        units=count,
        open=open_,
    )
    row = (
        rows.drop(columns=OPEN, errors="ignore")
        .iloc[[0]]
        .assign(
            **{name: county[name].iloc[0] for name in ("unit", "name", "name_en")},
            level="county",
            value=100.0 * met / count,
            unit_of_measure="%",
            numerator=float(met),
            denominator=float(count),
            measure="places",
            per="places",
            unobserved_pct=0.0,
            low=100.0 * met / count if open_ else np.nan,
            high=100.0 * (met + open_) / count if open_ else np.nan,
            sample_low=np.nan,
            sample_high=np.nan,
            scope=f"share of {level}s",
            note="",
        )
    )
    rule = "" if accepted is None else accepts(accepted, target.comparison)
    row["note"] = pd.Series([joined(told, rule)], index=row.index, dtype=object)
    asked = 100.0 * float(share)
    short = max(asked - 100.0 * met / count, 0.0)
    return row.assign(
        target=asked,
        comparison=">=",
        accept_pct=np.nan,
        accept_risk_pct=np.nan,
        target_name=target.name,
        target_name_zh=target.name_zh,
        standard=standard,
        verified=target.verified,
        source=target.source,
        gap=short,
        gap_pct=short,
        gap_ha=np.nan,
        gap_km=np.nan,
        verdict=verdict,
        grades=pd.Series([target.grades], index=row.index, dtype=object),
    )
