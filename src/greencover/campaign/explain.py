"""What a campaign computes, which targets it can judge, and why not the others: in sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from greencover.campaign.cover_codes import check_codes
from greencover.campaign.model import Settings
from greencover.campaign.shift import shifted_layers, shifted_roads
from greencover.campaign.targets import named_targets, obstacle, when_text
from greencover.layers import candidate_columns, layer_name

if TYPE_CHECKING:
    import geopandas as gpd

    from greencover.campaign.layers import OpenedCampaign
    from greencover.indicators.registry import Indicator
    from greencover.standards import Target

Label = Callable[[str, str], str]
_NESTED = ("county", "townships", "villages")


def explain(opened: OpenedCampaign, label: Label) -> list[str]:
    """Describe a campaign in lines for a person to read; nothing is measured.

    Parameters
    ----------
    opened
        The campaign and its layers.
    label
        Gives the words for a key of a group, such as ``label("township", "levels")``.
    """
    if not opened.campaign.cover.remote:
        check_codes(opened.townships, opened.cover)
    lines = [_title(opened.campaign), "", "Layers"]
    lines += _bullets(_layers(opened))
    lines += ["", "Computed"]
    lines += _bullets(_computed(opened, label))
    judged, unjudged, elsewhere = _targets(opened, label)
    lines += ["", f"Targets that are judged: {len(judged)}"]
    lines += _bullets(iter(judged))
    if unjudged:
        lines += ["", f"Targets that are not judged: {sum(map(len, unjudged.values()))}"]
        for reason, targets in unjudged.items():
            lines += [f"  {reason}:", *(f"    - {target}" for target in targets)]
    if elsewhere:
        lines += ["", f"Targets for other conditions than those declared: {len(elsewhere)}"]
        lines += _bullets(iter(elsewhere))
    notes = list(_notes(opened, label))
    if notes:
        lines += ["", "Notes"]
        lines += _bullets(iter(notes))
    return lines


def _bullets(lines: Iterator[str]) -> list[str]:
    return [f"  - {line}" for line in lines]


def _title(campaign: Settings) -> str:
    title = campaign.title
    if campaign.title_en and campaign.title_en != title:
        title += f" · {campaign.title_en}"
    years = [f"assessed {campaign.year}"] if campaign.year else []
    years += [f"targets for {campaign.target_year}"] if campaign.target_year else []
    return f"{title} ({', '.join(years)})" if years else title


def _layers(opened: OpenedCampaign) -> Iterator[str]:
    cover = opened.cover
    files = ", ".join(Path(path).name for path in opened.campaign.cover.path)
    year = f", {cover.year}" if cover.year else ""
    yield f"land cover: {files}, legend {cover.legend.title}{year}, {_crs(cover.crs)}"
    for name, frame in opened.layers.items():
        section = getattr(opened.campaign.layers, name)
        place = Path(section.path).name + (f", layer {section.layer}" if section.layer else "")
        yield f"{name}: {_count(name, frame)} ({place}, {_crs(frame.crs)}){_residents(frame)}"


def _crs(crs: Any) -> str:
    authority = crs.to_authority()
    return ":".join(authority) if authority else str(crs.name)


def _count(name: str, frame: gpd.GeoDataFrame) -> str:
    if name == "waters":
        return f"{len(frame)} pieces of {frame['water'].nunique()} waters"
    if name != "roads":
        return f"{len(frame)} polygon{'s' if len(frame) != 1 else ''}"
    return f"{len(frame)} lines of {frame['road'].nunique()} roads"


def _residents(frame: gpd.GeoDataFrame) -> str:
    if "population" not in frame.columns:
        return ""
    return f", {frame['population'].sum():,.0f} residents"


def _computed(opened: OpenedCampaign, label: Label) -> Iterator[str]:
    for record in opened.campaign.records.values():
        how = _how(record, opened, label)
        if how:
            yield f"{record.name_zh} {record.name}: {how}"
    if opened.accuracy is not None:
        yield f"intervals from a reference sample of {opened.accuracy.points} points"


def _how(record: Indicator, opened: OpenedCampaign, label: Label) -> str:
    """How an indicator is computed, and for which levels; empty where it is not."""
    present = opened.layers
    grounds = [one for one in record.grounds if not one.layer or one.layer in present]
    absent = [n for n in record.needs if n not in ("residents", "settlements") and n not in present]
    if record.formula is None or absent or not grounds or not grounds[0].shown:
        return ""
    if "settlements" in record.needs and opened.settlements is None:
        return ""
    levels = [
        level
        for level in grounds[0].levels
        if (level != "village" or "villages" in present)
        and ("residents" not in record.needs or opened.has_population(level))
    ]
    by = _levels(levels, label)
    if not levels:
        return ""
    if grounds[0].layer:
        return f"on [layers.{grounds[0].layer}], {by}"
    if record.counts == "roads":
        return f"greened ÷ greenable length, both sides, {by}; {_roadside_rule(opened.campaign)}"
    if record.counts == "waters":
        return f"greened ÷ greenable length of banks, {by}"
    if record.counts == "parks":
        return f"parks ÷ residents, {by}"
    if "residents" in record.needs:
        return f"green cover ÷ residents, {by}"
    if "settlements" in record.needs:
        return f"{'woody' if record.counts == 'tree_cover' else 'all'} green in settlements, {by}"
    covers = record.covers(opened.campaign.cover)
    known = [label(one, "covers") for one in covers if opened.cover.legend.codes_of(one)]
    return f"{' + '.join(known)} ÷ land area, {by}"


def _levels(levels: Sequence[str], label: Label) -> str:
    return "by " + ", ".join(label(level, "levels") for level in levels)


def _roadside_rule(campaign: Settings) -> str:
    rule = campaign.roadside
    return (
        f"a station every {rule.step_m:g} m is greened when {rule.variant} cover fills "
        f"{_setting(rule.threshold)} of a belt {_setting(rule.belt_m)} m wide, from "
        f"{_setting(rule.offset_m)} m off the centreline"
    )


def _setting(value: float | str | dict[str, float]) -> str:
    if isinstance(value, str):
        return f"(column {value})"
    if isinstance(value, dict):
        return "(" + ", ".join(f"{grade} {number:g}" for grade, number in value.items()) + ")"
    return f"{value:g}"


def _targets(
    opened: OpenedCampaign, label: Label
) -> tuple[list[str], dict[str, list[str]], list[str]]:
    """Return targets judged, others by what stands in their way, and those for elsewhere."""
    judged: list[str] = []
    unjudged: dict[str, list[str]] = {}
    elsewhere: list[str] = []
    for _, target in named_targets(opened):
        reason = obstacle(target, opened)
        line = _target_line(target, label)
        if target.applies(opened.campaign.conditions) is False:
            elsewhere.append(line)
        elif reason:
            unjudged.setdefault(reason, []).append(line)
        else:
            judged.append(line if target.verified else f"{line}; the figure is not verified")
    return judged, unjudged, elsewhere


def _target_line(target: Target, label: Label) -> str:
    figure = "" if target.value is None else f" {target.comparison} {target.value:g} {target.unit}"
    limits = [label(grade, "grades") for grade in target.grades]
    limits += [text for text in (when_text(target), target.scope) if text]
    narrower = f" ({'; '.join(limits)})" if limits else ""
    name = f"{target.name_zh} {target.name}"
    return f"{name}{figure}, {label(target.level, 'levels')}{narrower}"


def _notes(opened: OpenedCampaign, label: Label) -> Iterator[str]:
    campaign = opened.campaign
    if not campaign.standard and not campaign.targets:
        yield "no target is named, so figures come without verdicts; add the key standard"
    used = {key for one in opened.standards for target in one.targets for key in target.when}
    for key in campaign.conditions:
        if key not in used:
            known = f"; they depend on {', '.join(sorted(used))}" if used else ""
            yield f"no target depends on the condition {key}{known}"
    absent = [
        cover
        for key in ("forest", "tree_cover", "green")
        for cover in getattr(campaign.cover, key)
        if key in campaign.cover.model_fields_set and not opened.cover.legend.codes_of(cover)
    ]
    for cover in dict.fromkeys(absent):
        yield f"the legend has no class of {label(cover, 'covers')}, so it adds nothing"
    yield from _road_notes(opened, label)
    yield from _unused_columns(opened)
    areas = {name: opened.layers[name] for name in _NESTED if name in opened.layers}
    yield from shifted_layers(areas)
    if opened.roads is not None and not campaign.cover.remote:
        yield from shifted_roads(opened.roads, opened.cover)


def _unused_columns(opened: OpenedCampaign) -> Iterator[str]:
    """Point to columns of residents that a campaign has and does not use."""
    for name in _NESTED:
        frame = opened.layers.get(name)
        if frame is None or "population" in frame.columns:
            continue
        found = candidate_columns(frame, "population")
        if found:
            yield (
                f"the layer {name} has a column {found[0]!r} that may hold residents: add "
                f'population = "{found[0]}" under [layers.{name}] for figures per resident'
            )


def _road_notes(opened: OpenedCampaign, label: Label) -> Iterator[str]:
    roads, section = opened.roads, opened.campaign.layers.roads
    if roads is None or section is None:
        return
    from greencover.corridor.grades import canonical_grades

    own = roads["grade_raw"].rename(section.grade or "grade")
    where = layer_name(section.path, section.layer)
    grades = canonical_grades(own, section.grades, where=where)
    counts = grades.value_counts(sort=False)
    shown = ", ".join(f"{label(str(grade), 'grades')} {count}" for grade, count in counts.items())
    yield f"road pieces by grade: {shown}"
    for key in ("bridge", "tunnel"):
        if getattr(section, key) is not None:
            yield f"{label(key, 'reasons')}: {int(roads[key].sum())} road pieces are marked"
        elif f"{key}_original" in roads.columns:
            yield (
                f"the roads have a column {key!r} that the campaign does not use: add "
                f'{key} = "{key}" under [layers.roads], or count these pieces as greenable'
            )
