"""``greencover legends``: the built-in legends, or the classes of one."""

from __future__ import annotations

import click

from greencover.cli.options import BOTH, lang_option
from greencover.cli.speech import Command, said


@click.command("legends", cls=Command)
@click.argument("name", required=False)
@lang_option(both=True, default=BOTH, show_default=True)
def command(name: str | None, lang: str) -> None:
    """List legends, or show one."""
    from greencover.cover import Legend, available

    if name is None:
        for key in available():
            legend = Legend.load(key)
            cell = f"{legend.resolution_m:g} m" if legend.resolution_m else ""
            click.echo(f"{key:<18}{cell:<8}{names(legend.title, legend.title_zh, lang)}")
        return
    legend = Legend.load(name)
    click.echo(names(legend.title, legend.title_zh, lang))
    for entry in legend.classes:
        click.echo(
            f"{entry.code:>6}  {entry.cover:<9}{entry.colour}  "
            f"{names(entry.name, entry.name_zh, lang)}"
        )
    for code, reason in legend.unobserved.items():
        click.echo(f"{code:>6}  {said('cli.unobserved'):<19}{reason}")
    click.echo(said("cli.source", source=legend.source))
    click.echo(said("cli.licence", licence=legend.licence))
    for note in legend.notes:
        click.echo(note)


def names(en: str, zh: str, lang: str) -> str:
    """A name in one language, or in both with a dot between."""
    return {"en": en, "zh": zh or en}.get(lang, f"{en} · {zh}")
