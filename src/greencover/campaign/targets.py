"""The targets of a campaign, and why one cannot be judged with what the campaign gives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from greencover.ground.notes import Note
from greencover.standards import Target
from greencover.words import Listed

if TYPE_CHECKING:
    from greencover.campaign.layers import OpenedCampaign
    from greencover.campaign.model import ExtraTarget
    from greencover.indicators.registry import Indicator

OWN = "campaign"
_SIGNS = {"min": ">=", "max": "<=", "above": ">", "below": "<"}


def named_targets(opened: OpenedCampaign) -> tuple[tuple[str, Target], ...]:
    """List every target with the key of its standard; the campaign's own go by "campaign"."""
    of_standards = [(one.key, target) for one in opened.standards for target in one.targets]
    return (*of_standards, *((OWN, _as_target(extra, opened)) for extra in opened.campaign.targets))


def obstacle(target: Target, opened: OpenedCampaign) -> Note | None:
    """Say why a target cannot be judged, as the end of a sentence; None when it can be."""
    if not target.computable:
        return Note("campaign.needs_register")
    record = opened.campaign.records[target.indicator]
    if record.formula is None:
        return Note("campaign.not_computed")
    if target.level not in record.levels:
        return Note("campaign.not_at_level", level=target.level)
    if target.value is None:
        return Note("campaign.no_figure_known")
    if "relative_to" in target.rule:
        return Note("campaign.relative_to", what=target.rule["relative_to"])
    ground = ground_of(target, opened)
    if ground is None:
        return Note("campaign.no_outline", scope=target.scope)
    if ground and ground not in opened.layers:
        if target.scope:
            return Note("campaign.needs_layer_about", scope=target.scope, layer=ground)
        return Note("campaign.needs_layer", layer=ground)
    unsettled = opened.villages is not None and opened.settlements is None
    if "settlements" in record.needs and unsettled:
        return Note("campaign.needs_settlements")
    conditions = opened.campaign.conditions
    if by_settlement(target, opened):
        conditions = dict(conditions) | {"settlement": target.when["settlement"]}
    return _condition_unmet(target, conditions) or _missing_input(target, record, opened)


def ground_of(target: Target, opened: OpenedCampaign) -> str | None:
    """Name the layer on whose ground a target is judged: "" for the unit, None where none is."""
    record = opened.campaign.records[target.indicator]
    scope = "" if record.formula == "length" else target.scope
    return record.ground_of(scope, opened.layers)


def by_settlement(target: Target, opened: OpenedCampaign) -> bool:
    """Whether a target holds for some villages only, each by its own settlement type."""
    section = opened.campaign.layers.villages
    declared = section is not None and section.settlement is not None
    return declared and target.level == "village" and "settlement" in target.when


def when_text(target: Target) -> str:
    """Phrase the conditions of a target, such as "precipitation_mm > 800"; empty if it has none.

    Examples
    --------
    >>> when_text(Target("forest_coverage", "county", when={"precipitation_mm": {"above": 800}}))
    'precipitation_mm > 800'
    """
    return ", ".join(_phrase(key, wanted) for key, wanted in target.when.items())


def _as_target(extra: ExtraTarget, opened: OpenedCampaign) -> Target:
    indicator = opened.campaign.records[extra.indicator]
    return Target(
        indicator=extra.indicator,
        level=extra.level,
        value=extra.value,
        unit=indicator.unit,
        comparison=extra.comparison,
        grades=extra.grades,
        verified=True,
        confidence="campaign",
        source=extra.source,
        note=extra.note or "",
        name=extra.name or indicator.name,
        name_zh=extra.name_zh or indicator.name_zh,
    )


def _phrase(key: str, wanted: Any) -> str:
    if isinstance(wanted, Mapping):
        return " and ".join(f"{key} {_SIGNS[sign]} {limit:g}" for sign, limit in wanted.items())
    if isinstance(wanted, list | tuple):
        return f"{key} = {' or '.join(map(str, wanted))}"
    return f"{key} = {wanted}"


def _condition_unmet(target: Target, conditions: Mapping[str, Any]) -> Note | None:
    applies = target.applies(conditions)
    if applies is None:
        absent = [key for key in target.when if key not in conditions]
        return Note("campaign.condition_absent", conditions=_every(absent))
    if not applies:
        given = [f"{key} = {conditions[key]}" for key in target.when if key in conditions]
        return Note("campaign.condition_unmet", conditions=_every(given))
    return None


def _every(names: list[str]) -> Listed:
    return Listed(tuple(names), len(names), "comma")


def _missing_input(target: Target, record: Indicator, opened: OpenedCampaign) -> Note | None:
    levels = ("villages",) if target.level == "village" else ()
    for needed in (*levels, *record.needs):
        if needed == "residents" and not opened.has_population(target.level):
            section = "villages" if target.level == "village" else "townships"
            return Note("campaign.needs_residents", layer=section)
        if needed not in ("residents", "settlements") and needed not in opened.layers:
            return Note("campaign.needs_layer", layer=needed)
    return None
