"""Every file that a campaign takes its figures from: one list for check, assess and provenance."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from greencover.cover._read import FOLDER as BUILT_IN_LEGENDS
from greencover.cover._read import legend_path
from greencover.rasters import open_all

if TYPE_CHECKING:
    from greencover.campaign.layers import OpenedCampaign


def inputs_of(opened: OpenedCampaign) -> dict[str, tuple[Path, ...]]:
    """Files by what they are; what greencover brings itself goes by its version.

    Addresses on other machines, and what lies inside an archive, stand in the list as they are.
    """
    campaign = opened.campaign
    layers = campaign.layers
    found: dict[str, list[Path]] = {
        "campaign": [campaign.file] if campaign.file else [],
        "cover": [Path(file) for file in opened.cover.files],
        "legend": _legend(opened),
        "standard": [file for standard in opened.standards for file in standard.files],
        "indicators": _records(opened),
    }
    for name in opened.layers:
        section = getattr(layers, name)
        found[name] = [Path(section.path)]
        grid = getattr(section, "population_grid", None)
        table = getattr(section, "population_table", None)
        if grid is not None:
            files = [file for source in open_all(grid.path) for file in source.files()]
            found[f"residents of the {name}"] = [Path(file) for file in files]
        if table is not None:
            found[f"residents of the {name}"] = [Path(table.path)]
    for name in opened.sources.tables:
        found[name] = [Path(getattr(layers, name).path)]
    if opened.sources.canopy is not None:
        found["canopy"] = [Path(file) for file in opened.sources.canopy.files]
    if opened.earlier is not None:
        found["cover before the works"] = [Path(file) for file in opened.earlier.files]
    for kind, settings in campaign.roadside.evidence.items():
        if "path" in settings:
            found[f"evidence of {kind}"] = [Path(settings["path"])]
    if campaign.tables.plantings is not None:
        found["plantings"] = [Path(campaign.tables.plantings.path)]
    if campaign.tables.survival is not None:
        found["survival"] = [Path(campaign.tables.survival.path)]
    if opened.books is not None:
        found["books"] = [Path(file) for file in opened.books.files]
    if campaign.accuracy is not None:
        found["accuracy"] = [Path(campaign.accuracy.path)]
    return {name: tuple(dict.fromkeys(files)) for name, files in found.items() if files}


def _legend(opened: OpenedCampaign) -> list[Path]:
    campaign = opened.campaign
    beside = campaign.file.parent / "legends" if campaign.file else None
    path = legend_path(campaign.cover.legend, beside=beside)
    return [] if path.parent == BUILT_IN_LEGENDS else [path]


def _records(opened: OpenedCampaign) -> list[Path]:
    """Records of indicators of the campaign's own."""
    campaign = opened.campaign
    beside = campaign.file.parent / "indicators" if campaign.file else None
    folder = campaign.indicators or beside
    return [] if folder is None else sorted(folder.glob("*.toml"))
