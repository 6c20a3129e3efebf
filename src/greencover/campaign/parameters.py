"""Every setting of a campaign that a figure depends on, beside its files."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from greencover.corridor.rules import rules

if TYPE_CHECKING:
    from greencover.campaign.prepared import Prepared

# Files are inputs, and so is what a key makes of an address: which of its files are taken, and
# that it may be asked at all.
_OF_FILES = ("path", "polygons", "form", "before", "legend", "asset", "remote")
# What the parameters of banks hold as it is taken.
_OF_BANKS = tuple(rules("water"))


def parameters_of(ready: Prepared) -> dict[str, Any]:
    """Settings as plain values; rules of roadsides and banks as taken, defaults and all."""
    opened = ready.opened
    campaign = opened.campaign
    # That there is no such rule is said as well.
    cover = {"minimum_patch_mu": None, "natural_wetland": None} | _said(campaign.cover)
    cover_year = cover.pop("year", None)
    credit = {name: cover.pop(name, None) for name in ("source", "licence", "date")}
    sample = None
    if opened.accuracy is not None and campaign.accuracy is not None:
        sample = {"points": opened.accuracy.points, **_said(campaign.accuracy)}
    return {
        "year": campaign.year,
        "target_year": campaign.target_year,
        "cover_year": cover_year,
        "cover_credit": credit,
        "area": campaign.area,
        "unobserved_limit_pct": campaign.unobserved_limit_pct,
        **cover,
        "conditions": dict(campaign.conditions),
        "accuracy": sample,
        "layers": {
            name: _said(section, without=_OF_BANKS if name == "waters" else ())
            for name, section in campaign.layers
            if section is not None
        },
        "planting": None if campaign.planting is None else _said(campaign.planting),
        "legend_before": None if opened.earlier is None else opened.earlier.legend.key,
        "tables": {
            name: _said(section) for name, section in campaign.tables if section is not None
        },
        "books": (
            None
            if campaign.books is None or opened.books is None
            else _said(campaign.books) | {"legend": opened.books.legend.key}
        ),
        "canopy": None if campaign.canopy is None else _said(campaign.canopy),
        "roadside": None if ready.roads is None else dict(ready.roads.parameters),
        "waterside": dict(ready.banks[0].parameters) if ready.banks else None,
        "evidence": {
            kind: {key: value for key, value in settings.items() if key != "path"}
            for kind, settings in campaign.roadside.evidence.items()
        },
    }


def _said(section: BaseModel, *, without: Collection[str] = ()) -> dict[str, Any]:
    """What a section says or takes by default; nothing of keys that have no value."""
    found: dict[str, Any] = {}
    for name in type(section).model_fields:
        value = getattr(section, name)
        if value is None or name in _OF_FILES or name in without:
            continue
        found[name] = _plain(value)
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return _said(value)
    if isinstance(value, Mapping):
        return dict(value)
    return list(value) if isinstance(value, tuple) else value
