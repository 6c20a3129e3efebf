"""What differs between two assessments beside the ground: rules, borders, standards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from greencover.ground.notes import Note
from greencover.verdicts.result import Assessment
from greencover.words import Listed

_UNITS = ("county", "townships", "villages")
# Redrawing a border to the metre moves less than this share of a unit.
_LEAST_SHARE = 0.001
#: Parameters that differ by their nature.
_OF_A_YEAR = ("year", "target_year", "cover_year")
# Names under which a layer is read; another name for a column is no other rule either.
_MEANINGS = (".grades.", ".settlements.")
_NAMES = ("layer", "crs", "name", "name_en", "code", "sheet")


def differences(earlier: Assessment, later: Assessment) -> Iterator[Note]:
    """Say what makes two figures differ though nothing grew or was felled.

    Rules of the two campaigns, borders of their units, and editions of their standards.
    """
    rules = [
        name
        for name, (before, after) in _both(earlier.provenance, later.provenance)
        if before != after
    ]
    if rules:
        yield Note("verdicts.rules_differ", rules=Listed.of(rules, limit=10))
    for layer in _UNITS:
        moved = _moved(earlier.layers.get(layer), later.layers.get(layer))
        if moved:
            most = max(moved.values())
            yield Note(
                "verdicts.borders_differ", layer=layer, units=Listed.of(moved), most=100.0 * most
            )
    standards = [{key for key, _ in one.targets} for one in (earlier, later)]
    if standards[0] != standards[1]:
        yield Note(
            "verdicts.standards_differ",
            before=Listed.every(sorted(standards[0])),
            after=Listed.every(sorted(standards[1])),
        )


def _both(
    earlier: Mapping[str, Any], later: Mapping[str, Any]
) -> Iterator[tuple[str, tuple[Any, Any]]]:
    before, after = (dict(_flat(one.get("parameters") or {})) for one in (earlier, later))
    for name in sorted(before.keys() | after.keys()):
        last = name.rpartition(".")[2]
        words = _is_word(before.get(name)) and _is_word(after.get(name))
        of_layers = name.startswith("layers.") and not any(one in name for one in _MEANINGS)
        read_as = of_layers and (last in _NAMES or words)
        if last not in _OF_A_YEAR and not read_as:
            yield name, (before.get(name), after.get(name))


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
    pairs = [np.array([one[code] for code in shared], dtype=object) for one in outlines]
    apart = shapely.area(shapely.symmetric_difference(*pairs))
    share = apart / np.maximum(shapely.area(pairs[0]), 1e-300)
    return {
        str(code): float(part)
        for code, part in zip(shared, share, strict=True)
        if part > _LEAST_SHARE
    }
