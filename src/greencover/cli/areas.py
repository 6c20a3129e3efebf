"""``greencover areas``: the hectares of every land-cover class in every zone of a file."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import Any

import click

from greencover.cli.options import FILE, SOURCE, lang_option, nodata_of, resume_option, unfinished
from greencover.cli.speech import Command, option, said
from greencover.cli.terminal import progress_bar


@click.command("areas", cls=Command)
@click.argument("zones", type=SOURCE)
@click.argument("raster", type=SOURCE, nargs=-1, required=True)
@option("--legend", required=True)
@option("--out", type=FILE, required=True, says="out_table")
@option("--layer")
@option("--where", metavar="CONDITION")
@option("--id", "id_column", metavar="COLUMN")
@option("--band", type=int)
@option("--nodata", metavar="VALUE|none")
@option("--crs", metavar="CODE")
@option("--area", type=click.Choice(["ellipsoid", "grid"]), default="ellipsoid", show_default=True)
@lang_option(both=False, says="lang_spoken", expose_value=False)
@resume_option
def command(
    zones: Path | str,
    raster: tuple[Path | str, ...],
    legend: str,
    out: Path,
    layer: str | None,
    where: str | None,
    id_column: str | None,
    band: int | None,
    nodata: str | None,
    crs: str | None,
    area: Any,
    resume: bool,
) -> None:
    """Measure the zones and write the table."""
    from greencover.cli.area_table import area_table, check_destination
    from greencover.ground.saving import save

    check_destination(out, inputs=[zones, *raster])
    with unfinished(out) if resume else nullcontext() as kept, progress_bar() as progress:
        table = area_table(
            zones,
            raster,
            legend=legend,
            layer=layer,
            where=where,
            code=id_column,
            band=band,
            nodata=nodata_of(nodata),
            crs=crs,
            area=area,
            progress=progress,
            resume=kept,
        )
        save(table, out)
    click.echo(said("cli.zones_written", path=out, count=len(table)))
