"""``greencover roadside``: roads and a land cover, without a campaign."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from greencover.cli.options import FILE, SOURCE, corridor_options, listed
from greencover.cli.speech import Command, option
from greencover.cli.terminal import progress_bar

if TYPE_CHECKING:
    from greencover.corridor.grade_schemes import Words


@click.command("roadside", cls=Command)
@click.argument("roads", type=SOURCE)
@click.argument("cover", type=SOURCE, nargs=-1, required=True)
@option("--legend", required=True)
@option("--out", type=FILE, required=True, says="out_folder")
@option("--name", metavar="COLUMN", says="road_name")
@option("--grade", metavar="COLUMN", says="road_grade")
@option("--grades", metavar="SCHEME|WORD=GRADE,...", says="road_grades")
@option("--bridge", metavar="COLUMN", says="road_bridge")
@option("--tunnel", metavar="COLUMN", says="road_tunnel")
@corridor_options
def command(
    roads: Path | str,
    cover: tuple[Path | str, ...],
    legend: str,
    out: Path,
    name: str | None,
    grade: str | None,
    grades: str | None,
    bridge: str | None,
    tunnel: str | None,
    **places: Any,
) -> None:
    """Judge the roadsides, and write what was found of them."""
    from greencover.cli.corridor_folder import column_of, read_corridor, write_corridor
    from greencover.corridor.grade_schemes import usual_columns
    from greencover.corridor.roadside import roadside_greening

    ground, lines, belongs = read_corridor("roadside", roads, cover, legend, out, **places)
    words = _words(grades)
    usual = usual_columns(lines, words)
    called = column_of(lines, "road", "--name", roads, name or usual.get("road"))
    ranked = column_of(lines, "grade", "--grade", roads, grade or usual.get("grade"))
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
