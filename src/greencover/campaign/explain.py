"""What a campaign computes, which targets it can judge, and why not the others: in sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from greencover.campaign.chapters import Chapter, Explanation, page
from greencover.campaign.computed import computed
from greencover.campaign.inputs import inputs_of
from greencover.campaign.prepared import prepare
from greencover.campaign.remarks import remarks
from greencover.campaign.targets import asked_of, is_elsewhere, limits_of, named_targets, obstacle
from greencover.ground.notes import Note, collected
from greencover.ground.secrets import file_name
from greencover.words import Listed, Named

if TYPE_CHECKING:
    import geopandas as gpd

    from greencover.campaign.layers import OpenedCampaign
    from greencover.campaign.model import Settings
    from greencover.standards import Target

# Layers of single things, by what is counted in them.
_COUNTED = {
    "trees": "trees",
    "tree_rows": "rows",
    "planting_sites": "sites",
    "field_checks": "checks",
    "works": "pieces_of_work",
}
# Other datums were told of when the layers were opened; grids stand among what is computed.
_SAID_ELSEWHERE = ("ground.datum_shift", "ground.ballpark_shift", "campaign.residents_of_grid")

__all__ = ["Chapter", "Explanation", "explain", "page"]


def explain(
    opened: OpenedCampaign,
    label: Callable[..., str] | None = None,  # noqa: ARG001
) -> Explanation:
    """Describe a campaign for a person to read, and refuse what ``assess`` would.

    Parameters
    ----------
    opened
        The campaign and its layers.
    label
        Words for keys; not needed any more, since each line says itself in every language.

    Returns
    -------
    Explanation
        Lines, in English as text; ``page`` puts their chapters on a page in any language.

    Raises
    ------
    LayerError, CrsError, NoOverlapError, RasterError, LegendError
        An input cannot be used; the message names it.
    """
    with collected() as told:
        ready = prepare(opened)
    judged, unjudged, elsewhere = _targets(opened)
    reasons = tuple(
        Chapter(Note("campaign.check.reason", reason=reason), tuple(targets))
        for reason, targets in unjudged.items()
    )
    count = sum(len(targets) for targets in unjudged.values())
    further = [note for note in told if note.code not in _SAID_ELSEWHERE]
    chapters = (
        Chapter(_title(opened.campaign)),
        Chapter(Note("campaign.check.layers"), tuple(_layers(opened, ready.units))),
        Chapter(Note("campaign.check.computed"), tuple(computed(ready))),
        Chapter(Note("campaign.check.judged", count=len(judged)), tuple(judged)),
        Chapter(Note("campaign.check.unjudged", count=count), reasons),
        Chapter(Note("campaign.check.elsewhere", count=len(elsewhere)), tuple(elsewhere)),
        Chapter(Note("campaign.check.notes"), (*remarks(opened), *further)),
    )
    # What is said of the campaign, its layers and its targets stands even where there is nothing.
    return Explanation(tuple(one for number, one in enumerate(chapters) if number < 4 or one.lines))


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


def _layers(opened: OpenedCampaign, units: Mapping[str, gpd.GeoDataFrame]) -> Iterator[Note]:
    cover = opened.cover
    legend = Named.of(en=cover.legend.title, zh=cover.legend.title_zh)
    section = opened.campaign.cover
    facts: list[object] = [file_name(one) for one in section.path or (section.polygons or "",)]
    facts.append(Note("campaign.check.legend", legend=legend))
    facts += [Note("campaign.check.year", year=cover.year)] if cover.year else []
    yield Note("campaign.check.cover", facts=Listed.every([*facts, _crs(cover.crs)]))
    for name, frame in opened.layers.items():
        section = getattr(opened.campaign.layers, name)
        place: Note | str = file_name(section.path)
        if section.layer:
            place = Note("campaign.check.layer_in", file=place, layer=section.layer)
        said = {"name": name, "count": _count(name, frame), "place": place, "crs": _crs(frame.crs)}
        peopled = units.get(name, frame)
        if "population" in peopled.columns:
            residents = peopled["population"].sum()
            yield Note("campaign.check.layer_residents", residents=residents, **said)
        else:
            yield Note("campaign.check.layer", **said)
    for name, table in opened.sources.tables.items():
        place = file_name(getattr(opened.campaign.layers, name).path)
        yield Note("campaign.check.table", name=name, rows=len(table), place=place)
    if opened.sources.canopy is not None and opened.campaign.canopy is not None:
        files = Listed.every(file_name(path) for path in opened.campaign.canopy.path)
        seen = opened.sources.canopy.legend
        named = Named.of(en=seen.title, zh=seen.title_zh)
        yield Note("campaign.check.canopy", legend=named, files=files)
    listed = ("campaign", "cover", "canopy", *opened.layers, *opened.sources.tables)
    for name, paths in inputs_of(opened).items():
        if name not in listed:
            names = Listed.every(dict.fromkeys(map(file_name, paths)))
            yield Note("campaign.check.input", name=name, files=names)


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


def _targets(
    opened: OpenedCampaign,
) -> tuple[list[Note], dict[Note, list[Note]], list[Note]]:
    """Return targets judged, others by what stands in their way, and those for elsewhere."""
    judged: list[Note] = []
    unjudged: dict[Note, list[Note]] = {}
    elsewhere: list[Note] = []
    for _, target in named_targets(opened):
        reason = obstacle(asked_of(target), opened)
        line = _target_line(target)
        if is_elsewhere(target, opened):
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
