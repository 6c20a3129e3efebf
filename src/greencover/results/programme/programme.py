"""A programme: counties assessed side by side, and what they come to together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Unpack

import pandas as pd

from greencover.ground.errors import ArgumentError
from greencover.ground.progress import shown_progress
from greencover.ground.threads import available_cores
from greencover.ground.writing import check_folder
from greencover.report.labels import Named
from greencover.report.outputs import OutputOptions, Wishes
from greencover.results.programme.county import NEEDED, State
from greencover.results.programme.file import County, read_programme
from greencover.results.programme.processes import assess_all
from greencover.results.programme.sums import figures_of, table_of
from greencover.results.programme.writing import FILES, write_programme


@dataclass(frozen=True)
class ProgrammeResult:
    """What the counties of a programme come to.

    Attributes
    ----------
    table
        One row per unit and figure. ``level`` is county, city or province; ``unit``, ``name``,
        ``name_en``, ``province``, ``city``; the ``indicator`` with its names, ``scope``, ``ground``
        and road ``grade`` (empty: all); ``value`` in ``unit_of_measure``, ``numerator`` in
        ``measure`` over ``denominator`` in ``per``; ``low`` and ``high``, at which all counties
        would be at their own bounds at once; ``unobserved_pct``, of a sum that of the county with
        the most. Of a county its ``rank`` among all, and its worst ``verdict`` with that
        ``target``; of a sum the number of its ``counties`` and how many of them are ``met``,
        ``not_met``, ``uncertain``, ``no_data`` or without a target (``no_target``); and
        ``missing_counties``, the counties without which there is no sum.
    states
        How each county came out, by code.
    files
        The files written, by name.
    """

    table: pd.DataFrame
    states: Mapping[str, State]
    files: Mapping[str, Path]

    @property
    def failed(self) -> tuple[State, ...]:
        """The counties that failed, with their sentences."""
        return tuple(state for state in self.states.values() if state.state == "failed")


@dataclass(frozen=True)
class Programme:
    """Many campaigns that share a standard, and are summed into cities and provinces.

    Build one with :meth:`read`.

    Attributes
    ----------
    title, title_en
        Of the programme.
    counties
        Its counties, in the order of the file.
    file
        The programme file.
    """

    title: str
    title_en: str
    counties: tuple[County, ...]
    file: Path

    @classmethod
    def read(cls, path: str | Path) -> Programme:
        """Read a programme file; the campaigns of its counties are read when they are assessed.

        Raises
        ------
        CampaignError
            The file cannot be read, a key is wrong, or a code stands twice.
        """
        titles, counties = read_programme(path)
        return cls(**titles, counties=counties, file=Path(path))

    def run(
        self,
        out: str | Path,
        options: OutputOptions | None = None,
        *,
        jobs: int | None = None,
        progress: Callable[..., None] | bool | None = None,
        **wishes: Unpack[Wishes],
    ) -> ProgrammeResult:
        """Assess every county into a folder of its code, then write what they come to together.

        A county that fails is named and the others go on. One whose files, settings and outputs
        are those of its results is not computed again.

        Parameters
        ----------
        out
            Folder; made when missing.
        options, **wishes
            What is written of each county, see :meth:`greencover.Assessment.write`; the tidy table
            and the provenance always are.
        jobs
            Counties at a time, each in a process of its own; default: one a core. Scripts that
            call this need the usual ``if __name__ == "__main__":``.
        progress
            True for a bar; or a function of counties done, counties in all and the last code.

        Raises
        ------
        ArgumentError
            ``jobs`` is below 1, or a format or a map is unknown.
        OutputError
            The folder cannot be written.
        """
        jobs = available_cores() if jobs is None else jobs
        if jobs < 1:
            raise ArgumentError("results.programme_jobs", jobs=jobs)
        options = replace(options or OutputOptions(), **wishes).checked()
        options = replace(options, formats=(*options.chosen, *NEEDED))
        out = Path(out)
        check_folder(out, ours=FILES, inputs=[self.file])
        with shown_progress(progress) as report:
            states = assess_all(
                self.counties, out, options, jobs=jobs, progress=report or (lambda *_: None)
            )
        computed = [one for one in self.counties if states[one.code].state != "failed"]
        table = table_of(figures_of(computed, out), self.counties)
        title = Named(self.title, self.title_en)
        files = write_programme(title, self.counties, table, states, out, lang=options.lang)
        return ProgrammeResult(table, states, files)
