"""``greencover field-sample``: draw station sides to check, and write forms for the field."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from greencover.cli.options import BOTH, FILE, lang_option, listed
from greencover.cli.speech import Command, option, said
from greencover.cli.terminal import progress_bar

if TYPE_CHECKING:
    from greencover.corridor.field_columns import MapDatum

DATUMS: dict[str, MapDatum] = {"wgs84": "WGS 84", "gcj02": "GCJ-02"}


@click.command("field-sample", cls=Command)
@click.argument("campaign", type=FILE)
@option("--out", type=FILE, required=True, says="out_forms")
@option("--sides", "n", type=click.IntRange(min=1), default=200, show_default=True)
@option("--by", default="", metavar="LIST", says="by")
@option("--seed", metavar="TEXT")
@option("--datum", type=click.Choice([*DATUMS]), default="wgs84", show_default=True)
@lang_option(both=True, default=BOTH, show_default=True)
def command(
    campaign: Path, out: Path, n: int, by: str, seed: str | None, datum: str, lang: Any
) -> None:
    """Draw a sample of the campaign's roadsides."""
    from greencover.corridor import field_sample
    from greencover.ground.writing import check_folder
    from greencover.results.field_forms import FILES, write_field_forms

    def takes_forms(inputs: tuple[Path, ...]) -> None:
        check_folder(out, ours=FILES, inputs=inputs)

    with progress_bar() as progress:
        greening = roadside_of(campaign, progress, before=takes_forms)
    sample = field_sample(greening, n, by=listed(by), seed=seed)
    for path in write_field_forms(sample, out, lang=lang, datum=DATUMS[datum]).values():
        click.echo(path)
    click.echo(said("cli.sides_drawn", count=len(sample), frame=sample["frame"].iloc[0]))


def roadside_of(
    campaign: Path, progress: Any, *, before: Callable[[tuple[Path, ...]], object] | None = None
) -> Any:
    """The station sides of a campaign's roads; ``before`` as of ``assess``."""
    from greencover.ground.errors import CampaignError
    from greencover.results import assess

    greening = assess(campaign, before=before, progress=progress).roadside
    if greening is None:
        raise CampaignError("cli.no_roads", path=campaign)
    return greening
