"""Figures that were reported, held against what is measured: 上报与核实.

*Consistent* is said where a reported figure, as it is rounded, lies within what the sample of the
map leaves open; *contradicted* where it lies beyond all that is not known; *cannot tell* where what
was not observed, or is not known of the map's errors, decides.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from greencover.campaign.model import Reported
from greencover.campaign.reported import Place, place_of
from greencover.ground.geodesy import HECTARE_M2, MU_PER_HECTARE
from greencover.ground.limits import reaches
from greencover.ground.notes import Note
from greencover.indicators.registry import Indicator
from greencover.verdicts.figures import NO_TOWNSHIP
from greencover.verdicts.measure import LAYER_OF, Measured

CONSISTENT, CONTRADICTED, CANNOT_TELL = "consistent", "contradicted", "cannot tell"
_SIDES = ("value", "sample_low", "sample_high", "low", "high")
_PER_HA = {"ha": 1.0, "mu": MU_PER_HECTARE, "m²": HECTARE_M2, "km": 1.0}
_ROUNDING = 1e-9


def reported_table(table: pd.DataFrame, measured: Measured) -> pd.DataFrame:
    """Every reported figure of a campaign beside the measured one.

    Parameters
    ----------
    table
        Of the assessment.
    measured
        Areas and lengths that it is of.

    Returns
    -------
    pandas.DataFrame
        One row a figure, in the order of the campaign: ``level``, ``unit``, names, ``indicator``
        and its names, ``grades``, ``scope``, ``reported``, ``measured``, ``low`` and ``high`` in
        ``measure``, ``difference`` (reported less measured), ``unobserved_pct``, ``finding``,
        ``date``, ``document`` and ``note``.
    """
    campaign = measured.opened.campaign
    rows = []
    for one in campaign.reported:
        place = place_of(one, campaign, measured.opened.layers)
        # A campaign that cannot tell whose figure it is was refused when it was opened.
        assert isinstance(place, Place)
        rows.append(_row(one, place, table, measured))
    # Notes stay notes, which say themselves in any language.
    notes = pd.Series([row.pop("note") for row in rows], dtype=object)
    return pd.DataFrame(rows).assign(note=notes) if rows else pd.DataFrame()


def reported_notes(reported: pd.DataFrame) -> Iterator[Note]:
    """Count the reported figures by what is found."""
    if len(reported):
        counts = reported["finding"].value_counts()
        yield Note(
            "verdicts.reported",
            all=len(reported),
            consistent=int(counts.get(CONSISTENT, 0)),
            contradicted=int(counts.get(CONTRADICTED, 0)),
            open=int(counts.get(CANNOT_TELL, 0)),
        )


def _row(one: Reported, place: Place, table: pd.DataFrame, measured: Measured) -> dict[str, Any]:
    record = measured.opened.campaign.records[one.indicator]
    measure = one.measure or record.unit
    names = _names(place, table, measured)
    figure = _figure(one, place, record, measure, table, measured)
    finding, note = _finding(one, figure, record, measured)
    return {
        "level": place.level,
        "unit": place.unit,
        **names,
        "indicator": record.key,
        "indicator_name": record.name,
        "indicator_name_zh": record.name_zh,
        "grades": ",".join(one.grades),
        "scope": one.scope or "",
        "reported": one.value,
        "measured": figure["value"],
        "low": figure["low"],
        "high": figure["high"],
        "measure": measure,
        "difference": one.value - figure["value"],
        "unobserved_pct": figure["unobserved_pct"],
        "finding": finding,
        "date": one.date,
        "document": one.document,
        "note": note,
    }


def _names(place: Place, table: pd.DataFrame, measured: Measured) -> dict[str, str]:
    units = measured.units.get(LAYER_OF.get(place.level, ""), table[table["level"] == place.level])
    own = units[units["unit"].astype(str) == place.unit]
    if not len(own):
        return {"name": place.unit, "name_en": place.unit}
    return {name: str(own[name].iloc[0]) for name in ("name", "name_en")}


def _figure(
    one: Reported,
    place: Place,
    record: Indicator,
    measure: str,
    table: pd.DataFrame,
    measured: Measured,
) -> dict[str, float]:
    """Measured figure in the measure of the report, with its limits; NaN where there is none."""
    amount, ground = measure in _PER_HA, _ground_of(one, record, measured)
    if amount or one.grades:
        rows = measured.rows(record, place.level, ground, grades=one.grades)
    else:
        # What is asked of a share of the units is no figure of the county.
        rows = table[table["grades"].eq("") & table["measure"].ne("places")]
    if len(rows):
        chosen = (rows["indicator"] == record.key) & (rows["level"] == place.level)
        chosen &= rows["unit"].astype(str).eq(place.unit) & rows["ground"].eq(ground)
        rows = rows[chosen & rows["unit"].ne(NO_TOWNSHIP)]
    if not len(rows):
        return dict.fromkeys((*_SIDES, "unobserved_pct"), np.nan)
    # Standards that take wetland from the land give one unit figures of several kinds.
    low, high = (rows[side].fillna(rows["value"]) for side in ("low", "high"))
    first = rows.iloc[0]
    figure = {side: float(first[side]) for side in _SIDES}
    figure |= {"low": float(low.min()), "high": float(high.max())}
    if rows["value"].nunique() > 1:
        figure |= {"sample_low": float(low.min()), "sample_high": float(high.max())}
    if amount:
        per_head = record.formula == "per head"
        whole = float(first["denominator"]) / (HECTARE_M2 if per_head else 100.0)
        blind = 0.0 if per_head else _unseen(first, place, measured) / 100.0
        factor = _PER_HA[measure]
        figure = {
            side: value * factor * (whole + (blind if side in ("low", "high") else 0.0))
            for side, value in figure.items()
        }
    elif measure == "fraction":
        figure = {side: value / 100.0 for side, value in figure.items()}
    return figure | {"unobserved_pct": float(first["unobserved_pct"])}


def _ground_of(one: Reported, record: Indicator, measured: Measured) -> str:
    """The layer on whose ground a reported figure is counted; "" for the unit itself."""
    return record.ground_of(one.scope or "", measured.opened.layers) or ""


def _unseen(row: pd.Series[Any], place: Place, measured: Measured) -> float:
    """Hectares or kilometres of the denominator that were not observed."""
    if row["measure"] == "km":
        return float(row["all_km"] * row["unobserved_pct"] / 100.0)
    name, ground = LAYER_OF[place.level], str(row["ground"])
    areas = measured.parts.get((ground, name)) if ground else measured.areas[name]
    if areas is None:
        return 0.0
    own = (measured.units[name]["unit"].astype(str) == place.unit).to_numpy()
    return float(areas.loc[own, "unobserved_ha"].iloc[0])


def _finding(
    one: Reported, figure: dict[str, float], record: Indicator, measured: Measured
) -> tuple[str, Note | str]:
    limit = measured.opened.campaign.unobserved_limit_pct
    value, low, high = figure["value"], figure["low"], figure["high"]
    if not np.isfinite(value):
        return CANNOT_TELL, Note("verdicts.reported_none")
    if reaches(figure["unobserved_pct"], ">", limit):
        return CANNOT_TELL, Note("verdicts.unobserved", share=figure["unobserved_pct"], limit=limit)
    sampled = np.isfinite(figure["sample_low"])
    inner = (figure["sample_low"], figure["sample_high"]) if sampled else (value, value)
    if _overlaps(one.value, inner):
        return CONSISTENT, "" if sampled else Note("verdicts.reported_as_shown")
    if _overlaps(one.value, (low, high)):
        return CANNOT_TELL, Note("verdicts.reported_hidden", low=low, high=high)
    # Layers of parks are taken as they are drawn; of a map it must be known how often it errs.
    if sampled or record.counts == "parks" or record.formula == "served":
        return CONTRADICTED, ""
    return CANNOT_TELL, Note("verdicts.reported_unsampled")


def _overlaps(reported: float, limits: tuple[float, float]) -> bool:
    """Whether a figure lies within limits, as it is rounded: 65.3 stands for 65.25 to 65.35."""
    half = 0.5 * 10.0 ** float(Decimal(repr(reported)).normalize().as_tuple().exponent)
    half = min(half, 0.5) + _ROUNDING * max(abs(reported), 1.0)
    return bool(limits[0] - half <= reported <= limits[1] + half)
