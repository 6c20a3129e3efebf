"""The roads and waters of a campaign under the rules that it sets."""

from __future__ import annotations

from pathlib import Path

from greencover.campaign.layers import OpenedCampaign
from greencover.corridor.roadside import Strips, lay_strips
from greencover.corridor.waterside import WatersideGreening, waterside_greening


def campaign_strips(opened: OpenedCampaign) -> Strips | None:
    """Strips beside the roads of a campaign, before they are overlaid; None without roads."""
    if opened.roads is None:
        return None
    rules = opened.campaign.roadside
    layer = opened.campaign.layers.roads
    cover = opened.campaign.cover
    assert layer is not None
    return lay_strips(
        opened.roads,
        road="road",
        grade="grade_raw",
        step_m=rules.step_m,
        offset_m=rules.offset_m,
        belt_m=rules.belt_m,
        threshold=rules.threshold,
        covers=cover.green if rules.variant == "any green" else cover.tree_cover,
        exclude=rules.exclude,
        bridge_gap_m=rules.bridge_gap_m,
        mouth_m=rules.mouth_m,
        bridge="bridge",
        tunnel="tunnel",
        excluded=None if layer.excluded is None else "excluded",
        start_km=None if layer.start_km is None else "start_km",
        grades=layer.grades,
        units=opened.townships,
        unit="code",
    )


def campaign_banks(
    opened: OpenedCampaign, *, resume: Path | None = None
) -> WatersideGreening | None:
    """Greening of the banks, by the same rules as road sides.

    ``resume`` is a folder for finished tiles.
    """
    section = opened.campaign.layers.waters
    if opened.waters is None or section is None:
        return None
    rules, cover = opened.campaign.roadside, opened.campaign.cover
    return waterside_greening(
        opened.waters,
        opened.cover,
        water="water",
        width_m="metres" if isinstance(section.width_m, str) else section.width_m,
        threshold=rules.threshold if isinstance(rules.threshold, float) else None,
        step_m=rules.step_m,
        covers=cover.green if rules.variant == "any green" else cover.tree_cover,
        units=opened.townships,
        unit="code",
        resume=resume,
    )
