"""The targets of a campaign, and why one cannot be judged with what the campaign gives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from greencover.accuracy.acceptance import Acceptance
from greencover.ground.notes import Note
from greencover.standards import CONDITIONS, Target
from greencover.words import Listed, Named

if TYPE_CHECKING:
    from greencover.campaign.layers import OpenedCampaign
    from greencover.campaign.model import ExtraTarget
    from greencover.indicators.registry import Indicator

OWN = "campaign"
_MEANS = {
    "country": Named.of(en="the country", zh="全国"),
    "province": Named.of(en="the province", zh="全省"),
}
# Levels whose units a campaign has.
_LEVELS_OF_UNITS = ("township", "village", "road", "road_grade")
_SIGNS = {"min": ">=", "max": "<=", "above": ">", "below": "<"}


def named_targets(opened: OpenedCampaign) -> tuple[tuple[str, Target], ...]:
    """List every target with the key of its standard; the campaign's own go by "campaign"."""
    of_standards = [(one.key, target) for one in opened.standards for target in one.targets]
    return (*of_standards, *((OWN, _as_target(extra, opened)) for extra in opened.campaign.targets))


def obstacle(target: Target, opened: OpenedCampaign) -> Note | None:
    """Say why a target cannot be judged, as the end of a sentence; None when it can be."""
    if needs_more_units(target):
        return Note("campaign.obstacle.no_such_units")
    if not target.computable:
        return Note("campaign.obstacle.register")
    record = opened.campaign.records[target.indicator]
    if record.formula is None:
        return Note("campaign.obstacle.not_computed")
    if target.level not in record.levels:
        return Note("campaign.obstacle.level", level=target.level)
    if target.value is None:
        return Note("campaign.obstacle.no_figure")
    if "relative_to" in target.rule:
        return Note("campaign.obstacle.relative", scope=target.rule["relative_to"])
    if target.unit != record.unit:
        return Note("campaign.obstacle.unit", unit=target.unit, own=record.unit)
    if "mean_of" in target.rule:
        return Note("campaign.obstacle.mean", area=_MEANS[target.rule["mean_of"]])
    ground = ground_of(target, opened)
    if ground is None:
        return Note("campaign.obstacle.no_outline", scope=target.scope)
    if ground and ground not in opened.layers:
        if target.scope:
            return Note("campaign.obstacle.scope_layer", scope=target.scope, layer=ground)
        return Note("campaign.obstacle.layer", layer=ground)
    unsettled = opened.villages is not None and opened.settlements is None
    if "settlements" in record.needs and unsettled:
        return Note("campaign.obstacle.settlements")
    conditions = opened.campaign.conditions
    if by_settlement(target, opened):
        conditions = dict(conditions) | {"settlement": target.when["settlement"]}
    return _condition_unmet(target, conditions) or _missing_input(target, record, opened)


def judged_targets(opened: OpenedCampaign) -> tuple[tuple[str, Target], ...]:
    """Targets that apply and that nothing stands in the way of, with the key of their standard."""
    return tuple(
        (key, target)
        for key, target in named_targets(opened)
        if not is_elsewhere(target, opened) and not obstacle(asked_of(target), opened)
    )


def is_elsewhere(target: Target, opened: OpenedCampaign) -> bool:
    """Whether a target is for other conditions than those that the campaign declares."""
    if by_settlement(target, opened):
        return False
    return target.applies(opened.campaign.conditions) is False


def level_of_units(target: Target) -> str | None:
    """Level of the units that a share of must reach a target; None where no share is asked for."""
    if "share_of_units" not in target.rule:
        return None
    counted = str(target.rule.get("of", target.level))
    return counted if counted in _LEVELS_OF_UNITS else None


def needs_more_units(target: Target) -> bool:
    """Whether a share of units is asked for that a campaign does not have, such as counties."""
    share = target.rule.get("share_of_units")
    # What every unit must reach, this one must reach.
    return share is not None and level_of_units(target) is None and Fraction(str(share)) < 1


def asked_of(target: Target) -> Target:
    """The target as it is asked of each unit, where a share of the units must reach it."""
    counted = level_of_units(target)
    return target if counted is None else replace(target, level=counted)


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


def limits_of(target: Target) -> tuple[Note, ...]:
    """Say to what a target is limited: road grades, conditions, what is enough, a scope.

    Examples
    --------
    >>> wet = Target("forest_coverage", "county", when={"precipitation_mm": {"above": 800}})
    >>> limits_of(wet)
    ('precipitation_mm > 800',)
    >>> limits_of(wet)[0].said("zh")
    '年均降水量 > 800'
    """
    limits = [Note("campaign.when.grade", grade=grade) for grade in target.grades]
    limits += [_phrase(key, wanted) for key, wanted in target.when.items()]
    if "share_of_units" in target.rule:
        limits.append(Note("campaign.when.share", share=target.rule["share_of_units"]))
    if accepted := Acceptance.of(target.rule):
        enough = f"{target.comparison} {accepted.pct:g} %"
        limits.append(Note("campaign.when.accepted", enough=enough, risk=accepted.risk_pct))
    return (
        (*limits, Note("campaign.when.scope", scope=target.scope)) if target.scope else (*limits,)
    )


def standard_notes(opened: OpenedCampaign) -> Iterator[Note]:
    """Say which standard another edition has replaced, and which targets an heir adds to."""
    campaign = opened.campaign
    year = campaign.year if campaign.year is not None else opened.cover.year
    for one in opened.standards:
        since = one.superseded_in
        if since is not None and (year is None or year >= since):
            title = Named.of(en=one.title, zh=one.title_zh)
            told = {"title": title, "edition": one.superseded_by, "since": str(since)}
            yield Note("campaign.superseded", **told)
        for target, inherited in one.repeated:
            # Figures for other ground or another climate are not judged here at all.
            conditions = campaign.conditions
            if False not in (target.applies(conditions), inherited.applies(conditions)):
                yield Note(
                    "campaign.both_judged",
                    standard=one.key,
                    indicator=target.indicator,
                    level=target.level,
                    own=target.goal,
                    inherited=inherited.goal,
                )


def _as_target(extra: ExtraTarget, opened: OpenedCampaign) -> Target:
    indicator = opened.campaign.records[extra.indicator]
    return Target(
        indicator=extra.indicator,
        level=extra.level,
        value=extra.value,
        unit=indicator.unit,
        comparison=extra.comparison,
        grades=extra.grades,
        scope=extra.scope or "",
        rule=extra.rule,
        verified=True,
        confidence="campaign",
        source=extra.source,
        note=extra.note or "",
        name=extra.name or indicator.name,
        name_zh=extra.name_zh or indicator.name_zh,
    )


def _phrase(key: str, wanted: Any) -> Note:
    if isinstance(wanted, Mapping):
        bounds = [
            Note("campaign.when.bound", condition=key, sign=_SIGNS[sign], limit=limit)
            for sign, limit in wanted.items()
        ]
        return Note("campaign.when.all", phrases=Listed.every(bounds, last="and"))
    values = wanted if isinstance(wanted, list | tuple) else [wanted]
    named = [_value(key, value) for value in values]
    return Note("campaign.when.one_of", condition=key, values=Listed.every(named, last="or"))


def _value(key: str, value: Any) -> Named:
    """The value of a condition as a campaign writes it; in Chinese by its name."""
    known = CONDITIONS[key].values if key in CONDITIONS else {}
    return Named.of(en=str(value), zh=known.get(value, str(value)))


def _condition_unmet(target: Target, conditions: Mapping[str, Any]) -> Note | None:
    applies = target.applies(conditions)
    if applies is None:
        absent = Listed.every(key for key in target.when if key not in conditions)
        return Note("campaign.obstacle.undeclared", conditions=absent)
    if not applies:
        given = [_phrase(key, conditions[key]) for key in target.when if key in conditions]
        return Note("campaign.obstacle.elsewhere", given=Listed.every(given))
    return None


def _missing_input(target: Target, record: Indicator, opened: OpenedCampaign) -> Note | None:
    levels = ("villages",) if target.level == "village" else ()
    ground = ground_of(target, opened)
    for needed in (*levels, *record.needs):
        if needed == "residents" and ground:
            # Residents of a part are not those of the whole.
            if "population" not in opened.layers[ground]:
                return Note("campaign.obstacle.residents", layer=ground)
            continue
        if needed == "residents" and not opened.has_population(target.level):
            section = "villages" if target.level == "village" else "townships"
            return Note("campaign.obstacle.residents", layer=section)
        if needed == "tasks":
            if not opened.campaign.tasks:
                return Note("campaign.obstacle.tasks")
            continue
        if needed not in ("residents", "settlements") and needed not in opened.layers:
            return Note("campaign.obstacle.layer", layer=needed)
    return None
