"""Every file that a campaign takes its figures from: one list for check, assess and provenance."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from greencover.cover._read import FOLDER as BUILT_IN_LEGENDS
from greencover.cover._read import legend_path
from greencover.layers import reaching_out
from greencover.rasters import open_all

if TYPE_CHECKING:
    from greencover.campaign.layers import OpenedCampaign

# Files that hold a part of a layer, by the ending of the file that is named.
_BESIDE = {
    ".shp": (".dbf", ".shx", ".prj", ".cpg"),
    ".tab": (".dat", ".map", ".id", ".ind"),
    ".mif": (".mid",),
    ".csv": (".csvt", ".prj"),
}


def inputs_of(opened: OpenedCampaign) -> dict[str, tuple[Path, ...]]:
    """Files by what they are, with those beside them; what greencover brings has its version.

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
            with reaching_out(allowed=grid.remote):
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
    if campaign.planting is not None and campaign.planting.form is not None:
        found["work packages"] = [Path(campaign.planting.form)]
    if campaign.tables.plantings is not None:
        found["plantings"] = [Path(campaign.tables.plantings.path)]
    if campaign.tables.survival is not None:
        found["survival"] = [Path(campaign.tables.survival.path)]
    if opened.books is not None:
        found["books"] = [Path(file) for file in opened.books.files]
    if campaign.accuracy is not None:
        found["accuracy"] = [Path(campaign.accuracy.path)]
    return {
        name: tuple(dict.fromkeys(part for file in files for part in _with_companions(file)))
        for name, files in found.items()
        if files
    }


def files_of(opened: OpenedCampaign) -> tuple[Path, ...]:
    """Every file that a campaign takes its figures from, once."""
    return tuple(dict.fromkeys(file for files in inputs_of(opened).values() for file in files))


def _with_companions(path: Path) -> list[Path]:
    """A file and those beside it that hold a part of it, however their endings are written."""
    parts = _BESIDE.get(path.suffix.lower(), ())
    if not parts or not path.is_file():
        return [path]
    beside = [one for one in path.parent.iterdir() if one.stem == path.stem]
    return [path, *sorted(one for one in beside if one.suffix.lower() in parts)]


def _legend(opened: OpenedCampaign) -> list[Path]:
    campaign = opened.campaign
    works, books = campaign.layers.works, campaign.books
    named = [campaign.cover.legend]
    named += [works.legend] if works is not None and works.legend is not None else []
    named += [books.legend] if books is not None else []
    paths = [legend_path(one, beside=campaign.legends_beside) for one in named]
    return [path for path in paths if path.parent != BUILT_IN_LEGENDS]


def _records(opened: OpenedCampaign) -> list[Path]:
    """Records of indicators of the campaign's own."""
    campaign = opened.campaign
    beside = campaign.file.parent / "indicators" if campaign.file else None
    folder = campaign.indicators or beside
    return [] if folder is None else sorted(folder.glob("*.toml"))
