"""``greencover survival-sample``: draw planting records whose trees are counted, and the form."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from greencover.cli.field_sample import DATUMS
from greencover.cli.options import BOTH, FILE, lang_option
from greencover.cli.speech import Command, option, said
from greencover.cli.terminal import progress_bar

_WHOLE = "none"


@click.command("survival-sample", cls=Command)
@click.argument("campaign", type=FILE)
@option("--out", type=FILE, required=True, says="out_page")
@option("--plots", "n", type=click.IntRange(min=1), default=60, show_default=True, says="plots")
@option(
    "--by",
    type=click.Choice(["township", "responsible", "road", _WHOLE]),
    default="township",
    show_default=True,
    says="by_plots",
)
@option("--seed", type=click.IntRange(min=0), default=0, show_default=True, says="seed_plots")
@option("--datum", type=click.Choice([*DATUMS]), default="wgs84", show_default=True)
@lang_option(both=True, default=BOTH, show_default=True)
def command(campaign: Path, out: Path, n: int, by: str, seed: int, datum: str, lang: Any) -> None:
    """Draw a sample of the campaign's planting records."""
    from greencover.accuracy.survival import survival_sample
    from greencover.ground.errors import CampaignError
    from greencover.ground.writing import check_file, check_folder
    from greencover.report.page import write_survival_page
    from greencover.results import assess

    def takes_page(inputs: tuple[Path, ...]) -> None:
        check_file(out)
        check_folder(out.absolute().parent, ours=[out.name], inputs=inputs)

    with progress_bar() as progress:
        records = assess(campaign, before=takes_page, progress=progress).claims
    if not len(records):
        raise CampaignError("cli.no_records", path=campaign)
    plots = records.set_index("record")
    sample = survival_sample(plots, n, by=None if by == _WHOLE else by, seed=seed)
    click.echo(write_survival_page(sample, out, lang=lang, datum=DATUMS[datum]))
    click.echo(said("cli.plots_drawn", count=len(sample), records=len(records)))
