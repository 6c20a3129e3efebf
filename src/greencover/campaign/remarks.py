"""What is worth knowing of a campaign before it is assessed, though nothing is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from greencover.campaign.layer_readers import where_of
from greencover.campaign.prepared import UNITS
from greencover.campaign.shift import shifted_layers, shifted_roads
from greencover.campaign.targets import standard_notes
from greencover.ground.notes import Note
from greencover.layers import candidate_columns
from greencover.words import Listed

if TYPE_CHECKING:
    from greencover.campaign.layers import OpenedCampaign


def remarks(opened: OpenedCampaign) -> Iterator[Note]:
    """Point to what is not used, is probably shifted, or could be meant otherwise."""
    campaign = opened.campaign
    if not campaign.standard and not campaign.targets:
        yield Note("campaign.check.no_targets")
    yield from standard_notes(opened)
    yield from _unused_conditions(opened)
    absent = [
        cover
        for key in ("forest", "tree_cover", "green")
        for cover in getattr(campaign.cover, key)
        if key in campaign.cover.model_fields_set and not opened.cover.legend.codes_of(cover)
    ]
    for cover in dict.fromkeys(absent):
        yield Note("campaign.check.no_class", cover=cover)
    yield from _of_roads(opened)
    yield from _unused_columns(opened)
    yield from shifted_layers({n: opened.layers[n] for n in UNITS if n in opened.layers})
    if opened.roads is not None and not campaign.cover.remote:
        yield from shifted_roads(opened.roads, opened.cover)


def _unused_conditions(opened: OpenedCampaign) -> Iterator[Note]:
    used = {key for one in opened.standards for target in one.targets for key in target.when}
    for key in opened.campaign.conditions:
        if key in used:
            continue
        if used:
            known = Listed.every(sorted(used))
            yield Note("campaign.check.condition_unused", condition=key, known=known)
        else:
            yield Note("campaign.check.condition_without_use", condition=key)


def _unused_columns(opened: OpenedCampaign) -> Iterator[Note]:
    """Point to columns of residents that a campaign has and does not use."""
    for name in UNITS:
        frame = opened.layers.get(name)
        # A section takes residents from one place.
        gridded = getattr(getattr(opened.campaign.layers, name), "population_grid", None)
        if frame is None or "population" in frame.columns or gridded is not None:
            continue
        found = candidate_columns(frame, "population")
        if found:
            yield Note("campaign.check.residents_unused", layer=name, column=found[0])


def _of_roads(opened: OpenedCampaign) -> Iterator[Note]:
    roads, section = opened.roads, opened.campaign.layers.roads
    if roads is None or section is None:
        return
    from greencover.corridor.grades import canonical_grades

    own = roads["grade_raw"].rename(section.grade or "grade")
    grades = canonical_grades(own, section.grades, where=where_of(section))
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
