"""An assessment at hand: written, drawn, explored, shown by a notebook."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

from greencover import verdicts
from greencover.campaign import Campaign
from greencover.ground.progress import shown_progress
from greencover.ground.run import Run, RunOptions
from greencover.report.outputs import OutputOptions, Wishes
from greencover.results.writing import write_all

if TYPE_CHECKING:
    from greencover.report.maps.plotting import Plot
    from greencover.report.page.exploring import Exploration


class Assessment(verdicts.Assessment):
    __doc__ = verdicts.Assessment.__doc__

    @property
    def plot(self) -> Plot:
        """Maps as methods that return matplotlib axes: ``assessment.plot.choropleth(ax=...)``."""
        from greencover.report.maps.plotting import Plot

        return Plot(self)

    def write(
        self,
        out: str | Path,
        options: OutputOptions | None = None,
        *,
        progress: Callable[..., None] | bool | None = None,
        **wishes: Unpack[Wishes],
    ) -> dict[str, Path]:
        """Write workbook, Word report, tables, layers, maps, page and provenance into a folder.

        Everything is built beside the folder and moved into it at the end, so that a failure
        leaves what was there before.

        Parameters
        ----------
        out
            Folder; made when missing.
        options
            Language, formats, maps, template and look as one object, see
            :class:`~greencover.report.outputs.OutputOptions`.
        progress
            True for a bar in a notebook or on a terminal; or a function of steps done, steps in
            all and the next step.
        **wishes
            The options one by one: ``lang`` (a language that has a catalogue, or ``"both"``),
            ``formats`` such as ``"xlsx"`` and ``"png"``, ``maps`` such as ``"forest-coverage"``,
            ``template`` (a Word template of the office), ``style`` (a
            ``greencover.report.style.MapStyle``) and ``dpi`` of PNG maps.

        Returns
        -------
        dict of str to Path
            The files written, by what they are.

        Raises
        ------
        OutputError
            The folder cannot be written, or the template cannot be used.
        MissingExtraError
            The Word report is asked for and the extra ``report`` is not installed.

        Examples
        --------
        >>> import greencover, tempfile
        >>> assessment = greencover.assess("data/sample/campaign.toml")
        >>> list(assessment.write(tempfile.mkdtemp(), lang="zh", formats=["xlsx", "json"]))
        ['assessment.xlsx', 'provenance.json']
        """
        options = replace(options or OutputOptions(), **wishes)
        with shown_progress(progress) as report:
            return write_all(self, out, options, progress=report)

    def explore(self, *, height: int = 640) -> Exploration:
        """A map to move in, with layers, hover and the list of gaps; shown by a notebook.

        Nothing is loaded from a network: the map holds all it needs.
        """
        from greencover.report.page.exploring import Exploration

        return Exploration(self, height=height)

    def _repr_html_(self) -> str:
        from greencover.report.page.notebook import as_html

        return as_html(self)


def assess(
    campaign: str | Path | Campaign,
    *,
    run: Run | None = None,
    before: Callable[[tuple[Path, ...]], object] | None = None,
    **options: Unpack[RunOptions],
) -> Assessment:
    outcome = verdicts.assess(campaign, run=run, before=before, **options)
    return Assessment(**{field.name: getattr(outcome, field.name) for field in fields(outcome)})


assess.__doc__ = verdicts.assess.__doc__
