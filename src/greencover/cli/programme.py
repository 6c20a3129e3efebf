"""``greencover programme``: the campaigns of many counties, and what they come to together."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from greencover.cli.assess import known_formats
from greencover.cli.options import BOTH, FILE, lang_option, listed
from greencover.cli.speech import Command, UsageMistake, option, said
from greencover.cli.terminal import progress_bar

_FAILED = 4


@click.command("programme", cls=Command)
@click.argument("programme", type=FILE)
@option("--out", type=FILE, required=True, says="out_folder")
@option("--jobs", type=click.IntRange(min=1), default=None)
@lang_option(both=True, default=BOTH, show_default=True)
@option("--formats", metavar="LIST", values=known_formats)
@option("--quiet", is_flag=True)
def command(
    programme: Path, out: Path, jobs: int | None, lang: Any, formats: str | None, quiet: bool
) -> int:
    """Assess the counties of a programme and return 4 when one failed."""
    from greencover.ground.errors import ArgumentError
    from greencover.report.outputs import OutputOptions
    from greencover.results.programme import Programme

    known = Programme.read(programme)
    try:
        options = OutputOptions(
            lang=lang, formats=None if formats is None else listed(formats)
        ).checked()
    except ArgumentError as error:
        raise UsageMistake(error, click.get_current_context()) from error
    with progress_bar(silent=quiet) as progress:
        result = known.run(out, options, jobs=jobs, progress=progress)
    if not quiet:
        states = [one.state for one in result.states.values()]
        counts = {state: states.count(state) for state in ("done", "unchanged", "failed")}
        click.echo(said("cli.programme_done", **counts))
        for path in result.files.values():
            click.echo(path)
    for one in result.failed:
        click.echo(said("cli.county_failed", county=one.code, sentence=one.sentence), err=True)
    return _FAILED if result.failed else 0
