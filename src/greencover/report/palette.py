"""Colours shared by maps, workbook and page; every pair differs for colour-blind readers too."""

from __future__ import annotations

from greencover.corridor.drawing import STATUS_COLOUR as STATUS_COLOUR

INK = "#22303a"
QUIET = "#66727a"
RULE = "#c3cbd0"
PAPER = "#ffffff"
LAND = "#f3f1ea"
ACCENT = "#1f6f54"

# Blue against orange, never green against red; the text symbol says the same without colour.
VERDICT_FILL = {
    "met": "#bcd9ee",
    "not met": "#f7c49a",
    "uncertain": "#fbeeb0",
    "no data": "#dfe3e6",
    "no target": "#ffffff",
}
VERDICT_INK = {
    "met": "#0b4a79",
    "not met": "#8a3b00",
    "uncertain": "#6b5500",
    "no data": "#4f5a61",
    "no target": "#22303a",
}
#: Grey print tells verdicts apart by hatches, as it cannot by blue and orange.
VERDICT_HATCH = {"not met": "\\\\\\", "uncertain": "..", "no data": "////"}
VERDICT_SYMBOL = {"met": "✓", "not met": "×", "uncertain": "?", "no data": "–", "no target": ""}

# From dark to light in the order of trust, so that print in grey keeps it.
EVIDENCE_COLOUR = {
    "field": "#1a1a1a",
    "trees": "#00694c",
    "rows": "#0072b2",
    "canopy": "#56a8d6",
    "cover": "#c9b37a",
    "": "#d9d9d9",
}
GAP_OVER_COVER = "#c2006b"

# ColorBrewer YlGn, YlGnBu and PuBuGn, five classes: they grow darker for every kind of eye.
COVERAGE = ("#ffffcc", "#c2e699", "#78c679", "#31a354", "#006837")
PER_CAPITA = ("#ffffcc", "#a1dab4", "#41b6c4", "#2c7fb8", "#253494")
ROADS = ("#f6eff7", "#bdc9e1", "#67a9cf", "#1c9099", "#016c59")
# ColorBrewer PuOr: less and more, with a neutral middle.
LESS_MORE = ("#b35806", "#f1a340", "#fee0b6", "#d8daeb", "#998ec3", "#542788")
NO_DATA = "#e4e7e9"
GAINED, LOST, KEPT = "#1b7837", "#c51b7d", "#d5dfd0"
PARK, SERVED = "#1b7837", "#a6d8b8"


#: Colours that the records of indicators name.
SEQUENCES = {"coverage": COVERAGE, "per_capita": PER_CAPITA, "roads": ROADS}


def steps(colours: tuple[str, ...], classes: int) -> tuple[str, ...]:
    """As many colours of a sequence as there are classes, light to dark."""
    if classes == 1:
        return (colours[2],)
    if classes <= len(colours):
        step = (len(colours) - 1) / (classes - 1)
        return tuple(colours[round(k * step)] for k in range(classes))
    return tuple(_between(colours, k / (classes - 1)) for k in range(classes))


def _between(colours: tuple[str, ...], share: float) -> str:
    place = share * (len(colours) - 1)
    low = min(int(place), len(colours) - 2)
    mixed = [
        round(
            int(colours[low][k : k + 2], 16) * (1 - place + low)
            + int(colours[low + 1][k : k + 2], 16) * (place - low)
        )
        for k in (1, 3, 5)
    ]
    return "#" + "".join(f"{part:02x}" for part in mixed)
