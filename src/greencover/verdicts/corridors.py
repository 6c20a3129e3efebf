"""The roads and waters of a campaign under the rules that it sets."""

from __future__ import annotations

from typing import Any

from greencover.campaign.layers import OpenedCampaign
from greencover.corridor.evidence import opened as opened_evidence
from greencover.corridor.roadside import RoadsideGreening, roadside_greening
from greencover.corridor.rules import rules
from greencover.corridor.waterside import WatersideGreening, waterside_greening
from greencover.ground.notes import tell
from greencover.ground.run import Run


def campaign_roads(opened: OpenedCampaign, run: Run) -> RoadsideGreening | None:
    """Greening of the roadsides; None without roads."""
    layer = opened.campaign.layers.roads
    if opened.roads is None or layer is None:
        return None
    return roadside_greening(
        opened.roads,
        opened.cover,
        run=run,
        road="road",
        grade="grade_raw",
        bridge="bridge",
        tunnel="tunnel",
        excluded=None if layer.excluded is None else "excluded",
        start_km=None if layer.start_km is None else "start_km",
        grades=layer.grades,
        evidence=opened_evidence(opened.campaign.roadside.evidence),
        **opened.sources.keywords(opened.campaign),
        **_shared(opened),
        **opened.campaign.roadside.given("road"),
    )


def campaign_banks(opened: OpenedCampaign, run: Run) -> WatersideGreening | None:
    """Greening of the banks, by the same rules as roadsides; None without waters."""
    section = opened.campaign.layers.waters
    if opened.waters is None or section is None:
        return None
    given = section.given("water")
    for name, value in opened.campaign.roadside.given("road").items():
        rule = rules("water").get(name)
        if rule is None or "road" not in rule.of:
            continue
        if isinstance(value, str) and value not in opened.waters:
            tell("corridor.bank_lacks_column", rule=name, column=value)
            continue
        given[name] = value
    return waterside_greening(
        opened.waters,
        opened.cover,
        run=run,
        water="water",
        width_m="metres" if isinstance(section.width_m, str) else section.width_m,
        **_shared(opened),
        **given,
    )


def _shared(opened: OpenedCampaign) -> dict[str, Any]:
    cover = opened.campaign.cover
    any_green = opened.campaign.roadside.variant == "any green"
    return {
        "covers": cover.green if any_green else cover.tree_cover,
        "units": opened.townships,
        "unit": "code",
        "within": opened.townships if opened.county is None else opened.county,
    }
