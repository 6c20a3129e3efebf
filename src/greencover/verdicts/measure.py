"""One pass over the raster for all layers of a campaign, and every figure that follows from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from greencover.campaign.layers import OpenedCampaign
from greencover.campaign.prepared import Prepared
from greencover.campaign.tasks import tasks_of, township_codes
from greencover.corridor.grade_names import GRADES
from greencover.corridor.roadside import RoadsideGreening, greened_roads
from greencover.corridor.waterside import WatersideGreening, greened_banks
from greencover.ground.notes import Note
from greencover.ground.progress import shown_progress
from greencover.ground.run import Run
from greencover.indicators import formulas
from greencover.indicators._counting import ground_factor, summed
from greencover.indicators.completion import completion_figures
from greencover.indicators.green_space import park_ha
from greencover.indicators.registry import Indicator
from greencover.overlay import class_areas
from greencover.overlay.parts import pieces_within
from greencover.people.park_service import park_service_coverage
from greencover.people.population import LEAST, MOST
from greencover.verdicts.figures import (
    Columns,
    as_rows,
    corridor_figures,
    county_name,
    tidy,
    unit_names,
    with_no_township,
)
from greencover.verdicts.judged_by import with_sources
from greencover.verdicts.misplaced import LEAST_SERVED, SERVED_LIMITS, Misplaced, served_limits
from greencover.verdicts.on_file import scaled_to_file
from greencover.verdicts.positions import Exchanged
from greencover.verdicts.residents import residents_and_parks, shared_residents
from greencover.verdicts.territory import levels_apart, residents_of_outline

LAYER_OF = {"county": "county", "township": "townships", "village": "villages"}
#: Layers of units, each with the level of its units.
UNIT_LEVELS = {layer: level for level, layer in LAYER_OF.items()}
Parts = dict[tuple[str, str], pd.DataFrame]


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
    peopled
        Residents and hectares of parks of the part of each unit in a layer with residents.
    factors
        Area on file over measured area of each unit, by layer, where areas were scaled.
    exchanged
        Ground that an error of position may exchange for other ground.
    misplaced
        Parks and roadsides that it may put into another unit.
    """

    opened: OpenedCampaign
    areas: dict[str, pd.DataFrame]
    units: dict[str, pd.DataFrame]
    parks_ha: dict[str, pd.Series[float]]
    roadside: RoadsideGreening | None
    parts: Parts = field(default_factory=dict)
    served: Parts = field(default_factory=dict)
    peopled: Parts = field(default_factory=dict)
    waterside: WatersideGreening | None = None
    factors: dict[str, pd.Series[float]] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    exchanged: Exchanged = field(default_factory=Exchanged)
    misplaced: Misplaced = field(default_factory=Misplaced)

    def figures(self) -> pd.DataFrame:
        """Every figure of every level, in the order of the records."""
        found: list[Columns] = []
        for record in self.opened.campaign.records.values():
            for ground in record.grounds:
                for level in ground.levels:
                    columns = self._columns(record, level, ground.layer)
                    if columns is not None:
                        shown = np.full(len(columns["level"]), ground.shown)
                        found.append(columns | {"shown": shown})
        return as_rows(found)

    def rows(
        self,
        record: Indicator,
        level: str,
        ground: str = "",
        *,
        grades: tuple[str, ...] = (),
        wetland_limit_pct: float | None = None,
        sample_level: float | None = None,
    ) -> pd.DataFrame:
        """Rows of one indicator, level and ground; none where the campaign cannot give them.

        ``sample_level``: of the intervals of the reference sample, in place of the campaign's.
        """
        columns = self._columns(
            record,
            level,
            ground,
            grades=grades,
            wetland_limit_pct=wetland_limit_pct,
            sample_level=sample_level,
        )
        return pd.DataFrame() if columns is None else as_rows([columns])

    def _columns(
        self,
        record: Indicator,
        level: str,
        ground: str,
        *,
        grades: tuple[str, ...] = (),
        wetland_limit_pct: float | None = None,
        sample_level: float | None = None,
    ) -> Columns | None:
        if record.formula == "length":
            return self._lengths(record, level, grades)
        if record.formula == "completion":
            return self._completion(record, level)
        name = LAYER_OF[level]
        if name not in self.areas:
            return None
        if record.formula == "share":
            figures = self._share(record, name, ground, wetland_limit_pct, sample_level)
        else:
            figures = getattr(self, f"_{record.formula}".replace(" ", "_"))(record, name, ground)
        if figures is None:
            return None
        if record.counts == "parks":
            figures = self.misplaced.widen_parks(figures, ground, name)
        else:
            figures = self.exchanged.widen(figures, record.formula, ground, name)
        return tidy(figures, self.units[name], level, record, ground)

    def _share(
        self,
        record: Indicator,
        name: str,
        ground: str,
        wetland_limit_pct: float | None,
        sample_level: float | None,
    ) -> pd.DataFrame | None:
        opened = self.opened
        covers = record.covers(opened.campaign.cover)
        areas = self.parts.get((ground, name)) if ground else self.areas[name]
        unsettled = "settlements" in record.needs and opened.settlements is None
        if areas is None or unsettled or not opened.cover.legend.codes_of(*covers):
            return None
        sample = opened.accuracy
        if sample is not None and sample_level is not None:
            sample = replace(sample, level=sample_level)
        return formulas.share(
            areas,
            opened.cover.legend,
            record,
            covers,
            patch=opened.cover.minimum_patch,
            sample=sample,
            wetland_limit_pct=wetland_limit_pct,
            natural_wetland=opened.campaign.cover.natural_wetland,
            nothing=_no_part(ground),
        )

    def _per_head(self, record: Indicator, name: str, ground: str) -> pd.DataFrame | None:
        units, cover = self.peopled.get((ground, name), self.units[name]), self.opened.cover
        areas = self.parts.get((ground, name)) if ground else self.areas[name]
        if (ground and (ground, name) not in self.peopled) or "population" not in units:
            return None
        if record.counts == "parks":
            green = units.get("parks_ha") if ground else self.parks_ha.get(name)
            if green is None:
                return None
            return formulas.per_head(green, units["population"], **_bounds_of(units))
        assert areas is not None
        covers = record.covers(self.opened.campaign.cover)
        codes = formulas.counted_codes(cover.legend, record, covers, cover.minimum_patch)
        (green_ha,) = formulas.row_sums(areas, codes)
        blind, unseen = formulas.unobserved_pct(areas, cover.legend), areas[formulas.UNOBSERVED]
        return formulas.per_head(green_ha, units["population"], blind, unseen, **_bounds_of(units))

    def _guarded(self, record: Indicator, name: str, ground: str) -> pd.DataFrame | None:
        within, legend = self.parts.get((ground, name)), self.opened.cover.legend
        covers = record.covers(self.opened.campaign.cover)
        if within is None or not legend.codes_of(*covers):
            return None
        return formulas.guarded(self.areas[name], within, legend, covers)

    def _served(self, _: Indicator, name: str, ground: str) -> pd.DataFrame | None:
        found = self.served.get((ground, name))
        if found is None:
            return None
        figures = formulas.served(found["area_ha"], found["served_ha"], _no_part(ground))
        if LEAST_SERVED not in found:
            return figures
        limits = {side: 100.0 * found[of] / found["area_ha"] for side, of in SERVED_LIMITS.items()}
        return figures.assign(**limits)

    def _completion(self, record: Indicator, level: str) -> Columns | None:
        tasks = tasks_of(self.opened.campaign)
        units = self.units[LAYER_OF[level]]
        if not len(tasks):
            return None
        names = township_codes(self.opened.townships)
        figures = completion_figures(tasks, units, names, level)
        if not len(figures):
            return None
        unnoted = pd.Series("", index=figures.index, dtype=object)
        figures = figures.assign(note=unnoted, proof=formulas.WHOLE)
        whose = units.iloc[figures["place"]].reset_index(drop=True)
        amounts = figures["amounts"].to_numpy()
        columns = tidy(figures, whose, level, record)
        return columns | dict.fromkeys(("measure", "per", "scope"), amounts)

    def _lengths(self, record: Indicator, level: str, grades: tuple[str, ...]) -> Columns | None:
        greening = self.roadside if record.counts == "roads" else self.waterside
        if greening is None:
            return None
        column = {"county": "", "township": "unit", "road": "road"}.get(level, "grade")
        if level in LAYER_OF:
            units = self.units[LAYER_OF[level]]
            if level == "township":
                units = with_no_township(units, greening.sides["unit"])
        else:
            sides = greening.sides
            if grades:
                sides = sides[sides["grade"].isin(grades)]
            present = sides[column].drop_duplicates()
            if column == "grade":
                present = present.sort_values(key=lambda g: g.map(GRADES.index))
            units = pd.DataFrame({"unit": present, "name": present, "name_en": present})
            units = units.reset_index(drop=True)
        figures = corridor_figures(greening, [column] if column else [], units, grades=grades)
        if level in LAYER_OF:
            figures = self.misplaced.widen_lengths(figures, greening, LAYER_OF[level], grades)
        figures["note"] = with_sources(figures["note"], greening, column, units, grades)
        return tidy(figures, units, level, record)


def _bounds_of(units: pd.DataFrame) -> dict[str, Any]:
    """The least and the most residents, where they are not known."""
    return {"residents_least": units.get(LEAST), "residents_most": units.get(MOST)}


def _no_part(ground: str) -> Note:
    if not ground:
        return Note("indicators.no_area")
    return Note("indicators.no_ground", ground=ground)


def measure(ready: Prepared, run: Run) -> Measured:
    """Overlay all layers of a campaign in one pass over the raster."""
    opened = ready.opened
    units, told = shared_residents(opened, ready.units)
    layers: dict[str, Any] = dict(units)
    owners: dict[tuple[str, str], npt.NDArray[np.int64]] = {}
    of_grounds: dict[tuple[str, str], Any] = {}
    for ground, name in _grounds(opened, units, "share", "guarded", "per head"):
        layer = getattr(opened, ground)
        owner, pieces = pieces_within(
            units[name], layer, Note("layers.called.campaign", name=ground)
        )
        owners[ground, name], of_grounds[ground, name] = owner, (owner, pieces)
        if len(pieces):
            layers[f"{ground} in {name}"] = pieces
    with shown_progress(run.progress) as report:

        def step(name: str, said: str) -> Run:
            return replace(run.within(name), progress=report and _at_step(report, said))

        overlaid = step("units", "overlay")
        areas: dict[str, pd.DataFrame] = dict(
            class_areas(layers, opened.cover, area=opened.campaign.area, run=overlaid)
        )
        roadside = banks = None
        if ready.roads is not None:
            roadside = greened_roads(ready.roads, opened.cover, step("roads", "roads"))
        if ready.banks:
            banks = greened_banks(ready.banks, opened.cover, step("waters", "waters"))
    parts = {
        (ground, name): summed(areas.pop(f"{ground} in {name}", None), owner, areas[name])
        for (ground, name), owner in owners.items()
    }
    measured_areas = dict(areas)
    areas, factors, said = scaled_to_file(areas, units)
    said += levels_apart(measured_areas, areas)
    for (ground, name), table in parts.items():
        if name in factors:
            parts[ground, name] = table.mul(factors[name], axis=0)
    names = {name: unit_names(frame) for name, frame in units.items()}
    on_file = {n: "statutory_ha" if "statutory_ha" in f else None for n, f in units.items()}
    parks_ha = {}
    if opened.parks is not None:
        parks_ha = {
            name: park_ha(frame, opened.parks, statutory_ha=on_file[name])
            for name, frame in units.items()
        }
    served = _served(opened, units, on_file)
    peopled = {
        (ground, name): residents_and_parks(
            units[name], getattr(opened, ground), opened.parks, on_file[name]
        )
        for ground, name in _grounds(opened, units, "per head")
        if "population" in getattr(opened, ground)
    }
    if "county" not in areas:
        areas["county"] = areas["townships"].sum().to_frame().T
        names["county"] = _county_of(opened, names["townships"])
        if opened.parks is not None:
            parks_ha["county"] = pd.Series([parks_ha["townships"].sum()])
        for tables in (parts, served, peopled):
            for ground in [ground for ground, name in tables if name == "townships"]:
                tables[ground, "county"] = tables[ground, "townships"].sum().to_frame().T
    else:
        residents, apart = residents_of_outline(units["townships"], units["county"])
        said += apart
        if "population" not in names["county"] and "population" in names["townships"]:
            names["county"] = names["county"].assign(population=residents)
            if MOST in units["townships"]:
                fullest = units["townships"].assign(population=units["townships"][MOST])
                most, _ = residents_of_outline(fullest, units["county"])
                names["county"] = names["county"].assign(**{MOST: most})
    return Measured(
        opened,
        areas,
        names,
        parks_ha,
        roadside,
        parts,
        served,
        peopled,
        banks,
        factors,
        (*told, *said),
        Exchanged.of(opened, units, of_grounds),
        Misplaced.of(opened, units, of_grounds),
    )


def _grounds(
    opened: OpenedCampaign, units: Mapping[str, Any], *formula: str
) -> Iterator[tuple[str, str]]:
    """Layers of ground that figures of some formulas stand on, with the layers of units."""
    found: dict[tuple[str, str], None] = {}
    for record in opened.campaign.records.values():
        for ground in record.grounds if record.formula in formula else ():
            if ground.layer and getattr(opened, ground.layer, None) is not None:
                for level in ground.levels:
                    name = LAYER_OF[level]
                    # A county without an outline is the sum of its townships.
                    name = "townships" if level == "county" and name not in units else name
                    if name in units:
                        found[ground.layer, name] = None
    return iter(found)


def _at_step(report: Any, step: str) -> Any:
    def move(done: int, total: int) -> None:
        report(done, total, step)

    return move


def _served(
    opened: OpenedCampaign, units: dict[str, gpd.GeoDataFrame], on_file: dict[str, str | None]
) -> Parts:
    """Hectares asked about and served by parks."""
    section = opened.campaign.layers.parks
    if opened.parks is None or section is None:
        return {}
    found: Parts = {}
    for ground, name in _grounds(opened, units, "served"):
        table = park_service_coverage(
            units[name][[units[name].geometry.name]],
            opened.parks,
            radius_m=section.radius_m,
            within=getattr(opened, ground),
        )
        factor = ground_factor(units[name], on_file[name])
        kept = table[["area_ha", "served_ha"]].join(
            served_limits(opened, units[name], name, ground)
        )
        found[ground, name] = kept.mul(factor, axis=0)
    return found


def _county_of(opened: OpenedCampaign, townships: pd.DataFrame) -> pd.DataFrame:
    """One row for the county as the sum of its townships."""
    county = county_name(opened.campaign)
    if "population" in townships:
        # Of a township whose residents are not known, the county's are not either.
        for column in ("population", MOST):
            if column in townships:
                county[column] = townships[column].sum(skipna=False)
    return county
