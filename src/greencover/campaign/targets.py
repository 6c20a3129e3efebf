"""The targets of a campaign, and why one cannot be judged with what the campaign gives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from greencover.campaign.model import LEVELS_OF, ExtraTarget
from greencover.standards import INDICATORS, Target

if TYPE_CHECKING:
    from greencover.campaign.layers import OpenedCampaign

OWN = "campaign"
# What a target is about: indicator and scope -> the layer whose ground it is judged on. An empty
# layer: the unit as it is, when the scope names a reading and no ground.
_GROUND = {
    ("green_coverage", "built-up area"): "built_up",
    ("township_green_coverage", ""): "built_up",
    ("township_green_coverage", "built-up area"): "built_up",
    ("township_green_coverage", "township seat"): "built_up",
    ("canopy_cover", "urban area"): "built_up",
    ("canopy_cover", "every neighbourhood"): "",
    ("village_greening", "woody greening"): "",
    ("park_service_coverage", "residential land"): "residential",
    ("park_service_coverage", "urban area within 500 m"): "built_up",
    ("water_source_forest", ""): "water_sources",
    ("car_park_canopy", ""): "car_parks",
    ("street_canopy_cover", ""): "streets",
    ("shelterbelt_control", ""): "shelterbelts",
}
_OF_SETTLEMENTS = ("village_greening", "village_green_coverage")
_SIGNS = {"min": ">=", "max": "<=", "above": ">", "below": "<"}


def named_targets(opened: OpenedCampaign) -> tuple[tuple[str, Target], ...]:
    """List every target with the key of its standard; the campaign's own go by "campaign"."""
    of_standards = [(one.key, target) for one in opened.standards for target in one.targets]
    return (*of_standards, *((OWN, _as_target(extra)) for extra in opened.campaign.targets))


def obstacle(target: Target, opened: OpenedCampaign) -> str:
    """Say why a target cannot be judged, as the end of a sentence; empty when it can be."""
    if not target.computable:
        return "it needs a register, a survey or a poll"
    if target.indicator not in LEVELS_OF:
        return "this version does not compute it"
    if target.level not in LEVELS_OF[target.indicator]:
        return f"it is not computed at the level {target.level}"
    if target.value is None:
        return "the standard's figure is not known"
    if "relative_to" in target.rule:
        return f"it is relative to the {target.rule['relative_to']}, which the campaign lacks"
    ground = ground_of(target, opened)
    if ground is None:
        return f"it is about the {target.scope}, of which the campaign has no outline"
    if ground and getattr(opened, ground) is None:
        about = f"it is about the {target.scope}; it" if target.scope else "it"
        return f"{about} needs [layers.{ground}]"
    unsettled = opened.villages is not None and opened.settlements is None
    if target.indicator in _OF_SETTLEMENTS and unsettled:
        return (
            "it is about settlements; if the villages are their outlines, name the column with "
            "their type as settlement under [layers.villages]"
        )
    conditions = opened.campaign.conditions
    if by_settlement(target, opened):
        conditions = dict(conditions) | {"settlement": target.when["settlement"]}
    return _condition_unmet(target, conditions) or _missing_input(target, opened)


def ground_of(target: Target, opened: OpenedCampaign) -> str | None:
    """Name the layer on whose ground a target is judged: "" for the unit, None where none is."""
    if target.indicator in ("roadside_greening_rate", "waterside_greening_rate"):
        return ""
    if (target.indicator, target.scope) in _GROUND:
        return _GROUND[target.indicator, target.scope]
    if target.indicator == "park_service_coverage" and not target.scope:
        return "built_up" if opened.residential is None else "residential"
    return None if target.scope else ""


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


def _as_target(extra: ExtraTarget) -> Target:
    indicator = INDICATORS[extra.indicator]
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


def _condition_unmet(target: Target, conditions: Mapping[str, Any]) -> str:
    applies = target.applies(conditions)
    if applies is None:
        absent = ", ".join(key for key in target.when if key not in conditions)
        return f"it depends on {absent}; declare it under [conditions]"
    if not applies:
        given = ", ".join(f"{key} = {conditions[key]}" for key in target.when if key in conditions)
        return f"it does not apply here ({given})"
    return ""


def _missing_input(target: Target, opened: OpenedCampaign) -> str:
    if target.indicator == "roadside_greening_rate" and opened.roads is None:
        return "it needs [layers.roads]"
    if target.indicator == "waterside_greening_rate" and opened.waters is None:
        return "it needs [layers.waters]"
    if target.level == "village" and opened.villages is None:
        return "it needs [layers.villages]"
    parks = ("park_green_per_capita", "park_service_coverage")
    if target.indicator in parks and opened.parks is None:
        return "it needs [layers.parks]"
    if target.indicator.endswith("per_capita") and not opened.has_population(target.level):
        section = "villages" if target.level == "village" else "townships"
        return f"it needs residents; declare population under [layers.{section}]"
    return ""
