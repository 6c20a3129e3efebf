"""``greencover fetch-cover``: the land cover of an area from a catalogue of STAC."""

from __future__ import annotations

from pathlib import Path

import click

from greencover.cli.options import FILE, SOURCE, lang_option
from greencover.cli.speech import Command, option, said
from greencover.cli.terminal import progress_bar


@click.command("fetch-cover", cls=Command)
@option("--zones", type=SOURCE, required=True, says="fetch_zones")
@option("--catalogue", metavar="ADDRESS", required=True)
@option("--collection", metavar="ID", required=True)
@option("--year", type=int, required=True, says="fetch_year")
@option("--out", type=FILE, required=True, says="out_cover")
@option("--layer")
@option("--where", metavar="CONDITION")
@option("--crs", metavar="CODE")
@option("--legend", says="fetch_legend")
@option("--asset", metavar="KEY")
@option("--margin-m", type=float, default=500.0, show_default=True)
@lang_option(both=False, says="lang_spoken", expose_value=False)
def command(
    zones: Path | str,
    catalogue: str,
    collection: str,
    year: int,
    out: Path,
    layer: str | None,
    where: str | None,
    crs: str | None,
    legend: str | None,
    asset: str | None,
    margin_m: float,
) -> None:
    """Fetch the cells that meet the zones and write them."""
    from greencover.cover.fetching import fetch_cover, provenance_of
    from greencover.ground.writing import check_file, keep_inputs
    from greencover.layers import read_layer

    check_file(out)
    keep_inputs([out, provenance_of(out)], [str(zones), str(legend or "")])
    frame = read_layer(zones, layer, where=where, crs=crs)
    with progress_bar() as progress:
        cover = fetch_cover(
            frame,
            catalogue,
            collection=collection,
            year=year,
            out=out,
            legend=legend,
            asset=asset,
            margin_m=margin_m,
            progress=progress,
        )
    for path in cover.paths:
        click.echo(said("cli.cover_fetched", path=path, legend=cover.legend.key, year=year))
