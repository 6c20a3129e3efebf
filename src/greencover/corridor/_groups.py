"""A network worked off in groups of roads, on threads, in the order of the layer."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from greencover.corridor._belts import Belts
from greencover.corridor._layout import Layout
from greencover.corridor._strip_areas import strip_areas
from greencover.cover.land_cover import LandCover
from greencover.ground.errors import NoOverlapError
from greencover.ground.run import Run


def greening_in_groups(
    layout: Layout,
    cover: LandCover,
    *,
    strips_at_once: int,
    with_ground: bool,
    progress: Callable[[int, int], None] | None,
    resume: Path | None = None,
) -> Iterator[Any]:
    """Lay, overlay and judge group after group; at most two groups a thread are in memory.

    ``resume`` is a folder in which each group keeps its finished tiles.
    """
    groups = list(layout.groups(strips_at_once))
    threads = min(_cores(), len(groups))

    def judged(group: tuple[int, int]) -> Any:
        strips = layout.lay(*group)
        try:
            areas = strip_areas(
                strips.belts,
                cover,
                Run(
                    threads=1 if threads > 1 else None,
                    resume=None if resume is None else resume / f"{group[0]}-{group[1]}",
                ),
            )
        except NoOverlapError:
            if len(groups) == 1:
                raise
            # Other groups may meet the raster; this one was not observed.
            areas = np.zeros((len(strips.belts.polygon_owner), len(cover.legend.codes) + 1))
            areas[:, -1] = 1e-4 * np.abs(shapely.area(strips.quads.to_numpy()))
            return strips.judge(areas, cover.legend, with_ground=with_ground), False
        return strips.judge(areas, cover.legend, with_ground=with_ground), True

    met = False
    with ThreadPoolExecutor(max(threads, 1)) as pool:
        waiting: deque[Future[Any]] = deque()
        done = 0
        try:
            for group in groups:
                waiting.append(pool.submit(judged, group))
                while len(waiting) > threads or (waiting and len(waiting) + done == len(groups)):
                    result, seen = waiting.popleft().result()
                    met |= seen
                    done += 1
                    if progress is not None:
                        progress(done, len(groups))
                    if done == len(groups) and not met:
                        # Raises the sentence that names both extents.
                        strip_areas(layout.lay(*groups[0]).belts, cover)
                    yield result
        finally:
            for future in waiting:
                future.cancel()


def put_together(parts: list[Any]) -> Any:
    """Join the results of groups to one."""
    if len(parts) == 1:
        return parts[0]
    sides, station = [], 0
    for part in parts:
        frame = part.sides.assign(station=part.sides["station"] + station)
        station = int(frame["station"].max()) + 1
        sides.append(frame)
    grounds = [part.ground for part in parts if part.ground is not None]
    sizes = [len(part.sides) for part in parts]
    cover_ha = [part.cover_ha for part in parts if part.cover_ha is not None]
    return replace(
        parts[0],
        sides=gpd.GeoDataFrame(pd.concat(sides, ignore_index=True), crs=sides[0].crs),
        chains=gpd.GeoDataFrame(pd.concat([p.chains for p in parts], ignore_index=True)),
        cover_ha=pd.concat(cover_ha, ignore_index=True),
        ground=_one_ground(grounds, sizes) if grounds else None,
    )


def _one_ground(grounds: list[Belts], sizes: list[int]) -> Belts:
    first = np.concatenate([[0], np.cumsum(sizes)])

    def shifted(name: str) -> np.ndarray:
        return np.concatenate(
            [getattr(g, name) + shift for g, shift in zip(grounds, first, strict=False)]
        )

    def chained(name: str) -> np.ndarray:
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


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
