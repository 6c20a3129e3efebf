"""Every figure held against every target that can be judged, and why the others cannot."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from greencover.accuracy.acceptance import Acceptance
from greencover.campaign.layers import OpenedCampaign
from greencover.campaign.targets import (
    asked_of,
    by_settlement,
    ground_of,
    is_elsewhere,
    level_of_units,
    named_targets,
    obstacle,
)
from greencover.ground.notes import Note
from greencover.standards import Target
from greencover.verdicts.figures import NO_TOWNSHIP
from greencover.verdicts.measure import Measured
from greencover.verdicts.most_units import judge_share
from greencover.verdicts.verdicts import judge, without_target

# What a sample says of single classes.
_OF_CLASSES = ("accuracy.one_sample", "accuracy.all_agree", "accuracy.unvisited")
_ORDER = {"county": 0, "township": 1, "village": 2, "road_grade": 3, "road": 4}
Judged = tuple[tuple[str, Target], ...]


def verdicts(figures: pd.DataFrame, measured: Measured) -> tuple[pd.DataFrame, Judged, list[Note]]:
    """Hold figures against every target that can be judged; say why the others cannot.

    Returns
    -------
    table, judged, notes
        Rows with verdicts, those without target last; the targets judged, with the key of their
        standard; sentences on the others.
    """
    opened = measured.opened
    # Some repeat another figure, and are for targets alone.
    shown, figures = figures["shown"], figures.drop(columns="shown")
    limit = opened.campaign.unobserved_limit_pct
    level = 0.95 if opened.accuracy is None else opened.accuracy.level
    tables, judged, notes = [], [], []
    wanted: set[Any] = set()
    for standard, target in named_targets(opened):
        if is_elsewhere(target, opened):
            continue
        asked = asked_of(target)
        why_not = obstacle(asked, opened)
        if why_not:
            notes.append(_unjudged(standard, target, why_not))
            continue
        rows = _rows(figures, asked, measured)
        if not len(rows):
            notes.append(_unjudged(standard, target, Note("verdicts.no_such_unit")))
            continue
        if level_of_units(target) is not None:
            county = measured.units["county"]
            told = judge_share(
                rows, county, asked, standard, unobserved_limit_pct=limit, sample_level=level
            )
            tables.append(told)
            judged.append((standard, target))
            continue
        if not target.grades:
            wanted |= set(rows.index)
        tables.append(judge(rows, target, standard, unobserved_limit_pct=limit, sample_level=level))
        judged.append((standard, target))
    spare = shown & ~figures.index.isin(wanted)
    table = pd.concat([*tables, without_target(figures[spare])], ignore_index=True)
    table = table.sort_values("level", key=lambda level: level.map(_ORDER), kind="stable")
    return table.drop(columns="proof").reset_index(drop=True), tuple(judged), notes


def _rows(figures: pd.DataFrame, target: Target, measured: Measured) -> pd.DataFrame:
    """Figures that a target is about."""
    if target.grades:
        record = measured.opened.campaign.records[target.indicator]
        figures = measured.rows(record, target.level, grades=target.grades)
        return figures[figures["unit"].ne(NO_TOWNSHIP)] if len(figures) else figures
    opened = measured.opened
    rows = figures[_of(figures, target, opened)]
    if by_settlement(target, opened):
        assert opened.villages is not None
        assert opened.settlements is not None
        kinds = dict(zip(opened.villages["code"], opened.settlements, strict=True))
        wanted = target.when["settlement"]
        allowed = wanted if isinstance(wanted, list | tuple) else [wanted]
        rows = rows[rows["unit"].map(kinds).isin(allowed)]
    wetland = target.rule.get("deduct_wetland_above_pct")
    accepted = Acceptance.of(target.rule)
    level = accepted.level if accepted and opened.accuracy is not None else None
    if wetland is None and level is None:
        return rows
    record, ground = opened.campaign.records[target.indicator], ground_of(target, opened)
    counted_anew = measured.rows(
        record,
        target.level,
        ground or "",
        wetland_limit_pct=None if wetland is None else float(wetland),
        sample_level=level,
    ).set_index("unit", drop=False)
    # In place of the rows that they repeat, under the same index.
    return counted_anew.loc[rows["unit"]].set_axis(rows.index, axis=0)


def _of(figures: pd.DataFrame, target: Target, opened: OpenedCampaign) -> pd.Series[bool]:
    return (
        figures["indicator"].eq(target.indicator)
        & figures["level"].eq(target.level)
        & figures["ground"].eq(ground_of(target, opened) or "")
        & figures["unit"].ne(NO_TOWNSHIP)
    )


def _unjudged(standard: str, target: Target, why: Note) -> Note:
    return Note(
        "verdicts.not_judged",
        standard=standard,
        indicator=target.indicator,
        level=target.level,
        goal=target.goal,
        why=why,
    )


def sampled_notes(measured: Measured) -> Iterator[Note]:
    """Say what the verdicts take the map for."""
    sample = measured.opened.accuracy
    if sample is None:
        yield Note("verdicts.no_sample")
        return
    yield Note("verdicts.sampled", points=sample.points, level=100.0 * sample.level)
    opened = measured.opened
    codes = opened.cover.legend.codes_of(*opened.campaign.cover.forest)
    table = sample.shares(
        measured.areas["county"], opened.cover.legend, opened.campaign.cover.forest, codes
    )
    for note in table.attrs["notes"]:
        unknown = note.code == "accuracy.class_unsampled"
        # Patches too small to count are said elsewhere; no sample can be drawn of them.
        if note.code in _OF_CLASSES or (unknown and note.values["label"] != sample.small_code):
            yield note
