"""What a campaign computes, which targets it can judge, and why not the others: in sentences."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from greencover.campaign.cover_codes import check_codes
from greencover.campaign.evidence_readers import SECTIONS
from greencover.campaign.shift import shifted_layers, shifted_roads
from greencover.campaign.targets import limits_of, named_targets, obstacle
from greencover.corridor.evidence import opened as opened_evidence
from greencover.corridor.rules import rules, said
from greencover.ground.notes import Note, joined
from greencover.layers import candidate_columns, layer_name
from greencover.words import Listed, Named

if TYPE_CHECKING:
    import geopandas as gpd

    from greencover.campaign.layers import OpenedCampaign
    from greencover.campaign.model import Settings
    from greencover.indicators.registry import Indicator
    from greencover.standards import Target

_COUNTED = {
    "trees": "trees",
    "tree_rows": "rows",
    "planting_sites": "sites",
    "field_checks": "checks",
}
_NESTED = ("county", "townships", "villages")


@dataclass(frozen=True)
class Chapter:
    """A heading and what stands under it: sentences, or chapters of their own."""

    heading: Note
    lines: tuple[Note | Chapter, ...] = ()

    def said(self, lang: str) -> str:
        """The chapter as lines of text in a language."""
        return "\n".join(self._lines(lang, ""))

    def _lines(self, lang: str, indent: str) -> Iterator[str]:
        yield f"{indent}{self.heading.said(lang)}"
        for line in self.lines:
            if isinstance(line, Chapter):
                yield from line._lines(lang, f"{indent}  ")
            else:
                yield f"{indent}  - {line.said(lang)}"


def page(chapters: tuple[Chapter, ...], lang: str) -> str:
    """Put chapters below each other as a page of text.

    Examples
    --------
    >>> layers = Chapter(Note("campaign.check.layers"), (Note("campaign.check.polygons", count=8),))
    >>> print(page((layers,), "zh"))
    图层
      - 8个多边形
    """
    return "\n\n".join(chapter.said(lang) for chapter in chapters)


def explain(opened: OpenedCampaign) -> tuple[Chapter, ...]:
    """Describe a campaign for a person to read; nothing is measured."""
    if not opened.campaign.cover.remote:
        check_codes(opened.townships, opened.cover)
    judged, unjudged, elsewhere = _targets(opened)
    reasons = tuple(
        Chapter(Note("campaign.check.reason", reason=reason), tuple(targets))
        for reason, targets in unjudged.items()
    )
    count = sum(len(targets) for targets in unjudged.values())
    chapters = (
        Chapter(_title(opened.campaign)),
        Chapter(Note("campaign.check.layers"), tuple(_layers(opened))),
        Chapter(Note("campaign.check.computed"), tuple(_computed(opened))),
        Chapter(Note("campaign.check.judged", count=len(judged)), tuple(judged)),
        Chapter(Note("campaign.check.unjudged", count=count), reasons),
        Chapter(Note("campaign.check.elsewhere", count=len(elsewhere)), tuple(elsewhere)),
        Chapter(Note("campaign.check.notes"), tuple(_notes(opened))),
    )
    # What is said of the campaign, its layers and its targets stands even where there is nothing.
    return tuple(one for number, one in enumerate(chapters) if number < 4 or one.lines)


def _title(campaign: Settings) -> Note:
    both = f"{campaign.title} · {campaign.title_en}"
    own = both if campaign.title_en and campaign.title_en != campaign.title else campaign.title
    title = Named.of(en=own, zh=campaign.title)
    years = [Note("campaign.check.assessed", year=campaign.year)] if campaign.year else []
    if campaign.target_year:
        years.append(Note("campaign.check.targets_for", year=campaign.target_year))
    if not years:
        return Note("campaign.check.title", title=title)
    return Note("campaign.check.title_years", title=title, years=Listed.every(years))


def _layers(opened: OpenedCampaign) -> Iterator[Note]:
    cover = opened.cover
    legend = Named.of(en=cover.legend.title, zh=cover.legend.title_zh)
    facts: list[object] = [Path(path).name for path in opened.campaign.cover.path]
    facts.append(Note("campaign.check.legend", legend=legend))
    facts += [Note("campaign.check.year", year=cover.year)] if cover.year else []
    yield Note("campaign.check.cover", facts=Listed.every([*facts, _crs(cover.crs)]))
    for name, frame in opened.layers.items():
        section = getattr(opened.campaign.layers, name)
        place: Note | str = Path(section.path).name
        if section.layer:
            place = Note("campaign.check.layer_in", file=place, layer=section.layer)
        said = {"name": name, "count": _count(name, frame), "place": place, "crs": _crs(frame.crs)}
        if "population" in frame.columns:
            residents = frame["population"].sum()
            yield Note("campaign.check.layer_residents", residents=residents, **said)
        else:
            yield Note("campaign.check.layer", **said)
    for name, table in opened.sources.tables.items():
        place = Path(getattr(opened.campaign.layers, name).path).name
        yield Note("campaign.check.table", name=name, rows=len(table), place=place)
    if opened.sources.canopy is not None and opened.campaign.canopy is not None:
        files = Listed.every(Path(path).name for path in opened.campaign.canopy.path)
        seen = opened.sources.canopy.legend
        named = Named.of(en=seen.title, zh=seen.title_zh)
        yield Note("campaign.check.canopy", legend=named, files=files)


def _crs(crs: Any) -> str:
    authority = crs.to_authority()
    return ":".join(authority) if authority else str(crs.name)


def _count(name: str, frame: gpd.GeoDataFrame) -> Note:
    pieces = len(frame)
    if name == "waters":
        return Note("campaign.check.waters", pieces=pieces, waters=frame["water"].nunique())
    if name in _COUNTED:
        return Note(f"campaign.check.{_COUNTED[name]}", count=pieces)
    if name == "roads":
        return Note("campaign.check.roads", pieces=pieces, roads=frame["road"].nunique())
    return Note("campaign.check.polygons", count=pieces)


def _computed(opened: OpenedCampaign) -> Iterator[Note]:
    for record in opened.campaign.records.values():
        levels = _levels_computed(record, opened)
        if levels:
            code, more = _how(record, opened)
            yield Note(
                f"campaign.check.{code}",
                name=Named.of(en=record.name, zh=record.name_zh),
                levels=Listed.every(levels),
                **more,
            )
    if opened.accuracy is not None:
        yield Note("campaign.check.sample", points=opened.accuracy.points)
    if opened.campaign.reported:
        yield Note("campaign.check.reported", count=len(opened.campaign.reported))


def _levels_computed(record: Indicator, opened: OpenedCampaign) -> list[str]:
    """Levels that an indicator is computed for with the layers there are."""
    present = opened.layers
    grounds = [one for one in record.grounds if not one.layer or one.layer in present]
    absent = [n for n in record.needs if n not in ("residents", "settlements") and n not in present]
    if record.formula is None or absent or not grounds or not grounds[0].shown:
        return []
    if "settlements" in record.needs and opened.settlements is None:
        return []
    return [
        level
        for level in grounds[0].levels
        if (level != "village" or "villages" in present)
        and ("residents" not in record.needs or opened.has_population(level))
    ]


def _how(record: Indicator, opened: OpenedCampaign) -> tuple[str, dict[str, Any]]:
    """The code of the sentence on how an indicator is computed, and what else it speaks of."""
    ground = record.ground_of("", opened.layers)
    if ground:
        return "on_ground", {"layer": ground}
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


def _roadside_rule(campaign: Settings) -> str:
    rule = campaign.roadside
    given = rule.given("road")
    taken = {name: one.filled(given.get(name)) for name, one in rules("road").items()}
    main = ("step_m", "threshold", "belt_m", "offset_m")
    further = said("road", {name: value for name, value in taken.items() if name not in main})
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


def _targets(
    opened: OpenedCampaign,
) -> tuple[list[Note], dict[Note, list[Note]], list[Note]]:
    """Return targets judged, others by what stands in their way, and those for elsewhere."""
    judged: list[Note] = []
    unjudged: dict[Note, list[Note]] = {}
    elsewhere: list[Note] = []
    for _, target in named_targets(opened):
        reason = obstacle(target, opened)
        line = _target_line(target)
        if target.applies(opened.campaign.conditions) is False:
            elsewhere.append(line)
        elif reason:
            unjudged.setdefault(reason, []).append(line)
        elif target.verified:
            judged.append(line)
        else:
            judged.append(Note("campaign.check.unverified", target=line))
    return judged, unjudged, elsewhere


def _target_line(target: Target) -> Note:
    name: Named | Note = Named.of(en=target.name, zh=target.name_zh)
    if target.value is not None:
        name = Note(
            "campaign.check.figure",
            name=name,
            comparison=target.comparison,
            value=target.value,
            unit=target.unit,
        )
    limits = limits_of(target)
    if not limits:
        return Note("campaign.check.target", name=name, level=target.level)
    return Note(
        "campaign.check.target_limited",
        name=name,
        level=target.level,
        limits=Listed.every(limits),
    )


def _notes(opened: OpenedCampaign) -> Iterator[Note]:
    campaign = opened.campaign
    if not campaign.standard and not campaign.targets:
        yield Note("campaign.check.no_targets")
    used = {key for one in opened.standards for target in one.targets for key in target.when}
    for key in campaign.conditions:
        if key in used:
            continue
        if used:
            known = Listed.every(sorted(used))
            yield Note("campaign.check.condition_unused", condition=key, known=known)
        else:
            yield Note("campaign.check.condition_without_use", condition=key)
    absent = [
        cover
        for key in ("forest", "tree_cover", "green")
        for cover in getattr(campaign.cover, key)
        if key in campaign.cover.model_fields_set and not opened.cover.legend.codes_of(cover)
    ]
    for cover in dict.fromkeys(absent):
        yield Note("campaign.check.no_class", cover=cover)
    yield from _road_notes(opened)
    yield from _unused_columns(opened)
    areas = {name: opened.layers[name] for name in _NESTED if name in opened.layers}
    yield from shifted_layers(areas)
    if opened.roads is not None and not campaign.cover.remote:
        yield from shifted_roads(opened.roads, opened.cover)


def _unused_columns(opened: OpenedCampaign) -> Iterator[Note]:
    """Point to columns of residents that a campaign has and does not use."""
    for name in _NESTED:
        frame = opened.layers.get(name)
        if frame is None or "population" in frame.columns:
            continue
        found = candidate_columns(frame, "population")
        if found:
            yield Note("campaign.check.residents_unused", layer=name, column=found[0])


def _road_notes(opened: OpenedCampaign) -> Iterator[Note]:
    roads, section = opened.roads, opened.campaign.layers.roads
    if roads is None or section is None:
        return
    from greencover.corridor.grades import canonical_grades

    own = roads["grade_raw"].rename(section.grade or "grade")
    where = layer_name(section.path, section.layer)
    grades = canonical_grades(own, section.grades, where=where)
    counts = grades.value_counts(sort=False)
    shown = [
        Note("campaign.check.pieces_of_grade", grade=str(grade), count=count)
        for grade, count in counts.items()
    ]
    yield Note("campaign.check.road_pieces", grades=Listed.every(shown))
    for key in ("bridge", "tunnel"):
        if getattr(section, key) is not None:
            yield Note("campaign.check.marked", reason=key, count=int(roads[key].sum()))
        elif f"{key}_original" in roads.columns:
            yield Note("campaign.check.marks_unused", key=key)
