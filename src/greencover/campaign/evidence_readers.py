"""What sees more of a roadside than the land cover, read as ``roadside_greening`` takes it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from greencover import layers as zones
from greencover.campaign.layer_readers import where_of
from greencover.cover.land_cover import LandCover
from greencover.ground.errors import LayerError
from greencover.layers.sheets import is_table, read_table
from greencover.layers.tables import require_columns

if TYPE_CHECKING:
    from greencover.campaign.evidence_sections import Canopy, Witnessed
    from greencover.campaign.layer_sections import Layer, Layers
    from greencover.campaign.model import Settings

LonLat = tuple[float, float]
#: Section of each source, by the name that the library has for it.
SECTIONS = {"field": "field_checks", "trees": "trees", "rows": "tree_rows"}
# Headings that a table must have, and those that are taken where they are there.
_HEADINGS: dict[str, tuple[list[str], list[str]]] = {
    "surveyed": (["road"], ["from_km", "to_km", "side", "source"]),
    "field_checks": (["found", "road", "side", "from_m", "to_m"], ["chain"]),
}


@dataclass(frozen=True)
class RoadsideSources:
    """The sources of a campaign.

    Attributes
    ----------
    layers
        Layers on the ground, by the name of their section.
    tables
        Filled forms and surveyed stretches in tables, by the name of their section.
    canopy
        A cover that sees trees.
    """

    layers: dict[str, gpd.GeoDataFrame] = field(default_factory=dict)
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    canopy: LandCover | None = None

    def keywords(self, campaign: Settings) -> dict[str, Any]:
        """The keywords of ``roadside_greening``."""
        found: dict[str, Any] = {**self.layers, **self.tables}
        sections = campaign.layers
        if sections.trees is not None:
            named = ("crown_m", "dbh_cm", "species", "status", "alive", "vacant")
            found |= {name: getattr(sections.trees, name) for name in named}
        if sections.tree_rows is not None:
            found["tree_row_width_m"] = sections.tree_rows.width_m
            found["tree_row_spacing_m"] = sections.tree_rows.spacing_m
        if self.canopy is not None:
            found["canopy"] = self.canopy
        if not found:
            return {}
        return {**found, **_witnessed(campaign)}

    def from_above(self, campaign: Settings) -> dict[str, Any]:
        """The keywords of ``waterside_greening``: banks have the canopy alone."""
        return {} if self.canopy is None else {"canopy": self.canopy, **_witnessed(campaign)}


def _witnessed(campaign: Settings) -> dict[str, Any]:
    """When and by whom sources were made, and how old they may be."""
    made = {key: getattr(campaign.layers, name) for key, name in SECTIONS.items()}
    made["canopy"] = campaign.canopy
    return {
        "dates": _said(made, "date"),
        "authors": _said(made, "author"),
        "max_age_years": campaign.roadside.max_age_years,
        "as_of": campaign.year,
    }


def read_sources(campaign: Settings, near: LonLat) -> RoadsideSources:
    """Read every source that a campaign names."""
    sections = campaign.layers
    layers: dict[str, gpd.GeoDataFrame] = {}
    tables: dict[str, pd.DataFrame] = {}
    for name in ("trees", "tree_rows", "planting_sites"):
        section = getattr(sections, name)
        if section is not None:
            layers[name] = _layer(section, "line" if name == "tree_rows" else "any", near)
    for name in ("surveyed", "field_checks"):
        section = getattr(sections, name)
        if section is None:
            continue
        if name == "field_checks" and Path(section.path).suffix.lower() in (".html", ".htm"):
            raise LayerError("campaign.form_of_telephone", path=section.path)
        if is_table(section.path):
            wanted, welcome = _HEADINGS[name]
            tables[name] = read_table(
                section.path,
                wanted,
                welcome=welcome,
                where=zones.layer_name(section.path, section.layer),
                chosen=section.where,
            )
        else:
            layers[name] = _layer(section, "polygon" if name == "surveyed" else "any", near)
    if sections.trees is not None:
        _require(layers["trees"], sections)
    canopy = None if campaign.canopy is None else _canopy(campaign.canopy)
    return RoadsideSources(layers, tables, canopy)


def _require(trees: gpd.GeoDataFrame, sections: Layers) -> None:
    """Miss a column at the door and not after the overlay."""
    section = sections.trees
    assert section is not None
    named = (section.crown_m, section.dbh_cm, section.species, section.status)
    require_columns(trees, [one for one in named if isinstance(one, str)], where_of(section))


def _layer(section: Layer, kind: zones.GeometryKind, near: LonLat) -> gpd.GeoDataFrame:
    frame = zones.read_layer(
        section.path,
        layer=section.layer,
        where=section.where,
        geometry=kind,
        crs=section.crs,
        near=near,
        operation=section.operation,
        remote=section.remote,
    )
    # Many programs save single points as clouds of one.
    shapes = np.asarray(frame.geometry.to_numpy())
    cloud = shapely.get_type_id(shapes) == shapely.GeometryType.MULTIPOINT
    single = cloud & (shapely.get_num_geometries(shapes) == 1)
    shapes[single] = shapely.get_geometry(shapes[single], 0)
    return frame.set_geometry(gpd.GeoSeries(shapes, index=frame.index, crs=frame.crs))


def _canopy(section: Canopy) -> LandCover:
    for path in section.path:
        zones.check_raster_source(path, remote=section.remote)
    tiles: Any = [zones.gdal_name(path) for path in section.path]
    nodata: Any = section.nodata
    nodata = None if nodata == "none" else nodata
    with zones.reaching_out(allowed=section.remote):
        if section.kind == "height":
            return LandCover.from_height(
                tiles, min_height_m=section.min_height_m, band=section.band, nodata=nodata
            )
        more: Any = {"band": section.band, "nodata": nodata}
        if section.full is not None:
            more["full"] = section.full
        if section.min_ndvi is not None:
            return LandCover.from_ndvi(tiles, min_ndvi=section.min_ndvi, **more)
        return LandCover.from_share(tiles, **more)


def _said(sections: dict[str, Witnessed | None], name: str) -> dict[str, str]:
    pairs = ((key, getattr(one, name, None)) for key, one in sections.items())
    return {key: value for key, value in pairs if value is not None}
