"""``greencover roadside``: roads and a land cover, without a campaign."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from greencover.cli.options import FILE, lang_option, listed
from greencover.cli.speech import Command, option
from greencover.cli.terminal import progress_bar

if TYPE_CHECKING:
    from greencover.corridor.grade_schemes import Words


@click.command("roadside", cls=Command)
@click.argument("roads", type=FILE)
@click.argument("cover", type=FILE, nargs=-1, required=True)
@option("--legend", required=True)
@option("--out", type=FILE, required=True, says="out_folder")
@option("--name", metavar="COLUMN", says="road_name")
@option("--grade", metavar="COLUMN", says="road_grade")
@option("--grades", metavar="SCHEME|WORD=GRADE,...", says="road_grades")
@option("--bridge", metavar="COLUMN", says="road_bridge")
@option("--tunnel", metavar="COLUMN", says="road_tunnel")
@option("--layer", says="lines_layer")
@option("--where", metavar="CONDITION", says="lines_where")
@option("--crs", metavar="CODE", says="lines_crs")
@option("--units", type=FILE, says="corridor_units")
@option("--units-layer", metavar="LAYER", says="corridor_units_layer")
@option("--unit", metavar="COLUMN", says="corridor_unit")
@lang_option(both=False, says="lang_spoken", expose_value=False)
def command(
    roads: Path,
    cover: tuple[Path, ...],
    legend: str,
    out: Path,
    name: str | None,
    grade: str | None,
    grades: str | None,
    bridge: str | None,
    tunnel: str | None,
    layer: str | None,
    where: str | None,
    crs: str | None,
    units: Path | None,
    units_layer: str | None,
    unit: str | None,
) -> None:
    """Judge the roadsides, and write what was found of them."""
    from greencover.cli.corridor_folder import (
        check_place,
        column_of,
        opened_cover,
        read_beside,
        read_units,
        write_corridor,
    )
    from greencover.corridor.grade_schemes import usual_columns
    from greencover.corridor.roadside import roadside_greening

    check_place(out, "roadside", [roads, *cover, *([units] if units else [])])
    ground = opened_cover(cover, legend)
    lines = read_beside(roads, ground, "line", layer=layer, where=where, crs=crs)
    words = _words(grades)
    usual = usual_columns(lines, words)
    called = column_of(lines, "road", "--name", roads, name or usual.get("road"))
    ranked = column_of(lines, "grade", "--grade", roads, grade or usual.get("grade"))
    belongs = read_units(units, ground, layer=units_layer, column=unit)
    with progress_bar() as progress:
        greening = roadside_greening(
            lines,
            ground,
            road=called,
            grade=ranked,
            ref=usual.get("ref"),
            grades=words,
            bridge=bridge,
            tunnel=tunnel,
            progress=progress,
            **belongs,
        )
    write_corridor(greening, out)


def _words(given: str | None) -> Words | None:
    """A scheme by its name, or words with the grade that each stands for."""
    if given is None or "=" not in given:
        return given
    pairs = [one.partition("=") for one in listed(given)]
    return {word.strip(): stands_for.strip() for word, _, stands_for in pairs}
