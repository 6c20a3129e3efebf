"""From a campaign to its assessment: one pass over the raster, then figures, then verdicts."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from greencover.campaign import Campaign
from greencover.ground.errors import GreencoverWarning
from greencover.indicators.progress import completion_rate
from greencover.verdicts.judging import sampled_notes, verdicts
from greencover.verdicts.layers import finished_gaps, finished_layers
from greencover.verdicts.measure import measure
from greencover.verdicts.needs import needs_of
from greencover.verdicts.provenance import provenance_of
from greencover.verdicts.result import Assessment
from greencover.verdicts.works import planted_works, works_notes

Progress = Callable[..., None]


def assess(
    campaign: str | Path | Campaign,
    *,
    progress: Progress | None = None,
    resume: str | Path | None = None,
) -> Assessment:
    """Assess a campaign: indicators by unit, held against the targets.

    Parameters
    ----------
    campaign
        Path of a campaign file, or a campaign.
    progress
        Called as ``progress(done, total, step)``.
    resume
        Folder in which finished tiles of the overlays are kept every few seconds, and looked for;
        see :func:`greencover.class_areas`. Whatever it holds, the figures are the same.

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
    """
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        if not isinstance(campaign, Campaign):
            campaign = Campaign.read(campaign)
        opened = campaign.open()
        kept = None if resume is None else Path(resume)
        measured = measure(opened, progress, resume=kept)
    notes = []
    for warning in caught:
        if issubclass(warning.category, GreencoverWarning):
            notes.append(str(warning.message))
        else:
            warnings.warn_explicit(
                warning.message, warning.category, warning.filename, warning.lineno
            )
    held, targets, unjudged = verdicts(measured.figures(), measured)
    needs = needs_of(held, measured)
    table = held.drop(columns=["ground", "grades"])
    tasks = pd.DataFrame([task.model_dump() for task in campaign.tasks])
    notes += measured.notes
    for greening in (measured.roadside, measured.waterside):
        if greening is not None:
            notes += greening.notes
    works = planted_works(opened)
    return Assessment(
        title=campaign.title,
        title_en=campaign.title_en or "",
        year=campaign.year if campaign.year is not None else campaign.cover.year,
        table=table,
        gaps=finished_gaps(measured.roadside, opened.townships),
        layers=finished_layers(opened, measured.roadside, table, factors=measured.factors),
        cover=opened.cover,
        targets=targets,
        notes=(*notes, *sampled_notes(measured), *works_notes(works), *unjudged),
        provenance=provenance_of(opened, measured.roadside, measured.waterside),
        needs=needs,
        works=works,
        completion=completion_rate(tasks) if len(tasks) else pd.DataFrame(),
        unjudged=tuple(unjudged),
    )
