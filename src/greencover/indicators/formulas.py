"""The few formulas that indicators are counted by: from areas, lengths or residents to figures.

Each is pure. Figures are a row a unit: ``value``, ``numerator``, ``denominator``,
``unobserved_pct``, the interval ``low`` to ``high`` where a reference sample gives one, with
``sample_low`` and ``sample_high`` for the part of it that is the error of the sample alone, the
bounds ``least`` and ``most`` where what was not observed leaves more open, ``proof``, what the
figure rests on, and a ``note`` where there is something to say.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from greencover.cover.counted import codes_of, cover_types
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
Mask = npt.ArrayLike
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
    observed = areas[list(legend.codes)].sum(axis=1)
    land = observed - areas[list(legend.codes_of(*left_out))].sum(axis=1)
    part = areas[codes].sum(axis=1)
    whole = observed + areas[UNOBSERVED]
    note = remarks(
        (whole <= 0.0, nothing or Note("indicators.no_area")),
        (observed <= 0.0, Note("indicators.not_observed")),
        (land <= 0.0, Note("indicators.no_land")),
    )
    low: pd.Series[float] | float = np.nan
    high: pd.Series[float] | float = np.nan
    least: pd.Series[float] | float = np.nan
    most: pd.Series[float] | float = np.nan
    if sample is not None:
        corrected = sample.of_land(areas, legend, covers, codes, left_out)
        told = [
            Note("indicators.map_shows", share=one) for one in 100.0 * part / land.where(land > 0.0)
        ]
        note = pd.Series(
            [own or shown for own, shown in zip(note, told, strict=True)], note.index, dtype=object
        )
        some = land > 0.0
        part = corrected["area_ha"].where(some, part)
        land = corrected["land_ha"].where(some, land)
        low, high, least, most = (
            corrected[f"{side}_pct"].where(some)
            for side in ("low", "high", "sample_low", "sample_high")
        )
    blind = areas[UNOBSERVED]
    unseen = unobserved_pct(areas, legend)
    proof = MAP if sample is None else SAMPLE
    table = _figures(part, land, 100.0, unseen, note, low, high, proof)
    # Unobserved ground is land and all bare at worst, all covered at best.
    table = _bounded(table, (0.0, blind), (blind, blind))
    if sample is not None:
        table = table.assign(sample_low=least, sample_high=most)
    if wetland_limit_pct is None:
        return table
    if natural_wetland is not None:
        natural_wetland = cover_types(natural_wetland)
    return _without_wetland(table, areas, legend, wetland_limit_pct, natural_wetland)


def per_head(
    green_ha: pd.Series[float],
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
    residents = residents.astype(float)
    note = remarks((~(residents > 0.0), Note("indicators.no_residents")))
    table = _figures(green_ha, residents, HECTARE_M2, unobserved, note)
    uncounted = 0.0 if residents_most is None else (residents_most - residents).clip(lower=0.0)
    spare: Any = 0.0
    if residents_least is not None:
        least = residents_least.clip(lower=residents.clip(upper=1.0))
        spare = (least - residents).clip(upper=0.0)
    return _bounded(table, (0.0, uncounted), (unobserved_ha, spare), factor=HECTARE_M2)


def served(asked_ha: pd.Series[float], served_ha: pd.Series[float], nothing: Note) -> pd.DataFrame:
    """Ground within the reach of something over the ground asked about."""
    return _figures(served_ha, asked_ha, 100.0, 0.0, remarks((~(asked_ha > 0.0), nothing)))


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
    codes = list(codes_of(legend, covers))
    whole = areas[codes].sum(axis=1)
    note = remarks((~(whole > 0.0), Note("indicators.no_cropland")))
    guarded_ha = within[codes].sum(axis=1)
    unseen = unobserved_pct(areas, legend)
    table = _figures(guarded_ha, whole, 100.0, unseen, note, proof=FACE_VALUE)
    # At worst all unobserved ground out of reach is to be guarded, at best all within reach.
    inside = within[UNOBSERVED]
    outside = (areas[UNOBSERVED] - inside).clip(lower=0.0)
    return _bounded(table, (0.0, outside), (inside, inside))


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
    some, whole = rates["side_km"] > 0.0, rates["greenable_km"]
    nothing = Note("indicators.no_roads" if of == "road" else "indicators.no_waters")
    cases = [
        (~some, Note("indicators.no_roads_of_grades") if grades else nothing),
        (some & (whole == 0.0), Note("indicators.nothing_greenable")),
    ]
    if grades:
        listed = Listed(tuple(grades), len(grades), "comma")
        cases.append((some, Note("indicators.of_grades", grades=listed)))
    unobserved = 100.0 * rates["unobserved_km"] / rates["side_km"].where(some)
    greened, blind = rates["greened_km"], rates["unobserved_km"]
    half = some & (whole > 0.0) & (whole < 0.5 * rates["side_km"])
    shares = 100.0 * whole / rates["side_km"].where(some)
    figures = _figures(greened, whole, 100.0, unobserved.fillna(0.0), remarks(*cases))
    figures = _within(figures, rates)
    notes = [
        joined(
            note,
            Note("indicators.less_than_half", share=beside(share, 0.0, 50.0, digits=0))
            if little
            else "",
        )
        for note, share, little in zip(figures["note"], shares, half, strict=True)
    ]
    own = {name: rates[name] for name in ("median_km", "road_km") if name in rates}
    if own:
        notes = [
            joined(note, Note("indicators.along_median", road=road, km=km)) if km > 0.0 else note
            for note, km, road in zip(notes, own["median_km"], own["road_km"], strict=True)
        ]
    figures = figures.assign(
        note=pd.Series(notes, figures.index, dtype=object),
        excluded_km=rates["excluded_km"],
        all_km=rates["side_km"],
        greening_all_pct=100.0 * greened / rates["side_km"].where(some),
        **own,
        proof=np.where(rates.get("on_cover_km", whole) > 0.0, SIDES, WHOLE),
    )
    nothing_doubtful = pd.Series(0.0, rates.index)
    lost, won = (
        rates.get(f"doubtful_{status}_km", nothing_doubtful) for status in ("greened", "gap")
    )
    bounded = _bounded(figures, (-lost, blind), (won + blind, blind))
    # Sums of lengths leave the last digits above the whole.
    return bounded.assign(most=bounded["most"].clip(upper=100.0))


def _within(figures: pd.DataFrame, rates: pd.DataFrame) -> pd.DataFrame:
    """Figures with the limits that the cover leaves, where they are further apart than rounding."""
    if not {"low_pct", "high_pct"} <= set(rates.columns):
        return figures
    value = figures["value"]
    low, high = (rates[one].clip(0.0, 100.0) for one in ("low_pct", "high_pct"))
    open_ = (low < value - ROUNDING) | (high > value + ROUNDING)
    return figures.assign(low=low.where(open_), high=high.where(open_))


def _without_wetland(
    figures: pd.DataFrame,
    areas: pd.DataFrame,
    legend: Legend,
    limit_pct: float,
    natural: Sequence[str] | None,
) -> pd.DataFrame:
    """Shares whose land lacks the natural wetland beyond a share of the territory.

    Where it is not known which of the water on the map is natural, all of it counts in the value
    and none of it at worst.
    """
    counted = NATURAL_WETLAND if natural is None else natural
    excess = excess_wetland_ha(areas, legend, limit_pct, counted)
    # More ground without more wetland leaves less of it beyond the limit.
    unseen = areas[UNOBSERVED] * limit_pct / 100.0
    most_excess = excess_wetland_ha(areas, legend, limit_pct, counted, unseen)
    least_excess = 0.0 * most_excess if natural is None else most_excess
    land = figures["denominator"]
    scale = land / (land - excess).where(land - excess > 0.0)
    with_unseen = land + areas[UNOBSERVED]
    value = figures["value"]
    least, most = (
        figures[side].fillna(value) * with_unseen / (with_unseen - less)
        for side, less in (("least", least_excess), ("most", most_excess))
    )
    # Forest that a sample finds where the map shows wetland stands on land after all.
    value, least, most = (one.clip(upper=100.0) for one in (value * scale, least, most))
    open_ = figures["least"].notna() | (least < value) | (most > value)
    told: tuple[tuple[Any, Callable[[float], Note]], ...] = (
        (excess > 0.0, lambda ha: Note("indicators.wetland_left", ha=ha, limit=limit_pct)),
        ((excess > 0.0) & (natural is None), lambda _: Note("indicators.wetland_unknown")),
    )
    notes = figures["note"]
    for holds, note in told:
        notes = pd.Series(
            [
                joined(own, note(ha) if one else "")
                for own, one, ha in zip(notes, holds, excess, strict=True)
            ],
            figures.index,
            dtype=object,
        )
    return figures.assign(
        denominator=land - excess,
        value=value,
        low=(figures["low"] * scale).clip(upper=100.0),
        high=(figures["high"] * scale).clip(upper=100.0),
        sample_low=figures["sample_low"] * scale,
        sample_high=figures["sample_high"] * scale,
        least=least.where(open_),
        most=most.where(open_),
        note=notes,
    )


def excess_wetland_ha(
    areas: pd.DataFrame,
    legend: Legend,
    limit_pct: float,
    natural: Sequence[str] = NATURAL_WETLAND,
    spared_ha: pd.Series[float] | float = 0.0,
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
    wetland = areas[list(legend.codes_of(*cover_types(natural)))].sum(axis=1)
    observed = areas[list(legend.codes)].sum(axis=1)
    return (wetland - observed * limit_pct / 100.0 - spared_ha).clip(lower=0.0)


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
    whole = areas[[*legend.codes, UNOBSERVED]].sum(axis=1)
    return 100.0 * areas[UNOBSERVED] / whole.where(whole > 0.0)


def remarks(*cases: tuple[pd.Series[bool], Note]) -> pd.Series[Any]:
    """The note of the first case that holds for a row, or no note."""
    index = cases[0][0].index
    cells = np.full(len(index), "", dtype=object)
    for holds, note in reversed(cases):
        cells[holds.to_numpy()] = note
    return pd.Series(cells, index=index, dtype=object)


def _bounded(
    figures: pd.DataFrame,
    worst: tuple[Any, Any],
    best: tuple[Any, Any],
    *,
    factor: float = 100.0,
) -> pd.DataFrame:
    """Figures with the bounds that what was not observed leaves open, beside any interval.

    Parameters
    ----------
    worst, best
        What joins the numerator and the denominator at worst and at best.
    """
    whole = figures["denominator"]
    low, high = (figures[side].fillna(figures["value"]) for side in ("low", "high"))
    sides = [
        (factor * more_part + one * whole) / (whole + more_whole)
        for one, (more_part, more_whole) in ((low, worst), (high, best))
    ]
    least, most = (one.where(whole > 0.0) for one in sides)
    known = figures["low"].notna() | (least < figures["value"]) | (most > figures["value"])
    return figures.assign(least=least.where(known), most=most.where(known))


def _figures(
    part: pd.Series[float],
    whole: pd.Series[float],
    factor: float,
    unobserved: pd.Series[float] | float,
    note: pd.Series[Any],
    low: pd.Series[float] | float = np.nan,
    high: pd.Series[float] | float = np.nan,
    proof: str = WHOLE,
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "value": factor * part / whole.where(whole > 0.0),
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
        },
        index=whole.index,
    )
