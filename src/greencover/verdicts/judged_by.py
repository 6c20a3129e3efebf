"""What roadsides of a campaign were judged by: share of length by source, and disagreements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import geopandas as gpd
import pandas as pd

from greencover.corridor.result import CorridorGreening
from greencover.ground.notes import Note, joined
from greencover.words import Listed


def evidence_table(greening: CorridorGreening | None) -> pd.DataFrame:
    """Length by what decided; empty where the land cover decides all."""
    if greening is None or "evidence" not in greening.sides:
        return pd.DataFrame()
    return greening.evidence_lengths


def source_notes(greening: CorridorGreening | None) -> list[Note]:
    """Which share of the greenable length each source decided, and how far they disagree."""
    if greening is None or "evidence" not in greening.sides:
        return []
    notes = [note for note in [_shares(greening)] if note is not None]
    km = float(greening.disagreements["length_m"].sum()) / 1000.0
    if km > 0.0:
        notes.append(Note("verdicts.sources_disagree", km=km))
    return notes


def with_sources(
    notes: pd.Series[Any],
    greening: CorridorGreening,
    column: str,
    units: pd.DataFrame,
    grades: Sequence[str] = (),
) -> pd.Series[Any]:
    """Notes of figures, with what the length of each unit was judged by.

    Parameters
    ----------
    notes, units
        Notes of the figures, and the unit of each.
    greening, column, grades
        The sides, their column that names the units ("" for all), and the grades that count.
    """
    sides = greening.sides
    if "evidence" not in sides:
        return notes
    if grades:
        sides = sides[sides["grade"].isin(grades)]
    parts: dict[Any, Any] = {"": sides}
    if column:
        parts = dict(tuple(sides.groupby(column, sort=False)))
    told = []
    for note, unit in zip(notes, units["unit"], strict=True):
        part = parts.get(unit if column else "")
        more = None if part is None else _shares(replace(greening, sides=gpd.GeoDataFrame(part)))
        told.append(note if more is None else joined(note, more))
    return pd.Series(told, index=notes.index, dtype=object)


def _shares(greening: CorridorGreening) -> Note | None:
    table = greening.evidence_lengths
    table = table[table["share_pct"] > 0.0]
    if table.empty:
        return None
    shares = [
        Note("verdicts.share_of_source", evidence=str(key), share=float(share))
        for key, share in zip(table["evidence"], table["share_pct"], strict=True)
    ]
    return Note("verdicts.judged_by_source", shares=Listed.every(shares))
