"""``greencover compare``: two campaigns of the same units in two years, figure by figure."""

from __future__ import annotations

import json
from pathlib import Path

import click

from greencover.cli.options import FILE, lang_option
from greencover.cli.speech import Command, option, said
from greencover.cli.terminal import progress_bar
from greencover.ground.errors import CampaignError
from greencover.words import language

_PROVENANCE = "provenance.json"


@click.command("compare", cls=Command)
@click.argument("earlier", type=FILE)
@click.argument("later", type=FILE)
@option("--out", type=FILE, required=True, says="out_table")
@option("--target-year", type=int, metavar="YEAR")
@lang_option(both=False, says="lang_spoken", expose_value=False)
def command(earlier: Path, later: Path, out: Path, target_year: int | None) -> None:
    """Assess both and write what changed."""
    from greencover.cli.area_table import check_destination
    from greencover.ground.saving import save
    from greencover.results import assess
    from greencover.verdicts import compare

    check_destination(out, inputs=[earlier, later])
    with progress_bar() as progress:
        before, now = (assess(_campaign_of(one), progress=progress) for one in (earlier, later))
        table = compare(before, now, target_year=target_year)
    save(table, out)
    for note in table.attrs["notes"]:
        click.echo(said("cli.note", note=note.said(language())), err=True)
    click.echo(said("cli.figures_written", path=out, count=len(table)))


def _campaign_of(place: Path) -> Path:
    """A campaign file, or the one that the results of a folder were made from."""
    if not place.is_dir():
        return place
    try:
        if not (place / _PROVENANCE).is_file():
            raise CampaignError("cli.no_campaign_named", path=place)
        inputs = json.loads((place / _PROVENANCE).read_text("utf-8"))["inputs"]
        return Path(inputs["campaign"][0]["path"])
    except (OSError, ValueError, KeyError, IndexError, TypeError) as error:
        raise CampaignError("cli.no_campaign_named", path=place) from error
