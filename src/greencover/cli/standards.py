"""``greencover standards``: the built-in target sets, or the targets of one."""

from __future__ import annotations

import click

from greencover.cli.legends import names
from greencover.cli.options import BOTH, lang_option
from greencover.cli.speech import Command, said
from greencover.words import language


@click.command("standards", cls=Command)
@click.argument("name", required=False)
@lang_option(both=True, default=BOTH, show_default=True)
def command(name: str | None, lang: str) -> None:
    """List standards, or show one."""
    from greencover.campaign.targets import limits_of
    from greencover.standards import available, load

    if name is None:
        for key in available():
            standard = load(key)
            click.echo(f"{key:<34}{names(standard.title, standard.title_zh, lang)}")
        return
    standard = load(name)
    click.echo(names(standard.title, standard.title_zh, lang))
    for target in standard.targets:
        figure = (
            "" if target.value is None else f"{target.comparison} {target.value:g} {target.unit}"
        )
        seen = target.confidence
        if not target.verified:
            seen = said("cli.not_verified", confidence=seen)
        called = names(target.name, target.name_zh, lang)
        limits = "; ".join(limit.said(language()) for limit in limits_of(target))
        click.echo(
            f"{target.level:<11}{figure:<16}{called}{f' ({limits})' if limits else ''} [{seen}]"
        )
    click.echo(said("cli.source", source=standard.source))
    for note in standard.notes:
        click.echo(note)
