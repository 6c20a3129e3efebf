"""The few formulas that indicators are counted by: from areas, lengths or residents to figures.

Each is pure. Figures are a row a unit: ``value``, ``numerator``, ``denominator``,
``unobserved_pct``, the interval ``low`` to ``high`` where a reference sample gives one, with
``sample_low`` and ``sample_high`` for the part of it that is the error of the sample alone, the
bounds ``least`` and ``most`` where what was not observed leaves more open, ``proof``, what the
figure rests on, and a ``note`` where there is something to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from greencover.cover.counted import codes_of, cover_types
from greencover.cover.headings import code_in
from greencover.ground.geodesy import HECTARE_M2
from greencover.ground.limits import ROUNDING, beside
from greencover.ground.notes import Note, joined
from greencover.layers import require_number
from greencover.words import Listed

if TYPE_CHECKING:
    from greencover.accuracy.sample import ReferenceSample
    from greencover.cover import Legend
    from greencover.cover.minimum_patch import MinimumPatch
    from greencover.indicators.registry import Indicator

UNOBSERVED = "unobserved_ha"
#: Natural wetland as secondary pages cite GB/T 24708 (S2): marshes, rivers and lakes. A map does
#: not tell a lake from a reservoir, which is artificial.
NATURAL_WETLAND = ("wetland", "water")
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Columns = dict[str, Any]
#: What a figure rests on: every part decided by what covers it; a reference sample; a map that a
#: sample could correct; road sides or banks by a map; a map that no sample corrects.
WHOLE, SAMPLE, MAP, SIDES, FACE_VALUE = "whole", "sample", "map", "sides", "face value"


def share(
    areas: pd.DataFrame,
    legend: Legend,
    record: Indicator,
    covers: Sequence[str],
    *,
    patch: MinimumPatch | None = None,
    left_out: Sequence[str] | None = None,
    wetland_limit_pct: float | None = None,
    natural_wetland: Sequence[str] | None = None,
    sample: ReferenceSample | None = None,
    nothing: Note | None = None,
) -> pd.DataFrame:
    """Share of land under some cover types.

    Parameters
    ----------
    areas
        Class areas of units, or of their part in a layer.
    legend
        What the codes mean.
    record
        Of the indicator.
    covers
        Cover types that count.
    patch
        The smallest patch of a forest, where smaller ones were told apart.
    left_out
        Cover types that are no land; default: those of the record.
    wetland_limit_pct
        Share of the territory beyond which natural wetland leaves the land.
    natural_wetland
        Cover types that are natural wetland; None: not known, see ``NATURAL_WETLAND``.
    sample
        Reference sample that corrects the areas and gives intervals.
    nothing
        Said of a unit without any ground.
    """
    covers = cover_types(covers)
    codes = counted_codes(legend, record, covers, patch)
    left_out = cover_types(record.left_out if left_out is None else left_out)
    observed, no_land, part, whole = row_sums(
        areas, legend.codes, legend.codes_of(*left_out), codes, [*legend.codes, UNOBSERVED]
    )
    blind = areas[UNOBSERVED].to_numpy(dtype=float)
    land = observed - no_land
    note = _remarks(
        (observed + blind <= 0.0, nothing or Note("indicators.no_area")),
        (observed <= 0.0, Note("indicators.not_observed")),
        (land <= 0.0, Note("indicators.no_land")),
    )
    low: Floats | float = np.nan
    high: Floats | float = np.nan
    least: Floats | float = np.nan
    most: Floats | float = np.nan
    if sample is not None:
        corrected = sample.of_land(areas, legend, covers, codes, left_out)
        shown_pct = _over(100.0 * part, land).tolist()
        told = [Note("indicators.map_shows", share=one) for one in shown_pct]
        note[:] = [own or shown for own, shown in zip(note, told, strict=True)]
        some = land > 0.0
        part = np.where(some, corrected["area_ha"].to_numpy(), part)
        land = np.where(some, corrected["land_ha"].to_numpy(), land)
        low, high, least, most = (
            np.where(some, corrected[f"{side}_pct"].to_numpy(), np.nan)
            for side in ("low", "high", "sample_low", "sample_high")
        )
    unseen = _over(100.0 * blind, whole)
    proof = MAP if sample is None else SAMPLE
    figures = _figures(part, land, 100.0, unseen, note, low, high, proof)
    # Unobserved ground is land and all bare at worst, all covered at best.
    figures |= _bounds(figures, (0.0, blind), (blind, blind))
    if sample is not None:
        figures |= {"sample_low": least, "sample_high": most}
    if wetland_limit_pct is not None:
        if natural_wetland is not None:
            natural_wetland = cover_types(natural_wetland)
        figures |= _without_wetland(figures, areas, legend, wetland_limit_pct, natural_wetland)
    return _table(figures, areas.index)


def per_head(
    green_ha: pd.Series[float] | Floats,
    residents: pd.Series[float],
    unobserved: pd.Series[float] | float = 0.0,
    unobserved_ha: pd.Series[float] | float = 0.0,
    *,
    residents_least: pd.Series[float] | None = None,
    residents_most: pd.Series[float] | None = None,
) -> pd.DataFrame:
    """Square metres of green a resident; ``unobserved`` is the percentage of each unit.

    ``residents_least`` and ``residents_most`` are those that there may be, where they were not
    counted; where there are any, one at least is left.
    """
    green, people, blind_ha = (_array(one) for one in (green_ha, residents, unobserved_ha))
    note = _remarks((~(people > 0.0), Note("indicators.no_residents")))
    figures = _figures(green, people, HECTARE_M2, _array(unobserved), note)
    uncounted: Any = 0.0
    if residents_most is not None:
        uncounted = _at_least(0.0, _array(residents_most) - people)
    spare: Any = 0.0
    if residents_least is not None:
        least = _at_least(_at_most(1.0, people), _array(residents_least))
        spare = _at_most(0.0, least - people)
    figures |= _bounds(figures, (0.0, uncounted), (blind_ha, spare), factor=HECTARE_M2)
    return _table(figures, residents.index)


def served(asked_ha: pd.Series[float], served_ha: pd.Series[float], nothing: Note) -> pd.DataFrame:
    """Ground within the reach of something over the ground asked about."""
    asked = _array(asked_ha)
    note = _remarks((~(asked > 0.0), nothing))
    figures = _figures(_array(served_ha), asked, 100.0, 0.0, note)
    return _table(figures, asked_ha.index)


def guarded(
    areas: pd.DataFrame, within: pd.DataFrame, legend: Legend, covers: Sequence[str]
) -> pd.DataFrame:
    """Some cover types within guarded ground over those of the whole unit.

    Parameters
    ----------
    areas, within
        Class areas of the units, and of their part that is guarded.
    legend, covers
        What the codes mean, and the cover types that are guarded.
    """
    codes = codes_of(legend, covers)
    (whole,), (guarded_ha,) = row_sums(areas, codes), row_sums(within, codes)
    note = _remarks((~(whole > 0.0), Note("indicators.no_cropland")))
    unseen = _array(unobserved_pct(areas, legend))
    figures = _figures(guarded_ha, whole, 100.0, unseen, note, proof=FACE_VALUE)
    # At worst all unobserved ground out of reach is to be guarded, at best all within reach.
    inside = within[UNOBSERVED].to_numpy(dtype=float)
    outside = _at_least(0.0, areas[UNOBSERVED].to_numpy(dtype=float) - inside)
    figures |= _bounds(figures, (0.0, outside), (inside, inside))
    return _table(figures, areas.index)


def length(rates: pd.DataFrame, of: str, grades: Sequence[str] = ()) -> pd.DataFrame:
    """Greened length over length that can be greened, both sides counted.

    Parameters
    ----------
    rates
        ``greened_km``, ``greenable_km``, ``side_km``, ``unobserved_km`` and ``excluded_km``, a row
        a unit; ``low_pct`` and ``high_pct`` between which the cover leaves the rate, where they
        are known; ``doubtful_greened_km`` and ``doubtful_gap_km`` of what was judged from a part
        of its strip and could be the other, where that is known; and ``on_cover_km``, what the
        land cover alone decided (left out: all); of roads ``median_km`` along medians and
        ``road_km`` of the road itself, where they are known.
    of
        ``"road"`` or ``"water"``.
    grades
        Road grades that alone were counted; empty: all.
    """
    km: dict[str, Floats] = {str(name): rates[name].to_numpy(dtype=float) for name in rates}
    side, whole, greened = km["side_km"], km["greenable_km"], km["greened_km"]
    blind, some = km["unobserved_km"], side > 0.0
    nothing = Note("indicators.no_roads" if of == "road" else "indicators.no_waters")
    cases = [
        (~some, Note("indicators.no_roads_of_grades") if grades else nothing),
        (some & (whole == 0.0), Note("indicators.nothing_greenable")),
    ]
    if grades:
        listed = Listed(tuple(grades), len(grades), "comma")
        cases.append((some, Note("indicators.of_grades", grades=listed)))
    unobserved = _over(100.0 * blind, side)
    unobserved[np.isnan(unobserved)] = 0.0
    note = _remarks(*cases)
    shares = _over(100.0 * whole, side)
    for row in np.flatnonzero(some & (whole > 0.0) & (whole < 0.5 * side)):
        little = beside(shares[row], 0.0, 50.0, digits=0)
        note[row] = joined(note[row], Note("indicators.less_than_half", share=little))
    own: Columns = {name: km[name] for name in ("median_km", "road_km") if name in km}
    if own:
        for row in np.flatnonzero(own["median_km"] > 0.0):
            road, along = (float(own[name][row]) for name in ("road_km", "median_km"))
            note[row] = joined(note[row], Note("indicators.along_median", road=road, km=along))
    figures = _figures(greened, whole, 100.0, unobserved, note)
    figures |= _within(figures, km)
    figures |= {
        "excluded_km": km["excluded_km"],
        "all_km": side,
        "greening_all_pct": _over(100.0 * greened, side),
        **own,
        "proof": np.where(km.get("on_cover_km", whole) > 0.0, SIDES, WHOLE),
    }
    lost, won = (km.get(f"doubtful_{status}_km", 0.0) for status in ("greened", "gap"))
    figures |= _bounds(figures, (-lost, blind), (won + blind, blind))
    # Sums of lengths leave the last digits above the whole.
    figures["most"] = _at_most(100.0, figures["most"])
    return _table(figures, rates.index)


def _within(figures: Columns, km: Columns) -> Columns:
    """The limits that the cover leaves, where they are further apart than rounding."""
    if not {"low_pct", "high_pct"} <= set(km):
        return {}
    value = figures["value"]
    low, high = (_at_most(100.0, _at_least(0.0, km[one])) for one in ("low_pct", "high_pct"))
    open_ = (low < value - ROUNDING) | (high > value + ROUNDING)
    return {"low": np.where(open_, low, np.nan), "high": np.where(open_, high, np.nan)}


def _without_wetland(
    figures: Columns,
    areas: pd.DataFrame,
    legend: Legend,
    limit_pct: float,
    natural: Sequence[str] | None,
) -> Columns:
    """Shares whose land lacks the natural wetland beyond a share of the territory.

    Where it is not known which of the water on the map is natural, all of it counts in the value
    and none of it at worst.
    """
    counted = NATURAL_WETLAND if natural is None else natural
    excess = excess_wetland_ha(areas, legend, limit_pct, counted).to_numpy()
    # More ground without more wetland leaves less of it beyond the limit.
    blind = areas[UNOBSERVED].to_numpy(dtype=float)
    unseen = blind * limit_pct / 100.0
    most_excess = excess_wetland_ha(areas, legend, limit_pct, counted, unseen).to_numpy()
    least_excess = 0.0 * most_excess if natural is None else most_excess
    land, value = figures["denominator"], figures["value"]
    scale = _over(land, land - excess)
    with_unseen = land + blind
    with np.errstate(divide="ignore", invalid="ignore"):
        least, most = (
            np.where(np.isnan(figures[side]), value, figures[side])
            * with_unseen
            / (with_unseen - less)
            for side, less in (("least", least_excess), ("most", most_excess))
        )
    # Forest that a sample finds where the map shows wetland stands on land after all.
    value, least, most = (_at_most(100.0, one) for one in (value * scale, least, most))
    open_ = ~np.isnan(figures["least"]) | (least < value) | (most > value)
    note = figures["note"].copy()
    for row in np.flatnonzero(excess > 0.0):
        left = Note("indicators.wetland_left", ha=float(excess[row]), limit=limit_pct)
        note[row] = joined(note[row], left)
        if natural is None:
            note[row] = joined(note[row], Note("indicators.wetland_unknown"))
    return {
        "denominator": land - excess,
        "value": value,
        "low": _at_most(100.0, figures["low"] * scale),
        "high": _at_most(100.0, figures["high"] * scale),
        "sample_low": figures["sample_low"] * scale,
        "sample_high": figures["sample_high"] * scale,
        "least": np.where(open_, least, np.nan),
        "most": np.where(open_, most, np.nan),
        "note": note,
    }


def excess_wetland_ha(
    areas: pd.DataFrame,
    legend: Legend,
    limit_pct: float,
    natural: Sequence[str] = NATURAL_WETLAND,
    spared_ha: npt.ArrayLike = 0.0,
) -> pd.Series[float]:
    """Hectares of natural wetland beyond a share of the territory, which leave the land area.

    Parameters
    ----------
    areas, legend
        Class areas, and what the codes mean.
    limit_pct
        The share of the observed territory.
    natural
        Cover types that are natural wetland; rivers and lakes are, as GB/T 24708 is cited.
    spared_ha
        More that the share leaves in the land area.
    """
    limit_pct = require_number(limit_pct, "wetland_limit_pct", most=100.0)
    wetland, observed = row_sums(areas, legend.codes_of(*cover_types(natural)), legend.codes)
    excess = wetland - observed * limit_pct / 100.0 - np.asarray(spared_ha)
    return pd.Series(_at_least(0.0, excess), index=areas.index)


def counted_codes(
    legend: Legend, record: Indicator, covers: Sequence[str], patch: MinimumPatch | None
) -> list[int]:
    """Codes that count as some cover types.

    Trees in patches too small for a forest are trees all the same: they have a code of their own,
    which counts with that of the trees wherever the record does not speak of forest.
    """
    codes = list(codes_of(legend, covers))
    if patch is not None and record.small_patches and set(patch.codes) <= set(codes):
        codes += [code for code in (patch.small_code,) if code not in codes]
    return codes


def unobserved_pct(areas: pd.DataFrame, legend: Legend) -> pd.Series[float]:
    """Percentage of each unit that was not observed."""
    (whole,) = row_sums(areas, [*legend.codes, UNOBSERVED])
    blind = areas[UNOBSERVED].to_numpy(dtype=float)
    return pd.Series(_over(100.0 * blind, whole), index=areas.index)


def row_sums(areas: pd.DataFrame, *groups: Sequence[Any]) -> list[Floats]:
    """Hectares of each row under each of several groups of columns, named or by their codes."""
    labels = list(areas)
    place: dict[Any, int] = {code_in(label): at for at, label in enumerate(labels)}
    place |= {label: at for at, label in enumerate(labels)}
    hectares = areas.to_numpy(dtype=float).T
    rows = [np.array([place[one] for one in group], dtype=np.intp) for group in groups]
    return [np.nansum(np.take(hectares, some, axis=0), axis=0) for some in rows]


def _remarks(*cases: tuple[Bools, Note]) -> npt.NDArray[np.object_]:
    """The note of the first case that holds for a row, or no note."""
    cells = np.full(len(cases[0][0]), "", dtype=object)
    for holds, note in reversed(cases):
        cells[holds] = note
    return cells


def _bounds(
    figures: Columns,
    worst: tuple[Any, Any],
    best: tuple[Any, Any],
    *,
    factor: float = 100.0,
) -> Columns:
    """The bounds that what was not observed leaves open, beside any interval.

    Parameters
    ----------
    worst, best
        What joins the numerator and the denominator at worst and at best.
    """
    value, whole = figures["value"], figures["denominator"]
    some = np.where(whole > 0.0, whole, np.nan)
    least, most = (
        (factor * more_part + np.where(np.isnan(one), value, one) * some) / (some + more_whole)
        for one, (more_part, more_whole) in ((figures["low"], worst), (figures["high"], best))
    )
    known = ~np.isnan(figures["low"]) | (least < value) | (most > value)
    return {"least": np.where(known, least, np.nan), "most": np.where(known, most, np.nan)}


def _figures(
    part: Floats,
    whole: Floats,
    factor: float,
    unobserved: Floats | float,
    note: npt.NDArray[np.object_],
    low: Floats | float = np.nan,
    high: Floats | float = np.nan,
    proof: str = WHOLE,
) -> Columns:
    return {
        "value": _over(factor * part, whole),
        "numerator": part,
        "denominator": whole,
        "unobserved_pct": unobserved,
        "low": low,
        "high": high,
        "sample_low": np.nan,
        "sample_high": np.nan,
        "least": low,
        "most": high,
        "proof": proof,
        "note": note,
    }


def _table(figures: Columns, index: pd.Index) -> pd.DataFrame:
    # Made at once: setting one column after the other is slower.
    note = pd.Series(figures["note"], index, dtype=object)
    return pd.DataFrame(figures | {"note": note}, index=index)


def _over(part: Floats, whole: Floats) -> Floats:
    """A part over a whole; NaN where there is no whole."""
    return part / np.where(whole > 0.0, whole, np.nan)


def _at_least(bound: Any, values: Floats) -> Floats:
    return np.where(values < bound, bound, values)


def _at_most(bound: Any, values: Floats) -> Floats:
    return np.where(values > bound, bound, values)


def _array(values: Any) -> Floats:
    return np.asarray(values, dtype=np.float64)
