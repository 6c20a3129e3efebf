"""``greencover check``: validate a campaign file and say what it computes, without computing."""

from __future__ import annotations

from pathlib import Path

import click

from greencover.cli.options import FILE, lang_option
from greencover.cli.speech import Command
from greencover.words import language


@click.command("check", cls=Command)
@click.argument("campaign", type=FILE)
@lang_option(both=False, says="lang_spoken", expose_value=False)
def command(campaign: Path) -> None:
    """Explain a campaign in the language in force."""
    from greencover.campaign import Campaign
    from greencover.campaign.explain import explain, page

    click.echo(page(explain(Campaign.read(campaign).open()), language()))
