"""``greencover waterside``: rivers, canals or lakes and a land cover, without a campaign."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from greencover.cli.options import FILE, SOURCE, corridor_options
from greencover.cli.speech import Command, option
from greencover.cli.terminal import progress_bar


@click.command("waterside", cls=Command)
@click.argument("waters", type=SOURCE)
@click.argument("cover", type=SOURCE, nargs=-1, required=True)
@option("--legend", required=True)
@option("--out", type=FILE, required=True, says="out_folder")
@option("--name", metavar="COLUMN", says="water_name")
@option("--width", metavar="METRES|COLUMN", default="0", show_default=True, says="water_width")
@corridor_options
def command(
    waters: Path | str,
    cover: tuple[Path | str, ...],
    legend: str,
    out: Path,
    name: str | None,
    width: str,
    **places: Any,
) -> None:
    """Judge the banks, and write what was found of them."""
    from greencover.cli.corridor_folder import column_of, read_corridor, write_corridor
    from greencover.corridor.waterside import waterside_greening

    ground, shapes, belongs = read_corridor("waterside", waters, cover, legend, out, **places)
    called = column_of(shapes, "name", "--name", waters, name)
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
