"""What an error of position between two layers leaves open: parks and roadsides near a border.

Land cover has its own bounds (see ``positions``), and so have strips beside it (see
``corridor.resolving``). Here layers of a campaign stand beside each other: parks and the units that
they are in, parks and the ground that they serve, roadsides and the units that they belong to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from greencover.corridor.resolving import GREENED
from greencover.corridor.result import CorridorGreening
from greencover.ground.geodesy import HECTARE_M2
from greencover.overlay.parts import local_metres
from greencover.people.park_service import park_service_coverage
from greencover.verdicts.positions import exchanged_ha, layers_apart_m, limits_of

if TYPE_CHECKING:
    from greencover.campaign.layers import OpenedCampaign

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

#: Columns of the least and the most ground that parks may serve, and which limits they make.
LEAST_SERVED, MOST_SERVED = "least_served_ha", "most_served_ha"
SERVED_LIMITS = {"least": LEAST_SERVED, "most": MOST_SERVED}


@dataclass(frozen=True)
class Misplaced:
    """What may lie in another unit than it seems to.

    Attributes
    ----------
    parks_ha
        Hectares of parks that each unit may lose, and may gain, by layer of ground and of units.
    lines_m
        Metres between roads or waters (``"road"``, ``"water"``) and a layer of units.
    units
        The layers of units.
    """

    parks_ha: Mapping[tuple[str, str], tuple[Floats, Floats]] = field(default_factory=dict)
    lines_m: Mapping[tuple[str, str], float] = field(default_factory=dict)
    units: Mapping[str, gpd.GeoDataFrame] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        opened: OpenedCampaign,
        units: Mapping[str, gpd.GeoDataFrame],
        pieces: Mapping[tuple[str, str], tuple[Any, gpd.GeoSeries]],
    ) -> Misplaced:
        """Of the parks, roads and waters of a campaign; ``pieces`` of units as of ``Exchanged``."""
        parks: dict[tuple[str, str], tuple[Floats, Floats]] = {}
        lines_m: dict[tuple[str, str], float] = {}
        layers = dict(units)
        if "county" not in layers:
            towns = units["townships"]
            whole = gpd.GeoSeries([towns.geometry.union_all()], crs=towns.crs)
            layers["county"] = gpd.GeoDataFrame(geometry=whole)
        for name, frame in layers.items():
            known = name if name in units else "townships"
            for of, layer in (("road", "roads"), ("water", "waters")):
                lines_m[of, name] = layers_apart_m(opened, layer, known)
            error_m = layers_apart_m(opened, "parks", known)
            if error_m > 0.0 and opened.parks is not None:
                parks["", name] = near_borders_ha(frame.geometry, opened.parks, error_m)
        for (ground, name), (owner, parts) in pieces.items():
            error_m = max(layers_apart_m(opened, "parks", one) for one in (ground, name))
            if error_m > 0.0 and len(parts) and opened.parks is not None:
                own = [parts.to_numpy()[owner == row] for row in range(len(units[name]))]
                shapes = gpd.GeoSeries([shapely.union_all(one) for one in own], crs=parts.crs)
                parks[ground, name] = near_borders_ha(shapes, opened.parks, error_m)
                if name == "townships" and "county" not in units:
                    lost, won = parks[ground, name]
                    parks[ground, "county"] = np.array([lost.sum()]), np.array([won.sum()])
        return cls(parks, lines_m, layers)

    def widen_parks(self, figures: pd.DataFrame, ground: str, name: str) -> pd.DataFrame:
        """Bounds of parks over residents."""
        found = self.parks_ha.get((ground, name))
        if found is None:
            return figures
        people = figures["denominator"].astype(float)
        lost, won = (HECTARE_M2 * ha / people.where(people > 0.0) for ha in found)
        least, most = limits_of(figures)
        return figures.assign(least=(least - lost).clip(lower=0.0), most=most + won)

    def widen_lengths(
        self,
        figures: pd.DataFrame,
        greening: CorridorGreening,
        name: str,
        grades: Sequence[str] = (),
    ) -> pd.DataFrame:
        """Bounds of greened over greenable length, where sides near a border may be another's.

        What lies beyond the territory is not known: as much as lies within it along its border may
        come from there, greened or not.
        """
        error_m = self.lines_m.get((greening.of, name), 0.0)
        sides = greening.sides
        if grades:
            sides = sides[sides["grade"].isin(grades)]
        if error_m <= 0.0 or not len(sides):
            return figures
        frame = self.units[name]
        plane = local_metres(frame.geometry)
        places = shapely.line_interpolate_point(
            sides.geometry.to_crs(plane).to_numpy(), 0.5, normalized=True
        )
        shapes = frame.geometry.to_crs(plane).to_numpy()
        outlines = shapely.boundary(shapes)
        edge = shapely.boundary(shapely.union_all(shapes))
        beyond = np.asarray(shapely.dwithin(places, edge, error_m), dtype=bool)
        greened = (sides["status"] == GREENED).to_numpy()
        open_ = sides["status"].isin(["gap", "not seen"]).to_numpy()
        km = sides["length_m"].to_numpy() / 1000.0

        def length(which: Bools) -> float:
            return float(km[which].sum())

        least, most = (limit.to_numpy(dtype=float).copy() for limit in limits_of(figures))
        for row, outline in enumerate(outlines):
            near = np.asarray(shapely.dwithin(places, outline, error_m), dtype=bool)
            own = np.ones(len(sides), dtype=bool)
            if name != "county":
                own = (sides["unit"] == frame["code"].iloc[row]).to_numpy()
            some = figures["numerator"].iloc[row]
            whole = figures["denominator"].iloc[row]
            outer = length(own & beyond & (greened | open_))
            lost = length(own & near & greened)
            spared = length(own & near & open_)
            worse = outer + length(~own & near & open_)
            better = outer + length(~own & near & greened)
            value = _percent(some, whole)
            least[row] -= value - _percent(some - lost, whole - lost + worse)
            most[row] += _percent(some + better, whole - spared + better) - value
        return figures.assign(
            least=pd.Series(least, figures.index).clip(lower=0.0),
            most=pd.Series(most, figures.index).clip(upper=100.0),
        )


def near_borders_ha(
    shapes: gpd.GeoSeries, parks: gpd.GeoDataFrame, error_m: float
) -> tuple[Floats, Floats]:
    """Hectares of parks within a distance of the outline of each shape: inside it, and outside."""
    plane = local_metres(shapes)
    ground = shapely.union_all(shapely.make_valid(parks.geometry.to_crs(plane).to_numpy()))
    units = shapely.make_valid(shapes.to_crs(plane).to_numpy())
    near = shapely.intersection(shapely.buffer(shapely.boundary(units), error_m), ground)
    inside = shapely.area(shapely.intersection(near, units)) / HECTARE_M2
    return inside, shapely.area(near) / HECTARE_M2 - inside


def served_limits(
    opened: OpenedCampaign, units: gpd.GeoDataFrame, name: str, ground: str
) -> pd.DataFrame:
    """The least and the most ground that parks may serve; no columns where all stand together.

    What parks serve lies within the radius and the error, and holds what lies within the radius
    less the error; ground that moves between units may be all served or none of it.
    """
    layers = [name] if not ground else [name, ground]
    error_m = max(layers_apart_m(opened, "parks", one) for one in layers)
    between_m = layers_apart_m(opened, ground, name) if ground else 0.0
    table = pd.DataFrame(index=units.index)
    section = opened.campaign.layers.parks
    if max(error_m, between_m) <= 0.0 or section is None or opened.parks is None:
        return table
    radius = section.radius_m
    within = getattr(opened, ground) if ground else None
    moved = exchanged_ha(units.geometry, between_m)
    for column, sign in ((LEAST_SERVED, -1.0), (MOST_SERVED, 1.0)):
        own = opened.parks[radius] if isinstance(radius, str) else float(radius)
        reach = opened.parks.assign(reach_m=own + sign * error_m)
        found = park_service_coverage(
            units[[units.geometry.name]],
            reach[reach["reach_m"] > 0.0],
            radius_m="reach_m",
            within=within,
        )
        served = found["served_ha"] + sign * moved
        table[column] = served.clip(lower=0.0, upper=found["area_ha"])
    return table


def _percent(part: float, whole: float) -> float:
    return 100.0 * part / whole if whole > 0.0 else 0.0
