"""What a difference of rules, legend, borders or editions alone changes.

The later ground is assessed once more with what the earlier campaign has in its place, so that
nothing else differs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from greencover.campaign import Campaign
from greencover.campaign.sections import Accuracy
from greencover.corridor.rules import rules
from greencover.ground.errors import GreencoverError
from greencover.ground.notes import Note
from greencover.ground.run import Run
from greencover.verdicts.result import Assessment
from greencover.verdicts.run import assess

#: What may differ, in the order of the columns that say what it alone changes.
KINDS = ("rules", "legend", "borders", "standards")
_COVER = ("forest", "tree_cover", "green", "natural_wetland", "minimum_patch_mu")
_TOP = ("area", "unobserved_limit_pct")
_STANDARDS = ("standard", "targets", "conditions")
_BORDERS = ("county", "townships", "villages")
# Inputs that come with what is taken back.
_INPUTS_TAKEN_BACK = {
    "rules": ("indicators",),
    "legend": ("legend",),
    "borders": (*_BORDERS, *(f"residents of the {name}" for name in _BORDERS)),
    "standards": (),
}
# Layers with figures of their own that are rules, not data.
_OF_LAYERS = {"parks": ("radius_m",), "streets": ("width_m",), "shelterbelts": ("reach_m",)}


@dataclass(frozen=True)
class Again:
    """The later ground assessed once more, or why it could not be."""

    kind: str
    assessment: Assessment | None = None
    why: Note | GreencoverError | None = None


def rules_of(campaign: Campaign) -> dict[str, Any]:
    """The rules by which a campaign counts, by the name of their key."""
    found = {name: getattr(campaign, name) for name in _TOP}
    found |= {f"cover.{name}": getattr(campaign.cover, name) for name in _COVER}
    kept = campaign.roadside.model_dump(exclude={"evidence"})
    found |= {f"roadside.{name}": value for name, value in kept.items()}
    layers = campaign.layers
    if layers.waters is not None:
        found |= {f"layers.waters.{name}": getattr(layers.waters, name) for name in _of_waters()}
    for layer, names in _OF_LAYERS.items():
        section = getattr(layers, layer)
        if section is not None:
            found |= {f"layers.{layer}.{name}": getattr(section, name) for name in names}
    return found | {f"indicators.{key}": record for key, record in campaign.records.items()}


def _of_waters() -> list[str]:
    return [
        name for name, rule in rules("water").items() if rule.campaign and rule.of == ("water",)
    ]


def assessed_again(
    earlier: Assessment, later: Assessment, differing: Iterable[str], run: Run
) -> Iterator[Again]:
    """Assess the later ground with each kind of difference taken back alone.

    Parameters
    ----------
    earlier, later
        Assessments of two years.
    differing
        Those of ``KINDS`` that differ.
    run
        How it is run.
    """
    then, now = earlier.campaign, later.campaign
    for kind in differing:
        if then is None or now is None:
            yield Again(kind, why=Note("verdicts.no_campaign"))
            continue
        if kind == "legend" and _codes(earlier) != _codes(later):
            yield Again(kind, why=Note("verdicts.other_codes"))
            continue
        try:
            # What was reported is of the later units, and is held against them there.
            campaign = _TAKEN_BACK[kind](then, now).model_copy(update={"reported": ()})
            found = assess(campaign, run=run)
        except GreencoverError as error:
            yield Again(kind, why=error)
            continue
        moved = _changed_since(found, earlier, later, kind)
        if moved:
            yield Again(kind, why=Note("verdicts.changed_since", layer=moved))
        else:
            yield Again(kind, found)


def effects(again: pd.DataFrame, later: pd.DataFrame, kind: str) -> pd.Series[float]:
    """By how much the later figures differ from those assessed again, under one index.

    Residents come with their units, so that borders alone say nothing of figures a head.
    """
    change = later["value"] - again["value"].reindex(later.index)
    return change.mask(later["per"].eq("persons")) if kind == "borders" else change


def _codes(of: Assessment) -> set[int]:
    return set(meanings(of))


def meanings(of: Assessment) -> Mapping[int, str]:
    """What the codes of a land cover mean, but for those that stand for small patches."""
    patch = of.cover.minimum_patch
    small = None if patch is None else patch.small_code
    return {code: kind for code, kind in of.cover.legend.covers.items() if code != small}


def _changed_since(again: Assessment, earlier: Assessment, later: Assessment, kind: str) -> str:
    """Name an input that is not what it was when the assessments were made; "" for none."""
    for name, files in again.provenance.get("inputs", {}).items():
        of = earlier if name in _INPUTS_TAKEN_BACK[kind] else later
        if name not in ("campaign", "standard") and files != of.provenance["inputs"].get(name):
            return str(name)
    return ""


def _with_rules(then: Campaign, now: Campaign) -> Campaign:
    layers: dict[str, Any] = {}
    for layer, names in (*_OF_LAYERS.items(), ("waters", _of_waters())):
        one, other = getattr(then.layers, layer), getattr(now.layers, layer)
        if one is not None and other is not None:
            own = {name: getattr(one, name) for name in names}
            layers[layer] = other.model_copy(update=own)
    roadside = then.roadside.model_copy(update={"evidence": now.roadside.evidence})
    cover = now.cover.model_copy(update={name: getattr(then.cover, name) for name in _COVER})
    campaign = now.model_copy(
        update={
            **{name: getattr(then, name) for name in _TOP},
            "cover": cover,
            "accuracy": _with_level(then, now),
            "roadside": roadside,
            "layers": now.layers.model_copy(update=layers),
        }
    )
    campaign._records = then.records
    return campaign


def _with_level(then: Campaign, now: Campaign) -> Accuracy | None:
    """The later sample at the earlier level: a sample of another map says nothing of this one."""
    if then.accuracy is None or now.accuracy is None:
        return None
    return now.accuracy.model_copy(update={"level": then.accuracy.level})


def _with_legend(then: Campaign, now: Campaign) -> Campaign:
    cover = now.cover.model_copy(update={"legend": then.cover.legend})
    return now.model_copy(update={"cover": cover})


def _with_borders(then: Campaign, now: Campaign) -> Campaign:
    outlines = {name: getattr(then.layers, name) for name in _BORDERS}
    return now.model_copy(update={"layers": now.layers.model_copy(update=outlines)})


def _with_standards(then: Campaign, now: Campaign) -> Campaign:
    return now.model_copy(update={name: getattr(then, name) for name in _STANDARDS})


_TAKEN_BACK: dict[str, Callable[[Campaign, Campaign], Campaign]] = {
    "rules": _with_rules,
    "legend": _with_legend,
    "borders": _with_borders,
    "standards": _with_standards,
}
