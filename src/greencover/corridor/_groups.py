"""A network worked off in groups of roads, on threads, in the order of the layer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, TypeVar

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from greencover.corridor._belts import Belts
from greencover.corridor._confined import outside_notes
from greencover.corridor._layout import Layout
from greencover.corridor._said import rule_notes
from greencover.corridor._strip_areas import strip_areas, strip_areas_of_both, unseen_areas
from greencover.corridor.evidence import evidence_notes
from greencover.corridor.resolving import TRIAL, not_seen_notes
from greencover.corridor.result import CorridorGreening
from greencover.cover.land_cover import LandCover
from greencover.ground.errors import NoOverlapError
from greencover.ground.run import Run
from greencover.ground.threads import in_order

Kind = TypeVar("Kind", bound=CorridorGreening)

#: Strips that are laid, overlaid and judged at a time; memory grows with it.
STRIPS_AT_ONCE = 200_000


def greening_in_groups(
    layout: Layout,
    cover: LandCover,
    run: Run,
    *,
    strips_at_once: int | None = None,
    with_ground: bool = True,
) -> Iterator[Any]:
    """Lay, overlay and judge group after group; at most two groups a thread are in memory.

    A single group is worked off on all threads, each of several on one.
    """
    groups = list(layout.groups(strips_at_once or STRIPS_AT_ONCE))
    alone = len(groups) == 1
    inner = run if alone else replace(run, progress=None)
    if not alone and run.client is None:
        inner = replace(inner, threads=1)

    def judged(group: tuple[int, int]) -> tuple[Any, bool]:
        strips = layout.lay(*group)
        trials, tried, met = strips.on_trial(cover), None, True
        try:
            areas, beside = strip_areas_of_both(
                strips.belts, trials.beside, cover, inner.within(f"{group[0]}-{group[1]}")
            )
            tried = trials.rows, trials.told(beside, cover.legend, strips.rules["covers"])
        except NoOverlapError:
            if alone:
                raise
            # Other groups may meet the raster; this one was not observed.
            areas, met = unseen_areas(strips.belts, cover), False
        strips = strips.overlaid(inner.within(f"{group[0]}-{group[1]}-evidence"))
        return strips.judge(areas, cover.legend, with_ground=with_ground, tried=tried), met

    any_met = False
    with run.shown() as shown:
        parts = in_order(judged, groups, 1 if run.client is not None else run.threads)
        for done, (part, met) in enumerate(parts, start=1):
            any_met |= met
            if done == len(groups) and not any_met:
                # Raises the sentence that names both extents.
                strip_areas(layout.lay(*groups[0]).belts, cover)
            if done == 1 and part.outside is not None:
                part = replace(part, outside=pd.concat([part.outside, layout.beyond()]))
            if not alone:
                shown.report(done, len(groups))
            yield part


def put_together(parts: list[Any], kind: type[Kind]) -> Kind:
    """Join the results of groups to one."""
    whole = _joined(parts) if len(parts) > 1 else parts[0]
    told = (
        *outside_notes(whole),
        *evidence_notes(whole.sides),
        *rule_notes(whole.sides, whole.parameters),
        *not_seen_notes(whole.sides, whole.resolving),
    )
    whole = replace(whole, notes=(*whole.notes, *told))
    assert isinstance(whole, kind)
    return whole


def _joined(parts: list[Any]) -> Any:
    sides, station, tried = [], 0, 0
    records = [part.resolving for part in parts if part.resolving is not None]
    for part in parts:
        frame = part.sides.assign(station=part.sides["station"] + station)
        station = int(frame["station"].max()) + 1 if len(frame) else station
        if part.resolving is not None:
            trial = frame[TRIAL].to_numpy()
            frame[TRIAL] = np.where(trial >= 0, trial + tried, trial)
            tried += len(part.resolving.called)
        sides.append(frame)
    grounds = [part.ground for part in parts if part.ground is not None]
    sizes = [len(part.sides) for part in parts]
    outside = [part.outside for part in parts if part.outside is not None]
    cover_ha = [part.cover_ha for part in parts if part.cover_ha is not None]
    return replace(
        parts[0],
        sides=gpd.GeoDataFrame(pd.concat(sides, ignore_index=True), crs=sides[0].crs),
        chains=gpd.GeoDataFrame(pd.concat([p.chains for p in parts], ignore_index=True)),
        cover_ha=pd.concat(cover_ha, ignore_index=True),
        outside=pd.concat(outside, ignore_index=True) if outside else None,
        ground=_one_ground(grounds, sizes) if grounds else None,
        resolving=records[0].joined(records[1:]) if records else None,
    )


def _one_ground(grounds: list[Belts], sizes: list[int]) -> Belts:
    first = np.concatenate([[0], np.cumsum(sizes)])

    def shifted(name: str) -> npt.NDArray[Any]:
        return np.concatenate(
            [getattr(g, name) + shift for g, shift in zip(grounds, first, strict=False)]
        )

    def chained(name: str) -> npt.NDArray[Any]:
        return np.concatenate([getattr(g, name) for g in grounds])

    return Belts(
        corners=chained("corners"),
        owner=shifted("owner"),
        cut=chained("cut"),
        cut_owner=shifted("cut_owner"),
        crs=grounds[0].crs,
        covered_share=chained("covered_share"),
        covered_across=chained("covered_across"),
        middle=chained("middle"),
        middle_owner=shifted("middle_owner"),
    )
