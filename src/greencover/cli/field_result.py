"""``greencover field-result``: what forms that come back from the field say of the whole."""

from __future__ import annotations

from pathlib import Path

import click

from greencover.cli.field_sample import roadside_of
from greencover.cli.options import FILE, lang_option, listed
from greencover.cli.speech import Command, option, said
from greencover.cli.terminal import progress_bar
from greencover.words import language


@click.command("field-result", cls=Command)
@click.argument("campaign", type=FILE)
@click.argument("form", type=FILE, nargs=-1, required=True)
@option("--out", type=FILE, says="out_csv")
@option("--by", default="", metavar="LIST", says="by_result")
@option("--target", "target_pct", type=click.FloatRange(0.0, 100.0), metavar="PCT")
@option("--level", "level_pct", type=click.FloatRange(50.0, 99.9), default=95.0, show_default=True)
@lang_option(both=False, says="lang_spoken", expose_value=False)
def command(
    campaign: Path,
    form: tuple[Path, ...],
    out: Path | None,
    by: str,
    target_pct: float | None,
    level_pct: float,
) -> None:
    """Read the forms, and print the rate that they give."""
    import pandas as pd

    from greencover.corridor import checked_accuracy, checked_greening
    from greencover.corridor.field_columns import read_field_form
    from greencover.ground.formulas import without_formulas
    from greencover.ground.writing import check_file, check_folder, replacing

    def takes_table(inputs: tuple[Path, ...]) -> None:
        if out is not None:
            check_file(out)
            check_folder(out.absolute().parent, ours=[out.name], inputs=inputs)

    takes_table(form)
    filled = pd.concat([read_field_form(path) for path in form], ignore_index=True)
    with progress_bar() as progress:
        greening = roadside_of(campaign, progress, before=takes_table)
    rates = checked_greening(
        greening, filled, level_pct / 100.0, by=listed(by), target_pct=target_pct
    )
    click.echo(rates.round(2).to_string(index=False))
    click.echo()
    click.echo(checked_accuracy(greening, filled, level_pct / 100.0).round(3).to_string())
    for note in rates.attrs["notes"]:
        click.echo(said("cli.note", note=note.said(language())), err=True)
    if out is not None:
        with replacing(out) as draft:
            without_formulas(rates).to_csv(
                draft, index=False, encoding="utf-8-sig", lineterminator="\n"
            )
        click.echo(out)
