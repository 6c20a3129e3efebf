"""How much a greening rate depends on threshold, belt and step, and on the size of the cells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from typing import Any, Unpack

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from greencover.corridor._options import RoadOptions, divided
from greencover.corridor._strip_areas import strip_areas
from greencover.corridor.grades import ByGrade
from greencover.corridor.roadside import lay_strips
from greencover.corridor.rules import rules
from greencover.cover.land_cover import LandCover
from greencover.ground.errors import ArgumentError
from greencover.ground.run import Run
from greencover.layers import require_number

__all__ = ["roadside_sensitivity", "seen_rows"]


def roadside_sensitivity(
    roads: gpd.GeoDataFrame,
    cover: LandCover,
    *,
    thresholds: Sequence[float] = (0.1, 0.2, 0.3, 0.4, 0.5),
    belts: Sequence[ByGrade] = (5.0, 10.0, 15.0),
    steps: Sequence[float] | None = None,
    run: Run | None = None,
    **options: Unpack[RoadOptions],
) -> pd.DataFrame:
    """Roadside greening rate over a grid of thresholds, belt widths and station lengths.

    Strips are laid and overlaid once for each belt and step, and judged for every threshold.

    Parameters
    ----------
    roads, cover
        As in ``roadside_greening``.
    thresholds, belts, steps
        Values of ``threshold``, ``belt_m`` and ``step_m`` to try, every one with every other.
    run
        How it is run; its options are keywords, too.
    options
        All other parameters of ``roadside_greening``.

    Returns
    -------
    pandas.DataFrame
        ``step_m``, ``belt_m``, ``threshold``, and the rates and lengths of all roads together; see
        ``RoadsideGreening.rates_by``.

    Raises
    ------
    ArgumentError
        Values to try are no list, or an empty one.
    LayerError
        A value is no number, or beyond its limits.

    Examples
    --------
    Trees along half of a road, whatever the width of the belt.

    >>> import geopandas as gpd, numpy as np, shapely
    >>> import greencover as gc
    >>> from affine import Affine
    >>> codes, corner = np.full((20, 100), 30, "uint8"), Affine(10, 0, 5e5, 0, -10, 3000100)
    >>> codes[:, :50] = 10
    >>> cover = gc.LandCover.from_array(codes, transform=corner, crs=4547, legend="worldcover")
    >>> line = shapely.LineString([(500_000, 3_000_000), (501_000, 3_000_000)])
    >>> roads = gpd.GeoDataFrame({"name": ["S1"], "grade": ["county"]}, geometry=[line], crs=4547)
    >>> table = gc.roadside_sensitivity(roads, cover, thresholds=[0.5], belts=[5.0, 10.0])
    >>> table[["belt_m", "greening_pct"]].round(1).values.tolist()
    [[5.0, 50.0], [10.0, 50.0]]
    """
    run, given = divided(run, options)
    road = rules("road")
    if steps is None:
        steps = (road["step_m"].default,)
    named = {"thresholds": thresholds, "belts": belts, "steps": steps}
    several = {name: _tried(values, name) for name, values in named.items()}
    thresholds = [require_number(one, "thresholds") for one in several["thresholds"]]
    road["threshold"].check_numbers(np.asarray(thresholds, dtype=np.float64))
    tables = []
    tries = product(several["steps"], several["belts"])
    for number, (step, belt) in enumerate(tries):
        strips = lay_strips(roads, step_m=step, belt_m=belt, threshold=thresholds[0], **given)
        areas = strip_areas(strips.belts, cover, run.within(str(number)))
        for threshold in thresholds:
            judged = strips.judge(areas, cover.legend, threshold=threshold, with_ground=False)
            table = judged.rates_by()
            table.insert(0, "threshold", threshold)
            table.insert(0, "belt_m", belt if isinstance(belt, int | float) else str(belt))
            table.insert(0, "step_m", step)
            tables.append(table)
    whole: pd.DataFrame = pd.concat(tables, ignore_index=True)
    return whole


def _tried(values: Any, name: str) -> list[Any]:
    """Values to try; text would be tried letter by letter."""
    if isinstance(values, str | Mapping) or not isinstance(values, Iterable):
        raise ArgumentError("corridor.no_list", rule=name, given=repr(values))
    listed = list(values)
    if not listed:
        raise ArgumentError("corridor.no_list", rule=name, given=repr(values))
    return listed


def seen_rows(
    *,
    row_m: Sequence[float] = (3.0, 5.0, 8.0, 10.0, 15.0, 20.0),
    cell_m: Sequence[float] = (1.0, 2.0, 10.0, 30.0),
    offset_m: float = 5.0,
    belt_m: float = 10.0,
    step_m: float | None = None,
    threshold: float | None = None,
    majority: float = 0.5,
    draws: int = 400,
    seed: int = 1,
) -> pd.DataFrame:
    """What a grid can see of an unbroken row of trees beside a road, by simulation.

    A row of trees stands along the inner edge of the belt. A cell of the grid is mapped as trees
    when at least ``majority`` of it lies under the row; the road runs at a random angle and place
    over the grid. The strip's share of mapped trees is compared with the true one.

    Parameters
    ----------
    row_m, cell_m
        Widths of the row and of a cell.
    offset_m, belt_m, step_m, threshold
        Rules of the strip; station and threshold by default as in ``rules.toml``.
    majority
        Share of a cell from which it is mapped as trees.
    draws, seed
        Random places, and the seed that makes them the same every time.

    Returns
    -------
    pandas.DataFrame
        ``row_m``, ``cell_m``, ``true_share`` of the strip, ``seen_share`` on average, and
        ``greened_pct``: how often the strip reaches the threshold; 100 would be right wherever
        the true share reaches it.

    Examples
    --------
    >>> seen = seen_rows(row_m=[8.0], cell_m=[0.5, 30.0], draws=50)
    >>> seen["seen_share"].round(1).tolist()
    [0.8, 0.0]
    """
    road = rules("road")
    step_m = road["step_m"].default if step_m is None else step_m
    threshold = road["threshold"].default if threshold is None else threshold
    rng = np.random.default_rng(seed)
    angle = rng.uniform(0.0, np.pi, draws)
    shift = rng.uniform(0.0, 1.0, (draws, 2))
    rows = []
    for width, cell in product(row_m, cell_m):
        share = _seen(width, cell, angle, shift * cell, offset_m, belt_m, step_m, majority)
        rows.append(
            {
                "row_m": width,
                "cell_m": cell,
                "true_share": min(width / belt_m, 1.0),
                "seen_share": float(share.mean()),
                "greened_pct": 100.0 * float((share >= threshold).mean()),
            }
        )
    return pd.DataFrame(rows)


def _seen(
    width: float,
    cell: float,
    angle: npt.NDArray[np.float64],
    shift: npt.NDArray[np.float64],
    offset_m: float,
    belt_m: float,
    step_m: float,
    majority: float,
) -> npt.NDArray[np.float64]:
    """Share of the strip in cells that are mapped as trees, for every draw."""
    # Places in the strip, and in the cell around each of them.
    along, depth = np.meshgrid(_middles(step_m, 20), offset_m + _middles(belt_m, 20))
    inside = np.stack(np.meshgrid(_middles(cell, 12), _middles(cell, 12)), axis=-1).reshape(-1, 2)
    cosine, sine = np.cos(angle)[:, None], np.sin(angle)[:, None]
    x = cosine * along.ravel() - sine * depth.ravel() + shift[:, :1]
    y = sine * along.ravel() + cosine * depth.ravel() + shift[:, 1:]
    low_x, low_y = (
        np.floor(x / cell) * cell - shift[:, :1],
        np.floor(y / cell) * cell - shift[:, 1:],
    )
    # Depth of a place is its distance from the road along the normal.
    at_corner = -sine * low_x + cosine * low_y
    covered = np.zeros_like(at_corner)
    for dx, dy in inside:
        place = at_corner - sine * dx + cosine * dy
        covered += (place >= offset_m) & (place < offset_m + width)
    mapped = covered / len(inside) >= majority
    return np.asarray(mapped.mean(axis=1), dtype=np.float64)


def _middles(length: float, count: int) -> npt.NDArray[np.float64]:
    return np.asarray((np.arange(count) + 0.5) * (length / count), dtype=np.float64)
