"""Change between two land covers: transitions, gains and losses, by unit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, Unpack

import geopandas as gpd
import pandas as pd

from greencover.accuracy.adjusted import sample_limits
from greencover.accuracy.intervals import change_limits
from greencover.cover import COVER_TYPES
from greencover.cover.counted import codes_of, cover_types
from greencover.cover.land_cover import LandCover
from greencover.ground.errors import AccuracyError, ArgumentError, LayerError
from greencover.ground.notes import Note, in_languages
from greencover.ground.run import Run, RunOptions
from greencover.indicators._drawn_pairs import drawn_pairs
from greencover.indicators._pairs import check_pairs, paired
from greencover.indicators.forest import FOREST
from greencover.layers.in_hand import frame_of
from greencover.overlay import class_areas
from greencover.words import Listed

UNOBSERVED = "unobserved"
#: Printed with every comparison of two maps.
CAUTION = Note("indicators.change")
INDEPENDENT = Note("indicators.independent_samples")
_DISTINCT = {1: "gain", -1: "loss", 0: "not distinguishable from no change"}


def transitions(
    zones: gpd.GeoDataFrame,
    before: LandCover,
    after: LandCover,
    *,
    by: Literal["class", "cover"] = "class",
    area: Literal["ellipsoid", "grid"] = "ellipsoid",
    run: Run | None = None,
    **options: Unpack[RunOptions],
) -> pd.DataFrame:
    """Hectares that went from each class to each class, in every zone.

    Parameters
    ----------
    zones
        Polygons in any coordinate reference system.
    before, after
        Land covers on the same grid, or of which one at least is made of polygons; their legends
        may differ.
    by
        ``"class"``: codes of each legend; ``"cover"``: the shared cover types.
    area
        As of ``class_areas``.
    run, **options
        How it is run; see :class:`greencover.ground.run.Run`.

    Returns
    -------
    pandas.DataFrame
        One row for each zone and pair that occurs: ``zone`` (label in the index of ``zones``),
        ``before``, ``after`` (codes or cover types, or "unobserved"), ``before_name``,
        ``after_name`` and ``area_ha``. Summed over ``after`` it is the class areas of the first
        cover, summed over ``before`` those of the second; the whole is the zone.
        ``attrs["notes"]`` holds the caution to print with it.

    Raises
    ------
    RasterError
        The rasters do not lie on the same grid.
    LayerError
        Two zones have one label in the index.
    NoOverlapError, LegendError, CrsError
        As of ``class_areas``.

    Examples
    --------
    Of two cells of grass one becomes trees.

    >>> import geopandas as gpd, numpy as np, shapely
    >>> import greencover as gc
    >>> from affine import Affine
    >>> corner = Affine(10, 0, 5e5, 0, -10, 3e6)
    >>> before, after = (
    ...     gc.LandCover.from_array(
    ...         np.array([codes], "uint8"), transform=corner, crs=4547, legend="worldcover"
    ...     )
    ...     for codes in ([30, 30], [10, 30])
    ... )
    >>> plots = gpd.GeoDataFrame(geometry=[shapely.box(5e5, 2999990, 500020, 3e6)], crs=4547)
    >>> table = gc.transitions(plots, before, after)
    >>> [(row.before, row.after, round(row.area_ha, 3)) for row in table.itertuples()]
    [(30, 10, 0.01), (30, 30, 0.01)]
    """
    if by not in ("class", "cover"):
        raise ArgumentError("indicators.change_by", given=by)
    zones = frame_of(zones)
    if zones.index.has_duplicates:
        label = zones.index[zones.index.duplicated()][0]
        raise LayerError("indicators.zone_twice", label=str(label))
    table = transitions_by_row(zones, before, after, by=by, area=area, run=run, **options)
    labels = zones.index.to_numpy()
    return table.assign(zone=pd.Series([labels[row] for row in table["zone"]], table.index))


def transitions_by_row(
    zones: gpd.GeoDataFrame,
    before: LandCover,
    after: LandCover,
    *,
    by: Literal["class", "cover"] = "cover",
    area: Literal["ellipsoid", "grid"] = "ellipsoid",
    run: Run | None = None,
    **options: Unpack[RunOptions],
) -> pd.DataFrame:
    """As of ``transitions``, but ``zone`` is the number of the row, whatever the index says."""
    zones = zones.reset_index(drop=True)
    states, how = _states(before, after, by), Run.of(run, options)
    if before.polygons is None and after.polygons is None:
        table = _pairs_on_grid(zones, before, after, states, area=area, run=how)
    else:
        table = drawn_pairs(zones, before, after, states, area=area, run=how)
    for side, cover in (("before", before), ("after", after)):
        states_of = [None if _is_none(state) else state for state in table[side]]
        table[side] = [UNOBSERVED if state is None else state for state in states_of]
        table[f"{side}_name"] = [
            UNOBSERVED
            if state is None
            else cover.legend.name(state)
            if by == "class"
            else str(state)
            for state in states_of
        ]
    table = table[["zone", "before", "after", "before_name", "after_name", "area_ha"]]
    table = table.sort_values("zone", kind="stable").reset_index(drop=True)
    table.attrs["notes"] = cautions(before, after)
    return table


def _pairs_on_grid(
    zones: gpd.GeoDataFrame,
    before: LandCover,
    after: LandCover,
    states: tuple[dict[int, Any], dict[int, Any]],
    *,
    area: Literal["ellipsoid", "grid"],
    run: Run,
) -> pd.DataFrame:
    """Hectares of each zone by state before and after, None for the unobserved."""
    with paired(before, after, states, zones) as (pairs, meaning):
        measured = class_areas(zones, pairs, area=area, run=run)
    areas = pd.DataFrame(measured.to_numpy(), zones.index, [*pairs.legend.codes, -1])
    meaning = meaning | {-1: (None, None)}
    areas.index.name = "zone"
    table: pd.DataFrame = areas.reset_index().melt("zone", var_name="pair", value_name="area_ha")
    table = table[table["area_ha"] > 0.0]
    for number, side in enumerate(("before", "after")):
        of_pair = [meaning[pair][number] for pair in table["pair"]]
        table[side] = pd.Series(of_pair, table.index, dtype=object)
    return table


def _is_none(state: Any) -> bool:
    return state is None or state != state


def check_transitions(
    zones: gpd.GeoDataFrame,
    before: LandCover,
    after: LandCover,
    *,
    by: Literal["class", "cover"] = "class",
    cells: bool = True,
) -> None:
    """Refuse two land covers that ``transitions`` refuses, before anything is overlaid.

    Parameters
    ----------
    zones, before, after, by
        As of ``transitions``.
    cells
        Whether the cells around the zones are read for codes that a legend lacks.
    """
    if before.polygons is None and after.polygons is None:
        check_pairs(before, after, _states(before, after, by), zones, cells=cells)


def _states(
    before: LandCover, after: LandCover, by: Literal["class", "cover"]
) -> tuple[dict[int, Any], dict[int, Any]]:
    one, other = (
        {code: code if by == "class" else kind for code, kind in cover.legend.covers.items()}
        for cover in (before, after)
    )
    return one, other


def transition_matrix(table: pd.DataFrame, zone: Any = None) -> pd.DataFrame:
    """Matrix of hectares, rows before and columns after, of one zone or of all together.

    Parameters
    ----------
    table
        From ``transitions``.
    zone
        Label of a zone; None: all zones are summed (which counts ground of overlapping zones
        more than once).

    Returns
    -------
    pandas.DataFrame
        ``attrs["notes"]`` holds the caution to print with it.

    Raises
    ------
    LayerError
        There is no such zone in the table.

    Examples
    --------
    >>> table = pd.DataFrame({"before": [30, 30], "after": [10, 30], "area_ha": [1.0, 3.0]})
    >>> transition_matrix(table).loc[30].tolist()
    [1.0, 3.0]
    """
    rows = table if zone is None else table[table["zone"] == zone]
    if zone is not None and rows.empty:
        known = Listed.every(dict.fromkeys(table["zone"]))
        raise LayerError("indicators.no_such_zone", zone=repr(zone), known=known)
    matrix = rows.pivot_table(
        index="before", columns="after", values="area_ha", aggfunc="sum", fill_value=0.0, sort=False
    )
    order = sorted({*matrix.index, *matrix.columns}, key=_rank)
    matrix = matrix.reindex(index=order, columns=order, fill_value=0.0)
    matrix.attrs["notes"] = table.attrs.get("notes", (CAUTION,))
    return matrix


def _rank(state: Any) -> tuple[int, int]:
    """Codes by number, cover types in their usual order, the unobserved last."""
    if isinstance(state, str):
        return (1, [*COVER_TYPES, UNOBSERVED].index(state))
    return (0, int(state))


def cover_change(
    zones: gpd.GeoDataFrame,
    before: LandCover,
    after: LandCover,
    *,
    covers: Sequence[str] = FOREST,
    run: Run | None = None,
    **options: Unpack[RunOptions],
) -> gpd.GeoDataFrame:
    """Gains and losses of some cover types, by zone.

    Only ground that both covers show is compared, so that a cloud is no loss.

    Parameters
    ----------
    zones, before, after
        As of ``transitions``.
    covers
        Cover types taken together.
    run, **options
        How it is run; see :class:`greencover.ground.run.Run`.

    Returns
    -------
    geopandas.GeoDataFrame
        ``zones`` with ``before_ha``, ``gain_ha``, ``loss_ha``, ``after_ha``, ``net_ha`` = gain -
        loss, ``net_pct`` of ``before_ha`` (NaN where there was none), ``compared_ha`` and
        ``unobserved_pct`` (seen by one cover at most). ``attrs["notes"]`` holds the caution.

    Examples
    --------
    Of two cells of grass one becomes trees.

    >>> import geopandas as gpd, numpy as np, shapely
    >>> import greencover as gc
    >>> from affine import Affine
    >>> corner = Affine(10, 0, 5e5, 0, -10, 3e6)
    >>> before, after = (
    ...     gc.LandCover.from_array(
    ...         np.array([codes], "uint8"), transform=corner, crs=4547, legend="worldcover"
    ...     )
    ...     for codes in ([30, 30], [10, 30])
    ... )
    >>> plots = gpd.GeoDataFrame(geometry=[shapely.box(5e5, 2999990, 500020, 3e6)], crs=4547)
    >>> table = gc.cover_change(plots, before, after).round(2)
    >>> table[["before_ha", "gain_ha", "loss_ha"]].values.tolist()
    [[0.0, 0.01, 0.0]]
    """
    zones = frame_of(zones)
    covers = cover_types(covers)
    codes_of(before.legend, covers)
    codes_of(after.legend, covers)
    table = transitions_by_row(zones, before, after, run=run, **options)
    wanted = set(covers)
    was, now = table["before"].isin(wanted), table["after"].isin(wanted)
    seen = (table["before"] != UNOBSERVED) & (table["after"] != UNOBSERVED)

    def sums(which: pd.Series[bool]) -> pd.Series[float]:
        return sums_by_row(table[which], zones.index)

    old, new = sums(seen & was), sums(seen & now)
    gain, loss = sums(seen & ~was & now), sums(seen & was & ~now)
    compared, whole = sums(seen), sums(seen | ~seen)
    result = zones.assign(
        before_ha=old,
        gain_ha=gain,
        loss_ha=loss,
        after_ha=new,
        net_ha=gain - loss,
        net_pct=100.0 * (gain - loss) / old.where(old > 0.0),
        compared_ha=compared,
        unobserved_pct=100.0 * (1.0 - compared / whole.where(whole > 0.0)),
    )
    result.attrs["notes"] = table.attrs["notes"]
    return result


def sums_by_row(transitions: pd.DataFrame, index: pd.Index[Any]) -> pd.Series[float]:
    """Hectares of some transitions by the row of their zone, under the index of the zones."""
    each = transitions.groupby("zone")["area_ha"].sum()
    return each.reindex(range(len(index)), fill_value=0.0).set_axis(index)


def adjusted_change(
    before: pd.DataFrame, after: pd.DataFrame, *, level: float | None = None
) -> pd.DataFrame:
    """Net change of a share between two maps whose errors are both known.

    Parameters
    ----------
    before, after
        From ``adjusted_shares``, one for each year, with the same units.
    level
        Confidence level of both tables; None: the one that they have.

    Returns
    -------
    pandas.DataFrame
        ``change_pct`` (points of the share), ``change_se_pct``, ``change_low_pct``,
        ``change_high_pct`` and ``finding``: "gain", "loss" or "not distinguishable from no
        change". The limits of the two years are put together as Zou and Donner (2008) do for a
        difference. The samples of the two years are taken as independent; if the same points serve
        for both, the interval is too wide.

    Raises
    ------
    AccuracyError
        The tables have intervals of another level, or name a unit twice in different orders.

    Examples
    --------
    >>> from greencover import adjusted_shares
    >>> classes = ["tree", "other"]
    >>> counts = pd.DataFrame([[48, 2], [1, 49]], index=classes, columns=classes)
    >>> years = (
    ...     adjusted_shares(counts, pd.DataFrame({"tree": [ha], "other": [100.0 - ha]}), ["tree"])
    ...     for ha in (20.0, 60.0)
    ... )
    >>> table = adjusted_change(*years)
    >>> table.filter(["change_pct", "change_low_pct", "change_high_pct"]).round(1).values.tolist()
    [[37.6, 22.4, 50.8]]
    >>> table["finding"].item()
    'gain'
    """
    levels = [table.attrs.get("level", level) for table in (before, after)]
    asked = levels[1] if level is None else level
    if levels != [asked, asked]:
        raise AccuracyError(
            "accuracy.levels_differ", before=levels[0], after=levels[1], given=asked
        )
    same = before.index.equals(after.index)
    if not same and (before.index.has_duplicates or after.index.has_duplicates):
        raise AccuracyError("accuracy.units_twice")
    if not same:
        every = before.index.union(after.index, sort=False)
        before, after = before.reindex(every), after.reindex(every)
    change = after["share_pct"] - before["share_pct"]
    se = (before["share_se_pct"] ** 2 + after["share_se_pct"] ** 2) ** 0.5
    low, high = (
        pd.Series(limit, index=change.index)
        for limit in change_limits(sample_limits(before), sample_limits(after))
    )
    sign = (low > 0.0).astype(int) - (high < 0.0).astype(int)
    finding = sign.map(_DISTINCT).where(change.notna() & low.notna(), "no data")
    table = pd.DataFrame(
        {
            "change_pct": change,
            "change_se_pct": se,
            "change_low_pct": low,
            "change_high_pct": high,
            "finding": finding,
        }
    )
    table.attrs["notes"] = (INDEPENDENT,)
    return table


def cautions(before: LandCover, after: LandCover) -> tuple[Note, ...]:
    """What must be printed with a comparison of two covers."""
    told = [CAUTION]
    if before.legend.key != after.legend.key:
        told.append(
            Note("indicators.different_legends", before=before.legend.key, after=after.legend.key)
        )
    for legend in (before.legend, after.legend):
        if legend.change_note:
            told.append(in_languages(en=legend.change_note, zh=legend.change_note_zh))
    return tuple(dict.fromkeys(told))
