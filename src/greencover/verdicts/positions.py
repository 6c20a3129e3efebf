"""What an error of position leaves open: ground along the borders that may be another unit's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyproj
import shapely

from greencover.ground.datums import position_error_m
from greencover.ground.geodesy import HECTARE_M2, geographic_of, require_crs
from greencover.layers.operation import operation_error_m

if TYPE_CHECKING:
    from greencover.campaign.layers import OpenedCampaign

Floats = npt.NDArray[np.float64]
# Formulas of ground that land cover shows, and what a hectare of it over the denominator makes.
_FACTORS = {"share": 100.0, "guarded": 100.0, "per head": HECTARE_M2}


def layer_error_m(opened: OpenedCampaign, layer: str) -> float:
    """Metres by which its datum may put a layer of a campaign beside the land cover.

    The accuracy of the operation that the campaign names for the layer, and of the one between its
    datum and that of the cover; see :func:`greencover.ground.datums.position_error_m`.
    """
    frame = getattr(opened, layer, None)
    if frame is None or not len(frame):
        return 0.0
    return _named_m(opened, layer) + _shift_m(frame, opened.cover.crs)


def layers_apart_m(opened: OpenedCampaign, one: str, other: str) -> float:
    """Metres by which their datums may put one layer of a campaign beside another."""
    frame, beside = (getattr(opened, name, None) for name in (one, other))
    if frame is None or beside is None or not len(frame):
        return 0.0
    named_m = _named_m(opened, one) + _named_m(opened, other)
    return named_m + _shift_m(frame, require_crs(beside.crs))


def _named_m(opened: OpenedCampaign, layer: str) -> float:
    """Accuracy of the operation that the campaign names for a layer."""
    section = getattr(opened.campaign.layers, layer, None)
    named = None if section is None else section.operation
    return 0.0 if named is None else operation_error_m(named)


def _shift_m(frame: gpd.GeoDataFrame, crs: pyproj.CRS) -> float:
    west, south, east, north = frame.total_bounds
    return position_error_m(
        require_crs(frame.crs), crs, ((west + east) / 2.0, (south + north) / 2.0)
    )


@dataclass(frozen=True)
class Exchanged:
    """Hectares that an error of position may exchange for other ground.

    Attributes
    ----------
    ha
        By layer of ground ("" for the whole units) and layer of units, a number a unit.
    """

    ha: dict[tuple[str, str], Floats] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        opened: OpenedCampaign,
        units: Mapping[str, gpd.GeoDataFrame],
        pieces: Mapping[tuple[str, str], tuple[Floats, gpd.GeoSeries]],
    ) -> Exchanged:
        """Of units, and of their pieces in layers of ground, with the unit of each."""
        errors = {name: layer_error_m(opened, name) for name in units}
        found = {("", n): exchanged_ha(frame.geometry, errors[n]) for n, frame in units.items()}
        for (ground, name), (owner, parts) in pieces.items():
            error_m = max(errors[name], layer_error_m(opened, ground))
            each = exchanged_ha(parts, error_m)
            found[ground, name] = _summed(owner, each, len(units[name]))
        if "county" not in units and errors["townships"] > 0.0:
            towns = units["townships"]
            whole = gpd.GeoSeries([towns.geometry.union_all()], crs=towns.crs)
            found["", "county"] = exchanged_ha(whole, errors["townships"])
            for ground, name in list(found):
                if ground and name == "townships":
                    found[ground, "county"] = found[ground, name].sum(keepdims=True)
        return cls(found)

    def widen(
        self, figures: pd.DataFrame, formula: str | None, ground: str, name: str
    ) -> pd.DataFrame:
        """Bounds of figures: at worst all that counts leaves and what does not count comes."""
        ha, factor = self.ha.get((ground, name)), _FACTORS.get(formula or "")
        if ha is None or factor is None or not (ha > 0.0).any():
            return figures
        whole = figures["denominator"].astype(float)
        step = factor * ha / whole.where(whole > 0.0)
        least, most = limits_of(figures)
        highest = np.inf if formula == "per head" else 100.0
        return figures.assign(
            least=(least - step).clip(lower=0.0), most=(most + step).clip(upper=highest)
        )


def limits_of(figures: pd.DataFrame) -> tuple[pd.Series[float], pd.Series[float]]:
    """Bounds of figures; where there are none, the figures."""
    least, most = (figures[side].fillna(figures["value"]) for side in ("least", "most"))
    return least.astype(float), most.astype(float)


def exchanged_ha(shapes: gpd.GeoSeries, error_m: float) -> Floats:
    """Ground that each shape may lose on one side and gain on the other if it is moved as a whole.

    A shape that is moved leaves at most half its outline times the length of the move.
    """
    if error_m <= 0.0 or not len(shapes):
        return np.zeros(len(shapes))
    return error_m * _outlines_m(shapes) / 2.0 / HECTARE_M2


def _outlines_m(shapes: gpd.GeoSeries) -> Floats:
    """Metres of the outlines of shapes on the ellipsoid."""
    crs: Any = pyproj.CRS(shapes.crs)
    degrees = shapes.to_crs(geographic_of(crs)).to_numpy()
    lines, owner = shapely.get_parts(shapely.boundary(degrees), return_index=True)
    xy, line = shapely.get_coordinates(lines, return_index=True)
    lon, lat = xy.T
    _, _, metres = crs.get_geod().inv(lon[:-1], lat[:-1], lon[1:], lat[1:])
    inside = line[1:] == line[:-1]
    return _summed(owner[line[1:][inside]], np.asarray(metres)[inside], len(shapes))


def _summed(owner: npt.NDArray[Any], figures: Floats, count: int) -> Floats:
    return np.bincount(owner, weights=figures, minlength=count).astype(np.float64)
