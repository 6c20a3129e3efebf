"""The rasters that a campaign's land cover is made of."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from greencover import layers as zones
from greencover.ground.notes import collected
from greencover.rasters.stac import is_catalogue, tiles_of

if TYPE_CHECKING:
    from greencover.campaign.model import Settings

# Roads and parks may reach a little beyond the townships.
_MARGIN_DEG = 0.01


def tiles_of_cover(campaign: Settings) -> list[str | Path]:
    """Return the rasters that the campaign names, or those that its catalogue has for it."""
    cover = campaign.cover
    tiles: list[str | Path] = []
    for path in cover.path or ():
        if is_catalogue(path):
            tiles += tiles_of(
                path,
                _box(campaign),
                asset=cover.asset,
                year=cover.year,
                remote=cover.remote,
            )
        else:
            tiles.append(zones.gdal_name(path))
    return tiles


def _box(campaign: Settings) -> tuple[float, float, float, float]:
    section = campaign.layers.townships
    # Read once more later, when what there is to tell is told.
    with collected():
        frame = zones.read_layer(
            section.path,
            layer=section.layer,
            where=section.where,
            crs=section.crs,
            operation=section.operation,
            remote=section.remote,
        )
    west, south, east, north = frame.to_crs("EPSG:4326").total_bounds
    return (
        float(west) - _MARGIN_DEG,
        float(south) - _MARGIN_DEG,
        float(east) + _MARGIN_DEG,
        float(north) + _MARGIN_DEG,
    )
