"""From a campaign to its assessment: one pass over the raster, then figures, then verdicts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Unpack

from greencover.campaign import Campaign
from greencover.campaign.inputs import files_of
from greencover.campaign.prepared import prepare
from greencover.campaign.targets import standard_notes
from greencover.ground.notes import collected
from greencover.ground.run import Run, RunOptions
from greencover.verdicts.claims import claims, claims_notes
from greencover.verdicts.class_areas import areas_of_classes
from greencover.verdicts.completion import completion_of
from greencover.verdicts.judged_by import evidence_table, source_notes
from greencover.verdicts.judging import sampled_notes, verdicts
from greencover.verdicts.layers import (
    finished_books,
    finished_disagreements,
    finished_gaps,
    finished_layers,
    finished_not_seen,
)
from greencover.verdicts.measure import measure
from greencover.verdicts.needs import needs_of
from greencover.verdicts.packages import planned_packages
from greencover.verdicts.provenance import provenance_of
from greencover.verdicts.reported import reported_notes, reported_table
from greencover.verdicts.result import Assessment
from greencover.verdicts.stands import stands_of
from greencover.verdicts.survival import survival_notes, survival_of
from greencover.verdicts.two_covers import covers_beside
from greencover.verdicts.works import planted_works, works_notes


def assess(
    campaign: str | Path | Campaign,
    *,
    run: Run | None = None,
    before: Callable[[tuple[Path, ...]], object] | None = None,
    **options: Unpack[RunOptions],
) -> Assessment:
    """Assess a campaign: indicators by unit, held against the targets.

    Parameters
    ----------
    campaign
        Path of a campaign file, or a campaign.
    before
        Called with every file that the campaign reads before anything is computed; what it raises
        ends the assessment.
    run, **options
        How it is run: threads, a cluster, a folder to resume from, progress; see
        :class:`greencover.ground.run.Run`. A function of progress is called as
        ``progress(done, total, step)``. The figures are the same however it is run.

    Returns
    -------
    Assessment
        Verdicts, gaps and layers.

    Raises
    ------
    CampaignError
        The campaign file is wrong; the message names the key.
    LayerError, CrsError, NoOverlapError, RasterError, LegendError, StandardError
        An input cannot be used; the message names it.

    Examples
    --------
    A township that is all trees, and one that is all grass.

    >>> assessment = assess("campaign.toml")
    >>> rows = assessment.table.query("indicator == 'forest_coverage'")
    >>> rows.groupby("unit")["value"].first().round(1).to_dict()
    {'T1': 100.0, 'T2': 0.0, 'county': 50.0}
    """
    run = Run.of(run, options)
    with collected() as notes:
        if not isinstance(campaign, Campaign):
            campaign = Campaign.read(campaign)
        opened = campaign.open()
        ready = prepare(opened)
        if before is not None:
            before(files_of(opened))
        measured = measure(ready, run)
        beside = replace(run, progress=None, resume=None)
        works = planted_works(opened, run=beside)
        held, targets, unjudged = verdicts(measured.figures(), measured)
        needs = needs_of(held, measured)
        table = held.assign(grades=held["grades"].map(",".join))
        reported = reported_table(table, measured)
        packages = planned_packages(opened, measured.roadside)
    found = claims(opened, measured.roadside, run=beside)
    section = campaign.tables.plantings
    told: list[str] = [*notes, *measured.notes]
    for greening in (measured.roadside, measured.waterside):
        if greening is not None:
            told += greening.notes
    told += source_notes(measured.roadside)
    return Assessment(
        title=campaign.title,
        title_en=campaign.title_en or "",
        year=campaign.year if campaign.year is not None else campaign.cover.year,
        table=table,
        gaps=finished_gaps(measured.roadside, opened.townships),
        not_seen=finished_not_seen(measured.roadside, opened.townships),
        layers=(
            finished_layers(opened, measured.roadside, table, factors=measured.factors)
            | finished_books(works, found)
        ),
        cover=opened.cover,
        targets=targets,
        notes=(
            *told,
            *standard_notes(opened),
            *sampled_notes(measured),
            *works_notes(works),
            *claims_notes(found, greens=section is not None and section.greens),
            *survival_notes(opened),
            *reported_notes(reported),
            *unjudged,
        ),
        provenance=provenance_of(ready),
        needs=needs,
        works=works,
        claims=found,
        survival=survival_of(opened, found),
        two_covers=covers_beside(opened, run=beside),
        class_areas=areas_of_classes(measured),
        stands=stands_of(measured, run=beside),
        books=opened.books,
        completion=completion_of(ready.completion, targets),
        reported=reported,
        unjudged=tuple(unjudged),
        evidence=evidence_table(measured.roadside),
        disagreements=finished_disagreements(measured.roadside),
        records=campaign.records,
        roadside=measured.roadside,
        waterside=measured.waterside,
        campaign=campaign,
        packages=packages,
        crs=opened.townships.crs,
    )
