"""``greencover assess``: the indicators of a campaign file, held against its targets."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from greencover.cli.options import (
    BOTH,
    FILE,
    formats_of,
    lang_option,
    listed,
    page_of,
    resume_option,
    unfinished,
)
from greencover.cli.speech import Command, UsageMistake, option, said
from greencover.cli.terminal import hushed, progress_bar
from greencover.ground.notes import Note
from greencover.words import Listed

if TYPE_CHECKING:
    from greencover.results import Assessment

_NOT_MET = 3
# The second language of a note stands under the first.
_BELOW = "\n      "


def known_formats() -> dict[str, Any]:
    """Formats for the help: all, and those by default."""
    from greencover.report.outputs import formats

    return {"known": Listed.every(formats()), "default": Listed.every(formats(default=True))}


def _maps() -> dict[str, Any]:
    from greencover.report.maps.registry import names

    return {"known": Listed.every(names()), "default": Listed.every(names(default=True))}


def _pages() -> dict[str, Any]:
    from greencover.report.style import PAGES

    return {"known": Listed.every(PAGES)}


def result_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Options that say what is written and what is printed."""
    options = (
        lang_option(both=True, default=BOTH, show_default=True),
        option("--formats", metavar="LIST", values=known_formats),
        option("--maps", metavar="LIST", values=_maps),
        option("--page", metavar="NAME", default="a4-landscape", values=_pages),
        option("--dpi", type=click.IntRange(50, 1200), default=150, show_default=True),
        option("--palette", metavar="NAME", default=""),
        option("--template", type=FILE),
        option("--approval", default=""),
        option("--quiet", is_flag=True),
        option("--json", "as_json", is_flag=True),
        option("--fail-on", type=click.Choice(["not-met"])),
        resume_option,
    )
    for one in reversed(options):
        command = one(command)
    return command


@click.command("assess", cls=Command)
@click.argument("campaign", type=FILE)
@option("--out", type=FILE, required=True, says="out_folder")
@result_options
def command(campaign: Path, out: Path, **options: Any) -> int:
    """Assess a campaign."""
    return assess_and_write(campaign, out, **options)


def assess_and_write(
    campaign: Path,
    out: Path,
    *,
    lang: Any,
    formats: str | None,
    maps: str | None,
    page: str,
    dpi: int,
    palette: str,
    template: Path | None,
    approval: str,
    quiet: bool,
    as_json: bool,
    fail_on: str | None,
    resume: bool,
) -> int:
    """Assess a campaign, write the results and return the exit code."""
    from greencover.ground.errors import ArgumentError
    from greencover.ground.writing import check_folder
    from greencover.report import tables
    from greencover.report.outputs import OutputOptions, all_files
    from greencover.report.style import MapStyle
    from greencover.results import assess as run

    try:
        options = OutputOptions(
            lang=lang,
            formats=formats_of(formats),
            maps=None if maps is None else listed(maps),
            template=template,
            style=MapStyle(lang=lang, approval=approval, page=page_of(page), palette=palette),
            dpi=dpi,
        ).checked()
    except ArgumentError as error:
        raise UsageMistake(error, click.get_current_context()) from error

    def takes_results(inputs: tuple[Path, ...]) -> None:
        check_folder(out, ours=all_files(), inputs=inputs)

    if quiet:
        click.get_current_context().with_resource(hushed())
    with (
        unfinished(out) if resume else nullcontext() as kept,
        progress_bar(silent=quiet) as progress,
    ):
        assessment = run(campaign, before=takes_results, progress=progress, resume=kept)
        written = assessment.write(out, options, progress=progress)
    if as_json:
        click.echo(tables.as_json(assessment, written))
    elif not quiet:
        _show_notes(assessment, lang)
        width = shutil.get_terminal_size((100, 24)).columns
        click.echo(tables.as_text(assessment, lang=lang, width=width))
        click.echo()
        for path in written.values():
            click.echo(path)
    missed = int((assessment.table["verdict"] == "not met").sum())
    if fail_on == "not-met" and missed:
        click.echo(said("cli.targets_missed", count=missed), err=True)
        return _NOT_MET
    return 0


def _show_notes(assessment: Assessment, lang: Any) -> None:
    """Print what was repaired or assumed; the many targets that were left out, as a count."""
    from greencover.report.labels import said as told

    left_out = assessment.unjudged
    notes = [note for note in assessment.notes if note not in left_out]
    if left_out:
        notes.append(Note("cli.not_judged", count=len(left_out)))
    for note in notes:
        click.echo(said("cli.note", note=told(note, lang, between=_BELOW)), err=True)
