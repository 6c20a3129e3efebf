"""``greencover demo``: assess the sample county that comes with the package."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from greencover.cli.assess import assess_and_write, result_options
from greencover.cli.options import FILE
from greencover.cli.speech import Command, option, said
from greencover.ground.errors import GreencoverError


@click.command("demo", cls=Command)
@option("--out", type=FILE, default=Path("greencover-demo"), show_default=True, says="out_folder")
@result_options
def command(out: Path, **options: Any) -> int:
    """Assess the sample county."""
    campaign = _sample_campaign()
    if not (options["quiet"] or options["as_json"]):
        click.echo(said("cli.sample", path=campaign))
    return assess_and_write(campaign, out, **options)


def _sample_campaign() -> Path:
    """Find the sample beside the installed package or in the source tree it runs from."""
    package = Path(__file__).parent.parent
    for folder in (package / "sample", package.parent.parent / "data" / "sample"):
        if (folder / "campaign.toml").is_file():
            return folder / "campaign.toml"
    raise GreencoverError("cli.sample_absent", path=package / "sample")
