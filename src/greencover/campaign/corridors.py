"""The roads and waters of a campaign, laid out under the rules that it sets."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from greencover.corridor.evidence import Evidence
from greencover.corridor.evidence import opened as opened_evidence
from greencover.corridor.road_layer import road_layout
from greencover.corridor.rules import rules
from greencover.corridor.sources.claims import ClaimedStretches
from greencover.corridor.waterside import bank_layouts
from greencover.ground.notes import tell
from greencover.layers.operation import operation_error_m

if TYPE_CHECKING:
    from greencover.campaign.layers import OpenedCampaign
    from greencover.corridor._layout import Layout


def campaign_roads(opened: OpenedCampaign) -> Layout | None:
    """Roadsides as they will be counted; None without roads."""
    layer = opened.campaign.layers.roads
    if opened.roads is None or layer is None:
        return None
    return road_layout(
        opened.roads,
        road="road",
        ref="ref" if "ref" in opened.roads else None,
        grade="grade_raw",
        bridge="bridge",
        tunnel="tunnel",
        excluded=None if layer.excluded is None else "excluded",
        start_km=None if layer.start_km is None else "start_km",
        grades=layer.grades,
        evidence=(*opened_evidence(opened.campaign.roadside.evidence), *_claims(opened)),
        cover_year=opened.cover.year,
        **opened.sources.keywords(opened.campaign),
        **_shared(opened),
        **_with_operation(layer, "road", opened.campaign.roadside.given("road")),
    )


def _claims(opened: OpenedCampaign) -> Iterator[Evidence]:
    """Planting records, where the campaign says that they green their sides."""
    section = opened.campaign.tables.plantings
    if section is not None and section.greens and opened.plantings is not None:
        yield ClaimedStretches(opened.plantings)


def campaign_banks(opened: OpenedCampaign) -> tuple[Layout, ...]:
    """Banks as they will be counted, by the same rules as roadsides; none without waters."""
    section = opened.campaign.layers.waters
    if opened.waters is None or section is None:
        return ()
    given = section.given("water")
    for name, value in opened.campaign.roadside.given("road").items():
        rule = rules("water").get(name)
        if rule is None or "road" not in rule.of:
            continue
        if isinstance(value, str) and value not in opened.waters:
            tell("corridor.bank_lacks_column", rule=name, column=value)
            continue
        given[name] = value
    layouts = bank_layouts(
        opened.waters,
        water="water",
        width_m="metres" if isinstance(section.width_m, str) else section.width_m,
        cover_year=opened.cover.year,
        **opened.sources.from_above(opened.campaign),
        **_shared(opened),
        **_with_operation(section, "water", given),
    )
    return tuple(layouts)


def _with_operation(section: Any, corridor: str, given: dict[str, Any]) -> dict[str, Any]:
    """Rules with a position error that holds what the named operation of the layer leaves open."""
    error_m = 0.0 if section.operation is None else operation_error_m(section.operation)
    if error_m <= 0.0:
        return given
    own = given.get("position_error_m", rules(corridor)["position_error_m"].default)
    return {**given, "position_error_m": math.hypot(own, error_m)}


def _shared(opened: OpenedCampaign) -> dict[str, Any]:
    cover = opened.campaign.cover
    any_green = opened.campaign.roadside.variant == "any green"
    return {
        "covers": cover.green if any_green else cover.tree_cover,
        "units": opened.townships,
        "unit": "code",
        "within": opened.townships if opened.county is None else opened.county,
    }
