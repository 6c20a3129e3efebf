"""``greencover sums``: sums and means of a continuous raster in every zone of a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from greencover.cli.options import FILE, SOURCE, lang_option, nodata_of
from greencover.cli.speech import Command, option, said
from greencover.cli.terminal import progress_bar


@click.command("sums", cls=Command)
@click.argument("zones", type=SOURCE)
@click.argument("raster", type=SOURCE, nargs=-1, required=True)
@option("--kind", type=click.Choice(["count", "density"]), required=True)
@option("--per", type=click.Choice(["m2", "ha", "km2"]), default="ha", show_default=True)
@option("--out", type=FILE, required=True, says="out_table")
@option("--layer")
@option("--where", metavar="CONDITION")
@option("--band", type=int)
@option("--nodata", metavar="VALUE|none")
@option("--crs", metavar="CODE")
@lang_option(both=False, says="lang_spoken", expose_value=False)
def command(
    zones: Path | str,
    raster: tuple[Path | str, ...],
    kind: Any,
    per: Any,
    out: Path,
    layer: str | None,
    where: str | None,
    band: int | None,
    nodata: str | None,
    crs: str | None,
) -> None:
    """Sum the zones and write the table."""
    from greencover.cli.area_table import check_destination
    from greencover.ground.saving import save
    from greencover.layers import check_raster_source, read_layer
    from greencover.overlay import zonal_sums

    check_destination(out, inputs=[zones, *raster])
    for path in raster:
        check_raster_source(path)
    frame = read_layer(zones, layer, where=where, geometry="polygon", crs=crs)
    with progress_bar() as progress:
        figures = zonal_sums(
            frame,
            list(raster),
            kind=kind,
            per=per,
            band=band,
            nodata=nodata_of(nodata),
            progress=progress,
        )
    taken = {str(name): f"{name}_zones" for name in frame.columns if name in figures.columns}
    save(frame.rename(columns=taken).join(figures), out)
    click.echo(said("cli.zones_written", path=out, count=len(figures)))
