"""One pass over the raster for all layers of a campaign, and every figure that follows from it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from greencover.campaign.layers import OpenedCampaign
from greencover.corridor.grades import GRADES
from greencover.corridor.roadside import RoadsideGreening
from greencover.corridor.waterside import WatersideGreening
from greencover.cover.counted import codes_of
from greencover.ground.run import Run
from greencover.indicators.canopy import CANOPY
from greencover.indicators.green_space import park_ha
from greencover.overlay import class_areas
from greencover.overlay.parts import pieces_within
from greencover.people.park_service import park_service_coverage
from greencover.verdicts.corridors import campaign_banks, campaign_roads
from greencover.verdicts.figures import (
    control_figures,
    corridor_figures,
    cover_figures,
    per_capita_figures,
    service_figures,
    share_figures,
    unit_names,
)
from greencover.verdicts.on_file import scaled_to_file
from greencover.verdicts.residents import with_residents

Progress = Callable[..., None]
UNIT_LEVELS = {"county": "county", "townships": "township", "villages": "village"}
# Layers of which each unit has a part.
_PARTS = ("built_up", "water_sources", "car_parks", "streets", "shelterbelts")
_SERVED = ("residential", "built_up")


@dataclass(frozen=True)
class Measured:
    """Areas and lengths, before any rate.

    Attributes
    ----------
    areas
        Class areas of the units, by layer.
    parts
        Class areas of the part of each unit that lies in a layer, by that layer and the units'.
    served
        Ground asked about and served by parks, by layer of ground and layer of units.
    factors
        Area on file over measured area of each unit, by layer, where areas were scaled.
    """

    opened: OpenedCampaign
    areas: dict[str, pd.DataFrame]
    units: dict[str, pd.DataFrame]
    parks_ha: dict[str, pd.Series[float]]
    roadside: RoadsideGreening | None
    parts: dict[tuple[str, str], pd.DataFrame] = field(default_factory=dict)
    served: dict[tuple[str, str], pd.DataFrame] = field(default_factory=dict)
    waterside: WatersideGreening | None = None
    factors: dict[str, pd.Series[float]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def figures(self) -> pd.DataFrame:
        """Every figure of every level."""
        tables = []
        for name in UNIT_LEVELS:
            if name in self.areas:
                tables += self._of_units(name)
        for level in ("county", "township", "road_grade", "road"):
            tables.append(self.roadside_rows(level))
        if self.waterside is not None:
            rate, banks, names = "waterside_greening_rate", self.waterside, self.units
            tables.append(corridor_figures(banks, rate, "county", [], names["county"]))
            tables.append(corridor_figures(banks, rate, "township", ["unit"], names["townships"]))
        return pd.concat([t for t in tables if len(t)], ignore_index=True)

    def _of_units(self, name: str) -> list[pd.DataFrame]:
        """Figures of the units of one layer."""
        cover = self.opened.campaign.cover
        legend = self.opened.cover.legend
        level, units, areas = UNIT_LEVELS[name], self.units[name], self.areas[name]
        tables = [
            cover_figures(
                units,
                areas,
                legend,
                level,
                forest=cover.forest,
                tree_cover=cover.tree_cover,
                green=cover.green,
                sample=self.opened.accuracy,
            )
        ]
        if "population" in units:
            blind = 100.0 * areas["unobserved_ha"] / areas.sum(axis=1)
            green = areas[list(codes_of(legend, cover.green))].sum(axis=1)
            tables.append(per_capita_figures(units, level, "green_cover_per_capita", green, blind))
            if name in self.parks_ha:
                mapped = pd.Series(0.0, index=units.index)
                tables.append(
                    per_capita_figures(
                        units, level, "park_green_per_capita", self.parks_ha[name], mapped
                    )
                )
        tables.append(self._shares(name, "canopy_cover", CANOPY))
        if name == "villages":
            if self.opened.settlements is not None:
                tables.append(self._shares(name, "village_greening", cover.tree_cover))
                tables.append(self._shares(name, "village_green_coverage", cover.green))
            return tables
        seat = "township_green_coverage" if name == "townships" else "green_coverage"
        tables.append(self._shares(name, seat, cover.green, ground="built_up"))
        tables.append(self._shares(name, "canopy_cover", CANOPY, ground="built_up"))
        tables.append(self._shares(name, "car_park_canopy", CANOPY, ground="car_parks"))
        tables.append(self._shares(name, "street_canopy_cover", CANOPY, ground="streets"))
        if ("shelterbelts", name) in self.parts:
            guarded = self.parts["shelterbelts", name]
            tables.append(control_figures(units, areas, guarded, legend, level))
        tables.append(
            self._shares(
                name, "water_source_forest", cover.forest, ground="water_sources", land_only=True
            )
        )
        for ground in _SERVED:
            if (ground, name) in self.served:
                tables.append(service_figures(units, self.served[ground, name], level, ground))
        return tables

    @property
    def _small_patches(self) -> tuple[int, ...]:
        """Code of trees in patches too small for a forest, whose crowns are crowns all the same."""
        patch = self.opened.cover.minimum_patch
        return () if patch is None else (patch.small_code,)

    def _shares(
        self,
        name: str,
        indicator: str,
        covers: Sequence[str],
        *,
        ground: str = "",
        land_only: bool = False,
    ) -> pd.DataFrame:
        """One share of the units of a layer, or of their part in a layer of ground."""
        if ground and (ground, name) not in self.parts:
            return pd.DataFrame()
        return share_figures(
            self.units[name],
            self.parts[ground, name] if ground else self.areas[name],
            self.opened.cover.legend,
            UNIT_LEVELS[name],
            indicator,
            covers,
            ground=ground,
            excluded=("water",) if land_only else (),
            also=self._small_patches if covers == CANOPY else (),
            sample=self.opened.accuracy,
        )

    def roadside_rows(self, level: str, grades: tuple[str, ...] = ()) -> pd.DataFrame:
        """Roadside greening rates of one level."""
        roadside = self.roadside
        if roadside is None:
            return pd.DataFrame()
        rate = "roadside_greening_rate"
        if level == "county":
            return corridor_figures(roadside, rate, level, [], self.units["county"], grades=grades)
        if level == "township":
            units = self.units["townships"]
            return corridor_figures(roadside, rate, level, ["unit"], units, grades=grades)
        column = "road" if level == "road" else "grade"
        sides = roadside.sides
        if grades:
            sides = sides[sides["grade"].isin(grades)]
        present = sides[column].drop_duplicates()
        if column == "grade":
            present = present.sort_values(key=lambda g: g.map(GRADES.index))
        names = pd.DataFrame({"unit": present, "name": present, "name_en": present})
        names = names.reset_index(drop=True)
        return corridor_figures(roadside, rate, level, [column], names, grades=grades)


def measure(
    opened: OpenedCampaign,
    progress: Progress | None,
    *,
    resume: Path | None = None,
) -> Measured:
    """Overlay all layers in one pass over the raster; ``resume`` is a folder for finished tiles."""
    units = {n: f.reset_index(drop=True) for n, f in opened.layers.items() if n in UNIT_LEVELS}
    units, told = with_residents(opened, units)
    layers: dict[str, Any] = dict(units)
    owners: dict[tuple[str, str], npt.NDArray[np.int64]] = {}
    for ground in _PARTS:
        layer = getattr(opened, ground)
        for name in ("county", "townships"):
            if layer is None or name not in units:
                continue
            owner, pieces = pieces_within(units[name], layer, f"layer {ground}")
            owners[ground, name] = owner
            if len(pieces):
                layers[f"{ground} in {name}"] = pieces

    def run_of(step: str, said: str) -> Run:
        def report(done: int, total: int) -> None:
            if progress is not None:
                progress(done, total, said)

        return Run(progress=report, resume=resume).within(step)

    areas = class_areas(
        layers,
        opened.cover,
        area=opened.campaign.area,
        run=run_of("units", "overlay"),
    )
    roadside = campaign_roads(opened, run_of("roads", "roads"))
    parts = {
        (ground, name): _summed(areas.pop(f"{ground} in {name}", None), owner, areas[name])
        for (ground, name), owner in owners.items()
    }
    areas, factors, said = scaled_to_file(
        {name: table.reset_index(drop=True) for name, table in areas.items()}, units
    )
    told += said
    names = {name: unit_names(frame) for name, frame in units.items()}
    parks_ha = {}
    if opened.parks is not None:
        for name, frame in units.items():
            parks_ha[name] = park_ha(frame, opened.parks)
    served = _served(opened, units)
    if "county" not in areas:
        areas["county"] = areas["townships"].sum().to_frame().T
        names["county"] = _county_of(opened, names["townships"])
        if opened.parks is not None:
            parks_ha["county"] = pd.Series([parks_ha["townships"].sum()])
        for tables in (parts, served):
            for ground, _ in list(tables):
                tables[ground, "county"] = tables[ground, "townships"].sum().to_frame().T
    elif "population" not in names["county"] and "population" in names["townships"]:
        residents = names["townships"]["population"].sum()
        names["county"] = names["county"].assign(population=residents)
    banks = campaign_banks(opened, run_of("waters", "waters"))
    return Measured(
        opened, areas, names, parks_ha, roadside, parts, served, banks, factors, tuple(told)
    )


def _summed(
    pieces: pd.DataFrame | None, owner: npt.NDArray[np.int64], like: pd.DataFrame
) -> pd.DataFrame:
    """Class areas of pieces, summed by unit."""
    sums = np.zeros(like.shape)
    if pieces is not None:
        np.add.at(sums, owner, pieces.to_numpy())
    return pd.DataFrame(sums, columns=like.columns)


def _served(
    opened: OpenedCampaign, units: dict[str, gpd.GeoDataFrame]
) -> dict[tuple[str, str], pd.DataFrame]:
    """Hectares asked about and served by parks."""
    section = opened.campaign.layers.parks
    if opened.parks is None or section is None:
        return {}
    found: dict[tuple[str, str], pd.DataFrame] = {}
    for ground in _SERVED:
        layer = getattr(opened, ground)
        for name in ("county", "townships"):
            if layer is not None and name in units:
                table = park_service_coverage(
                    units[name][[units[name].geometry.name]],
                    opened.parks,
                    radius_m=section.radius_m,
                    within=layer,
                )
                found[ground, name] = pd.DataFrame(table[["area_ha", "served_ha"]])
    return found


def _county_of(opened: OpenedCampaign, townships: pd.DataFrame) -> pd.DataFrame:
    """One row for the county as the sum of its townships."""
    campaign = opened.campaign
    name = campaign.county or campaign.title
    english = campaign.county_en or campaign.county or campaign.title_en or campaign.title
    county = pd.DataFrame({"unit": ["county"], "name": [name], "name_en": [english]})
    if "population" in townships:
        county["population"] = townships["population"].sum()
    return county
