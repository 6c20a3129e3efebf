"""``greencover waterside``: rivers, canals or lakes and a land cover, without a campaign."""

from __future__ import annotations

from pathlib import Path

import click

from greencover.cli.options import FILE, lang_option
from greencover.cli.speech import Command, option
from greencover.cli.terminal import progress_bar


@click.command("waterside", cls=Command)
@click.argument("waters", type=FILE)
@click.argument("cover", type=FILE, nargs=-1, required=True)
@option("--legend", required=True)
@option("--out", type=FILE, required=True, says="out_folder")
@option("--name", metavar="COLUMN", says="water_name")
@option("--width", metavar="METRES|COLUMN", default="0", show_default=True, says="water_width")
@option("--layer", says="lines_layer")
@option("--where", metavar="CONDITION", says="lines_where")
@option("--crs", metavar="CODE", says="lines_crs")
@option("--units", type=FILE, says="corridor_units")
@option("--units-layer", metavar="LAYER", says="corridor_units_layer")
@option("--unit", metavar="COLUMN", says="corridor_unit")
@lang_option(both=False, says="lang_spoken", expose_value=False)
def command(
    waters: Path,
    cover: tuple[Path, ...],
    legend: str,
    out: Path,
    name: str | None,
    width: str,
    layer: str | None,
    where: str | None,
    crs: str | None,
    units: Path | None,
    units_layer: str | None,
    unit: str | None,
) -> None:
    """Judge the banks, and write what was found of them."""
    from greencover.cli.corridor_folder import (
        check_place,
        column_of,
        opened_cover,
        read_beside,
        read_units,
        write_corridor,
    )
    from greencover.corridor.waterside import waterside_greening

    check_place(out, "waterside", [waters, *cover, *([units] if units else [])])
    ground = opened_cover(cover, legend)
    shapes = read_beside(waters, ground, "any", layer=layer, where=where, crs=crs)
    called = column_of(shapes, "name", "--name", waters, name)
    belongs = read_units(units, ground, layer=units_layer, column=unit)
    with progress_bar() as progress:
        greening = waterside_greening(
            shapes, ground, water=called, width_m=_metres(width), progress=progress, **belongs
        )
    write_corridor(greening, out)


def _metres(given: str) -> float | str:
    try:
        return float(given)
    except ValueError:
        return given
