"""``greencover change``: gains and losses between two land covers, zone by zone."""

from __future__ import annotations

from pathlib import Path

import click

from greencover.cli.options import FILE, SOURCE, lang_option, listed
from greencover.cli.speech import Command, option, said
from greencover.cli.terminal import progress_bar
from greencover.words import language


@click.command("change", cls=Command)
@click.argument("earlier", type=SOURCE)
@click.argument("later", type=SOURCE)
@option("--zones", type=SOURCE, required=True)
@option("--legend", required=True)
@option("--later-legend", metavar="LEGEND")
@option("--covers", metavar="LIST", default="tree", show_default=True)
@option("--out", type=FILE, required=True, says="out_table")
@option("--layer")
@option("--where", metavar="CONDITION")
@option("--crs", metavar="CODE")
@lang_option(both=False, says="lang_spoken", expose_value=False)
def command(
    earlier: Path | str,
    later: Path | str,
    zones: Path | str,
    legend: str,
    later_legend: str | None,
    covers: str,
    out: Path,
    layer: str | None,
    where: str | None,
    crs: str | None,
) -> None:
    """Compare two land covers and write the table."""
    from greencover.cli.area_table import check_destination
    from greencover.cli.corridor_folder import opened_cover, read_beside
    from greencover.ground.saving import save
    from greencover.indicators.change import cover_change

    check_destination(out, inputs=[earlier, later, zones])
    before = opened_cover([earlier], legend)
    after = opened_cover([later], later_legend or legend)
    frame = read_beside(zones, before, "polygon", layer=layer, where=where, crs=crs)
    with progress_bar() as progress:
        table = cover_change(frame, before, after, covers=listed(covers), progress=progress)
    save(table, out)
    for note in table.attrs["notes"]:
        click.echo(said("cli.note", note=note.said(language())), err=True)
    click.echo(said("cli.zones_written", path=out, count=len(table)))
