"""What a campaign computes, in sentences: figures by level and ground, works, tasks, plans."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from greencover.campaign.evidence_readers import SECTIONS
from greencover.campaign.targets import asked_of, ground_of, judged_targets
from greencover.corridor import rules as corridor_rules
from greencover.corridor.evidence import opened as opened_evidence
from greencover.ground.notes import Note, joined
from greencover.ground.secrets import file_name
from greencover.words import Listed, Named

if TYPE_CHECKING:
    from greencover.campaign.layers import OpenedCampaign
    from greencover.campaign.model import Settings
    from greencover.campaign.prepared import Prepared
    from greencover.indicators.registry import Ground, Indicator

# What a need of a record is called that is no layer of the campaign.
_NO_LAYERS = ("residents", "settlements", "tasks")


def computed(ready: Prepared) -> Iterator[Note]:
    """Say everything that the assessment will hold, and how it is counted."""
    opened = ready.opened
    for record in opened.campaign.records.values():
        for ground in record.grounds:
            levels = levels_of(record, ground, opened)
            if levels:
                yield _figure(record, ground, levels, opened)
    yield from _residents(ready)
    if opened.roads is not None:
        yield Note("campaign.check.gaps")
    if judged_targets(opened):
        yield Note("campaign.check.needs")
    if opened.works is not None and opened.earlier is not None:
        files = [file_name(path) for path in opened.earlier.paths]
        yield Note("campaign.check.works", plots=len(opened.works), files=Listed.every(files))
    if opened.campaign.tasks:
        tasks = dict.fromkeys(task.task for task in opened.campaign.tasks)
        yield Note("campaign.check.tasks", tasks=Listed.every(tasks))
    if opened.accuracy is not None:
        yield Note("campaign.check.sample", points=opened.accuracy.points)
    if opened.campaign.reported:
        yield Note("campaign.check.reported", count=len(opened.campaign.reported))


def levels_of(record: Indicator, ground: Ground, opened: OpenedCampaign) -> list[str]:
    """Levels that an indicator is computed for on a ground, with the layers there are."""
    present = opened.layers
    absent = [need for need in record.needs if need not in (*_NO_LAYERS, *present)]
    if record.formula == "completion" and not opened.campaign.tasks:
        return []
    if record.formula is None or absent or (ground.layer and ground.layer not in present):
        return []
    if "settlements" in record.needs and opened.settlements is None:
        return []
    cover = opened.campaign.cover
    of_cover = record.formula in ("share", "guarded")
    if of_cover and not opened.cover.legend.codes_of(*record.covers(cover)):
        return []
    levels = ground.levels if ground.shown else _levels_asked(record, ground, opened)
    return [
        level
        for level in levels
        if (level != "village" or "villages" in present)
        and ("residents" not in record.needs or _peopled(ground, level, opened))
    ]


def _figure(record: Indicator, ground: Ground, levels: list[str], opened: OpenedCampaign) -> Note:
    code, more = _how(record, ground.layer, opened)
    name = Named.of(en=record.name, zh=record.name_zh)
    said = Note(f"campaign.check.{code}", name=name, levels=Listed.every(levels), **more)
    if ground.shown:
        return said
    return Note("campaign.check.asked_for", figure=said, indicator=record.key)


def _peopled(ground: Ground, level: str, opened: OpenedCampaign) -> bool:
    if ground.layer:
        return "population" in opened.layers[ground.layer]
    return opened.has_population(level)


def _levels_asked(record: Indicator, ground: Ground, opened: OpenedCampaign) -> list[str]:
    """Levels of a figure that is computed only where a target asks for it."""
    asked = [asked_of(target) for _, target in judged_targets(opened)]
    levels = [
        target.level
        for target in asked
        if target.indicator == record.key and ground_of(target, opened) == ground.layer
    ]
    return [level for level in ground.levels if level in levels]


def _how(record: Indicator, ground: str, opened: OpenedCampaign) -> tuple[str, dict[str, Any]]:
    """The code of the sentence on how an indicator is computed, and what else it speaks of."""
    if ground:
        return "on_ground", {"layer": ground}
    if record.formula == "completion":
        return "completion", {}
    if record.counts == "roads":
        return "roadsides", {"rule": _roadside_rule(opened.campaign)}
    if record.counts == "waters":
        return "banks", {}
    if record.counts == "parks":
        return "parks_per_resident", {}
    if "residents" in record.needs:
        return "green_per_resident", {}
    if "settlements" in record.needs:
        woody = record.counts == "tree_cover"
        return "settlements_woody" if woody else "settlements_green", {}
    counted = record.covers(opened.campaign.cover)
    present = [one for one in counted if opened.cover.legend.codes_of(one)]
    return "share", {"covers": Listed.every(present, last="and")}


def _residents(ready: Prepared) -> Iterator[Note]:
    """Say where residents come from that no table has."""
    layers = ready.opened.campaign.layers
    for name in ready.units:
        section = getattr(layers, name)
        grid = getattr(section, "population_grid", None)
        if grid is not None:
            file = file_name(grid.path)
            yield Note("campaign.check.residents_of_grid", layer=name, grid=file)
    if ready.shares_residents:
        yield Note("campaign.check.residents_shared")


def _roadside_rule(campaign: Settings) -> str:
    rule = campaign.roadside
    given = rule.given("road")
    taken = {
        name: one.filled(given.get(name)) for name, one in corridor_rules.rules("road").items()
    }
    main = ("step_m", "threshold", "belt_m", "offset_m")
    others = {name: value for name, value in taken.items() if name not in main}
    further = corridor_rules.said("road", others)
    own = campaign.layers
    named = {key: getattr(own, name) for key, name in SECTIONS.items()}
    keys = [key for key, one in {**named, "canopy": campaign.canopy}.items() if one is not None]
    keys += [one.key for one in opened_evidence(rule.evidence)]
    sources = [Note("campaign.check.evidence", evidence=key) for key in keys]
    sentence = Note(
        "campaign.check.roadside_rule",
        step=taken["step_m"],
        variant=rule.variant,
        threshold=_setting(taken["threshold"]),
        belt=_setting(taken["belt_m"]),
        offset=_setting(taken["offset_m"]),
    )
    return joined(sentence, *further, *sources)


def _setting(value: float | str | dict[str, float]) -> Note | str:
    if isinstance(value, str):
        return Note("campaign.check.column", column=value)
    if isinstance(value, dict):
        each = [Note("campaign.check.of_grade", grade=g, value=v) for g, v in value.items()]
        return Note("campaign.check.by_grade", settings=Listed.every(each))
    return f"{value:g}"
