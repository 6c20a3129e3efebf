"""Layer styles as QGIS reads them: what goes into ``style.qml``, and aliases of fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from greencover.indicators.registry import Indicator, indicators
from greencover.report import palette
from greencover.report.classes import class_limits, class_words
from greencover.report.gis.judged import GAP, TARGET, VERDICT
from greencover.report.labels import (
    BOTH,
    Label,
    Lang,
    Sayable,
    Sentence,
    keys,
    label,
    said,
)
from greencover.report.style import PLAIN
from greencover.words import languages

if TYPE_CHECKING:
    import geopandas as gpd

# Denominator of the scale from which on labels along lines stand. QGIS reads scaleMax, the
# largest denominator, as its minimum scale.
LABEL_SCALE = 25_000

# The figure that units are coloured by.
FIGURE = "forest_pct"
_ROAD_VERDICT = f"greening_pct{VERDICT}"
_BLIND = "no data"
_DASH = {"not met": "dash", "uncertain": "dash dot", "no data": "dot"}

# The field that names the features of a layer.
_NAMED = {
    "townships": "name",
    "villages": "name",
    "roads": "road",
    "gaps": "chainage",
    "chains": "road",
    "parks": "name",
}


def qml(
    layer: str,
    frame: gpd.GeoDataFrame,
    *,
    lang: Lang = BOTH,
    records: Mapping[str, Indicator] | None = None,
    limits: Sequence[float] | None = None,
) -> str:
    """Style of a layer as a QML document.

    Townships and villages are coloured by forest coverage, in the classes of ``limits`` or of
    their own figures, and hatched where data do not suffice; roads are drawn by verdict, road sides
    by status; gaps and parks have one symbol.
    """
    from jinja2 import Environment, StrictUndefined

    if layer in ("townships", "villages") and FIGURE in frame:
        found = limits or class_limits(frame[FIGURE].dropna().tolist(), PLAIN, share=True)
        judged = FIGURE + VERDICT in frame
        facts = _classed(found, judged=judged, thin=layer == "villages", lang=lang)
    elif layer == "roads" and _ROAD_VERDICT in frame:
        facts = _by_verdict(lang)
    elif "status" in frame and layer in ("road_sides", "sides"):
        facts = _by_status(lang)
    else:
        facts = {"kind": "singleSymbol", "symbols": [_symbol(layer)]}
    named = _NAMED.get(layer)
    facts |= {
        "named": named if named in frame else None,
        "size": 9 if layer == "townships" else 7,
        "along": layer in ("gaps", "roads", "chains"),
        "label_scale": LABEL_SCALE,
        "ink": _rgba(palette.INK),
        "aliases": field_aliases(frame.columns, lang=lang, records=records),
    }
    text = files(__package__).joinpath("style.qml").read_text(encoding="utf-8")
    nothing: dict[str, Any] = {"field": None, "rules": (), "categories": ()}
    environment = Environment(autoescape=True, undefined=StrictUndefined)
    return environment.from_string(text).render(nothing | facts)


def field_aliases(
    fields: Iterable[object],
    *,
    lang: Lang = BOTH,
    records: Mapping[str, Indicator] | None = None,
) -> dict[str, str]:
    """Name of each field that has one; figures are called after their indicator and its unit.

    Examples
    --------
    >>> field_aliases(["forest_pct", "of_ours"], lang="en")
    {'forest_pct': 'Forest coverage (%)'}
    """
    named = {record.map_column: record for record in (records or indicators()).values()}
    found = {str(field): _alias(str(field), named) for field in fields}
    return {field: said(name, lang) for field, name in found.items() if name is not None}


def _alias(field: str, named: Mapping[str, Indicator]) -> Sayable | None:
    group = next((g for g in ("fields", "columns") if field in keys(g)), None)
    if group is not None:
        return Label(field, group)
    if field in named:
        name, unit = Label(named[field].key, "indicators"), Label(named[field].unit, "units")
        return Sentence("fields.measured", name=name, unit=unit)
    for end in (TARGET, GAP, VERDICT):
        of = _alias(field.removesuffix(end), named) if field.endswith(end) else None
        if of is not None:
            return Sentence("fields.beside", name=of, what=Label(end[1:], "columns"))
    key, _, tongue = field.rpartition("_")
    of = _alias(key, named) if tongue in languages() else None
    return of and Sentence("fields.in_words", name=of)


def _classed(limits: Sequence[float], *, judged: bool, thin: bool, lang: Lang) -> dict[str, Any]:
    """Rules, for ranges of QGIS put a figure on a limit into the class below, maps into that above.

    What lies beyond the limits has the colour of the class beside it: text holds fewer digits.
    """
    edge = ("#ffffff", "0.12") if thin else (palette.QUIET, "0.3")
    colours = palette.steps(palette.COVERAGE, len(limits) - 1)
    blind = f'"{FIGURE}" IS NULL'
    seen = f'"{FIGURE}" IS NOT NULL'
    if judged:
        blind += f""" OR "{FIGURE}{VERDICT}" = '{_BLIND}'"""
        seen += f""" AND "{FIGURE}{VERDICT}" <> '{_BLIND}'"""
    rules = []
    for place, words in enumerate(class_words(limits)):
        low, high = limits[place], limits[place + 1]
        parts = [seen]
        if place > 0:
            parts.append(f'"{FIGURE}" >= {low!r}')
        if place < len(limits) - 2:
            parts.append(f'"{FIGURE}" < {high!r}')
        rules.append((" AND ".join(parts), f"{words} %"))
    rules.append((blind, label(_BLIND, "verdicts", lang=lang)))
    return {
        "kind": "RuleRenderer",
        "rules": rules,
        "symbols": [
            *(_fill(colour, *edge) for colour in colours),
            _fill("#8f989d", palette.QUIET, "0.3", brush="b_diagonal"),
        ],
    }


def _by_status(lang: Lang) -> dict[str, Any]:
    return {
        "kind": "categorizedSymbol",
        "field": "status",
        "categories": [(s, label(s, "statuses", lang=lang)) for s in palette.STATUS_COLOUR],
        "symbols": [
            _line(
                colour,
                "0.9" if status == "gap" else "0.6",
                "dot" if status in ("unobserved", "not seen") else "solid",
            )
            for status, colour in palette.STATUS_COLOUR.items()
        ],
    }


def _by_verdict(lang: Lang) -> dict[str, Any]:
    """Roads by verdict, told apart by dashes as well, as grey print needs it."""
    return {
        "kind": "categorizedSymbol",
        "field": _ROAD_VERDICT,
        "categories": [(v, label(v, "verdicts", lang=lang)) for v in palette.VERDICT_INK],
        "symbols": [
            _line(colour, "0.5", _DASH.get(verdict, "solid"))
            for verdict, colour in palette.VERDICT_INK.items()
        ],
    }


def _symbol(layer: str) -> dict[str, str]:
    if layer in ("gaps", "planting"):
        return _line(palette.GAP_OVER_COVER, "1.2", "solid")
    if layer in ("works", "claims"):
        return _line(palette.INK, "0.8", "dash")
    if layer == "chains":
        return _line(palette.QUIET, "0.2", "solid")
    if layer == "parks":
        return _fill(palette.PARK, "#ffffff", "0.2")
    return _fill(palette.LAND, palette.QUIET, "0.3")


def _fill(colour: str, edge: str, width: str, *, brush: str = "solid") -> dict[str, str]:
    shown = {"colour": _rgba(colour), "edge": _rgba(edge), "width": width}
    return {"type": "fill", "brush": brush} | shown


def _line(colour: str, width: str, dash: str) -> dict[str, str]:
    return {"type": "line", "colour": _rgba(colour), "width": width, "dash": dash}


def _rgba(colour: str) -> str:
    red, green, blue = (int(colour[k : k + 2], 16) for k in (1, 3, 5))
    return f"{red},{green},{blue},255"
