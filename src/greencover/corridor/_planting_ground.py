"""What ground of a belt can be planted, by what stands there now and where it lies."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from greencover.corridor._units import Units
from greencover.corridor.evidence import COVER

Floats = npt.NDArray[np.float64]

PLANTABLE, CROPLAND, TO_CHECK = "plantable", "restricted cropland", "to check"
NOT_PLANTABLE, WOODY = "not plantable", "already woody"


@cache
def planting_rules() -> dict[str, Any]:
    """Return what ground can be planted, and how gaps are ranked."""
    return tomllib.loads(files("greencover.corridor").joinpath("planting.toml").read_text("utf-8"))


@dataclass(frozen=True)
class Ground:
    """Ground of station sides by what may be planted.

    Attributes
    ----------
    cover_ha
        Hectares of each cover type, a row a side.
    lawn
        Sides inside settlements, where grass is lawn.
    doubted
        Sides where a better source found no trees: what the land cover shows of them is doubtful.
    """

    cover_ha: pd.DataFrame
    lawn: npt.NDArray[np.bool_]
    doubted: npt.NDArray[np.bool_]

    @classmethod
    def of(
        cls, cover_ha: pd.DataFrame, sides: gpd.GeoDataFrame, settlements: gpd.GeoDataFrame | None
    ) -> Ground:
        """The ground of some sides, with polygons of settlements where there are any."""
        lawn = np.zeros(len(sides), dtype=bool)
        if settlements is not None:
            areas = settlements[settlements.geom_type.isin(["Polygon", "MultiPolygon"])]
            if len(areas) and len(sides):
                lines = sides.geometry.to_numpy()
                middle = shapely.line_interpolate_point(lines, 0.5, normalized=True)
                towns = Units.of(areas, None, sides.crs)
                lawn = towns.first_at(shapely.get_coordinates(middle)) >= 0
        doubted = np.zeros(len(sides), dtype=bool)
        if "evidence" in sides:
            doubted = ~sides["evidence"].isin([COVER, ""]).to_numpy()
        return cls(cover_ha.reset_index(drop=True), lawn, doubted)

    @property
    def observed_ha(self) -> Floats:
        """Hectares that were seen."""
        return np.asarray(self.cover_ha.to_numpy().sum(axis=1), dtype=np.float64)

    def ha(self, kind: str) -> Floats:
        """Hectares of a kind of ground."""
        rules = planting_rules()
        lawn = rules["lawn"]
        total = np.zeros(len(self.cover_ha))
        for cover in self.cover_ha.columns:
            usual = rules["ground"].get(cover, NOT_PLANTABLE)
            in_town = lawn["kind"] if cover in lawn["covers"] else usual
            counts = np.where(self.lawn, in_town == kind, usual == kind)
            if usual == WOODY:
                counts = np.where(self.doubted, kind == TO_CHECK, counts)
            total += self.cover_ha[cover].to_numpy() * counts
        return total

    def share(self, kind: str) -> Floats:
        """Share of what was seen that is ground of a kind."""
        observed = self.observed_ha
        return self.ha(kind) / np.where(observed > 0.0, observed, 1.0)
