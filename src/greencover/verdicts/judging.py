"""Every figure held against every target that can be judged, and why the others cannot."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from greencover.campaign.targets import by_settlement, ground_of, named_targets, obstacle
from greencover.standards import Target
from greencover.verdicts.figures import with_wetland_rule
from greencover.verdicts.measure import UNIT_LEVELS, Measured
from greencover.verdicts.verdicts import judge, without_target

# Shown where a target asks for them; otherwise they repeat another figure.
_ONLY_WHEN_ASKED = ("canopy_cover",)
_ORDER = {"county": 0, "township": 1, "village": 2, "road_grade": 3, "road": 4}
Judged = tuple[tuple[str, Target], ...]


def verdicts(figures: pd.DataFrame, measured: Measured) -> tuple[pd.DataFrame, Judged, list[str]]:
    """Hold figures against every target that can be judged; say why the others cannot.

    Returns
    -------
    table, judged, notes
        Rows with verdicts, those without target last; the targets judged, with the key of their
        standard; sentences on the others.
    """
    opened = measured.opened
    limit = opened.campaign.unobserved_limit_pct
    tables, judged, notes = [], [], []
    asked: set[Any] = set()
    for standard, target in named_targets(opened):
        if not by_settlement(target, opened) and _elsewhere(target, measured):
            continue
        why_not = obstacle(target, opened)
        if why_not:
            notes.append(f"{standard}: {target} was not judged: {why_not}.")
            continue
        rows = _rows(figures, target, measured)
        if not len(rows):
            notes.append(f"{standard}: {target} was not judged: there is no such unit.")
            continue
        if not target.grades:
            asked |= set(rows.index)
        if "deduct_wetland_above_pct" in target.rule:
            rows = _without_wetland(rows, target, measured)
        tables.append(judge(rows, target, standard, unobserved_limit_pct=limit))
        judged.append((standard, target))
    spare = ~figures.index.isin(asked) & ~figures["indicator"].isin(_ONLY_WHEN_ASKED)
    spare &= ~((figures["indicator"] == "green_coverage") & (figures["ground"] != ""))
    table = pd.concat([*tables, without_target(figures[spare])], ignore_index=True)
    table = table.sort_values("level", key=lambda level: level.map(_ORDER), kind="stable")
    return table.reset_index(drop=True), tuple(judged), notes


def _elsewhere(target: Target, measured: Measured) -> bool:
    return target.applies(measured.opened.campaign.conditions) is False


def _rows(figures: pd.DataFrame, target: Target, measured: Measured) -> pd.DataFrame:
    """Figures that a target is about."""
    if target.grades:
        return measured.roadside_rows(target.level, target.grades)
    opened = measured.opened
    chosen = (
        figures["indicator"].eq(target.indicator)
        & figures["level"].eq(target.level)
        & figures["ground"].eq(ground_of(target, opened) or "")
    )
    if by_settlement(target, opened):
        assert opened.villages is not None
        assert opened.settlements is not None
        kinds = dict(zip(opened.villages["code"], opened.settlements, strict=True))
        wanted = target.when["settlement"]
        allowed = wanted if isinstance(wanted, list | tuple) else [wanted]
        chosen &= figures["unit"].map(kinds).isin(allowed)
    return figures[chosen]


def _without_wetland(rows: pd.DataFrame, target: Target, measured: Measured) -> pd.DataFrame:
    """Rows whose land lacks the wetland beyond the share that the target names."""
    name = next(n for n, level in UNIT_LEVELS.items() if level == target.level)
    areas = measured.areas[name].set_axis(measured.units[name]["unit"], axis=0)
    legend = measured.opened.cover.legend
    return with_wetland_rule(rows, areas, legend, float(target.rule["deduct_wetland_above_pct"]))


def sampled_notes(measured: Measured) -> Iterator[str]:
    """Say what the verdicts take the map for."""
    sample = measured.opened.accuracy
    if sample is None:
        yield (
            "no reference sample is named under [accuracy], so verdicts take the land cover at "
            "face value"
        )
        return
    yield (
        f"figures of cover are corrected by {sample.points} reference points, with intervals at "
        f"{100.0 * sample.level:g} %; error rates of the whole map are taken to hold in every "
        "unit, and road sides and green per resident are as the map shows them"
    )
    cover = measured.opened.campaign.cover
    table = sample.shares(measured.areas["county"], measured.opened.cover.legend, cover.forest)
    of_a_class = ("accuracy.one_sample", "accuracy.all_agree", "accuracy.unvisited")
    for note in table.attrs["notes"]:
        unknown = note.code == "accuracy.class_unsampled"
        # Patches too small to count are said elsewhere; no sample can be drawn of them.
        if note.code in of_a_class or (unknown and note.values["label"] != sample.small_code):
            yield note
