"""What differs between two assessments beside the ground: rules, legend, borders, standards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from greencover.ground.notes import Note
from greencover.verdicts.alone import meanings, rules_of
from greencover.verdicts.result import Assessment
from greencover.words import Listed

_UNITS = ("county", "townships", "villages")
# Redrawing a border to the metre moves less than this share of a unit.
_LEAST_SHARE = 0.001
# Parameters that differ by their nature, and those that are told as standards.
_OF_A_YEAR = ("year", "target_year", "cover_year", "points", "date", "author")
_TOLD_APART = ("conditions",)
# Names under which inputs are read; another name for a column is no other rule either.
_INPUTS = ("layers", "canopy", "accuracy")
_MEANINGS = (".grades.", ".settlements.")
_NAMES = ("layer", "crs", "operation", "name", "name_en", "code", "sheet")


def differences(earlier: Assessment, later: Assessment) -> dict[str, list[Note]]:
    """Say what makes two figures differ though nothing grew or was felled.

    Returns
    -------
    dict
        The kinds that differ ("rules", "legend", "borders", "standards"), each with what is said.
    """
    found = {
        "rules": list(_rules(earlier, later)),
        "legend": list(_legend(earlier, later)),
        "borders": list(_borders(earlier, later)),
        "standards": list(_standards(earlier, later)),
    }
    return {kind: notes for kind, notes in found.items() if notes}


def _rules(earlier: Assessment, later: Assessment) -> Iterator[Note]:
    names = set(_parameters(earlier.provenance, later.provenance))
    if earlier.campaign is not None and later.campaign is not None:
        before, after = rules_of(earlier.campaign), rules_of(later.campaign)
        # A layer that one year lacks altogether has no rule to differ by.
        names = {name for name in names if name.startswith("accuracy")}
        names |= {name for name in before.keys() & after.keys() if before[name] != after[name]}
    if names:
        yield Note("verdicts.rules_differ", rules=Listed.of(sorted(names), limit=10))


def _legend(earlier: Assessment, later: Assessment) -> Iterator[Note]:
    before, after = meanings(earlier), meanings(later)
    if before != after:
        codes = sorted(
            code for code in before.keys() | after.keys() if before.get(code) != after.get(code)
        )
        yield Note("verdicts.legends_differ", codes=Listed.of(codes, limit=10))


def _borders(earlier: Assessment, later: Assessment) -> Iterator[Note]:
    for layer in _UNITS:
        moved = _moved(earlier.layers.get(layer), later.layers.get(layer))
        if moved:
            most = max(moved.values())
            yield Note(
                "verdicts.borders_differ", layer=layer, units=Listed.of(moved), most=100.0 * most
            )


def _standards(earlier: Assessment, later: Assessment) -> Iterator[Note]:
    keys = [{key for key, _ in one.targets} for one in (earlier, later)]
    if keys[0] != keys[1]:
        yield Note(
            "verdicts.standards_differ",
            before=Listed.every(sorted(keys[0])),
            after=Listed.every(sorted(keys[1])),
        )
        return
    before, after = (
        {
            (key, target.indicator, target.level, target.grades, target.scope, target.goal)
            for key, target in one.targets
        }
        for one in (earlier, later)
    )
    moved = sorted({goal[1] for goal in before ^ after})
    if moved:
        yield Note("verdicts.targets_differ", indicators=Listed.of(moved, limit=10))


def _parameters(earlier: Mapping[str, Any], later: Mapping[str, Any]) -> Iterator[str]:
    before, after = (dict(_flat(one.get("parameters") or {})) for one in (earlier, later))
    for name in sorted(before.keys() | after.keys()):
        section, _, rest = name.partition(".")
        last = rest.rpartition(".")[2] or section
        if last in _OF_A_YEAR or section in _TOLD_APART:
            continue
        words = _is_word(before.get(name)) and _is_word(after.get(name))
        of_inputs = section in _INPUTS and not any(one in name for one in _MEANINGS)
        read_as = of_inputs and (last in _NAMES or words)
        if not read_as and before.get(name) != after.get(name):
            yield name


def _is_word(value: str | None) -> bool:
    """Whether a setting is the name of something, no number, list or truth value."""
    if value is None or value in ("True", "False") or value.startswith(("[", "{")):
        return False
    return not value.replace(".", "", 1).isdigit()


def _flat(values: Any, place: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(values, Mapping):
        for name, value in values.items():
            yield from _flat(value, f"{place}.{name}" if place else str(name))
    else:
        yield place, str(values)


def _moved(before: gpd.GeoDataFrame | None, after: gpd.GeoDataFrame | None) -> dict[str, float]:
    """Units whose outline is another one, with the share of the unit that moved."""
    if before is None or after is None:
        return {}
    outlines = [
        dict(zip(one["code"], one.geometry.to_crs(4326).to_numpy(), strict=True))
        for one in (before, after)
    ]
    shared = [code for code in outlines[1] if code in outlines[0]]
    old, new = (np.array([one[code] for code in shared], dtype=object) for one in outlines)
    apart = shapely.area(shapely.symmetric_difference(old, new))
    share = apart / np.maximum(shapely.area(old), 1e-300)
    return {
        str(code): float(part)
        for code, part in zip(shared, share, strict=True)
        if part > _LEAST_SHARE
    }
