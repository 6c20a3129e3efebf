"""``greencover schema``: every key of a campaign file with its meaning, for editors."""

from __future__ import annotations

import json
from pathlib import Path

import click

from greencover.cli.options import BOTH, FILE, lang_option
from greencover.cli.speech import Command, option


@click.command("schema", cls=Command)
@option("--out", type=FILE, says="out_schema")
@lang_option(both=True, default=BOTH, show_default=True)
def command(out: Path | None, lang: str) -> None:
    """Print the JSON Schema of campaign files, or write it; a name in .md gets a page to read."""
    from greencover.campaign.key_reference import key_reference
    from greencover.campaign.schema import json_schema
    from greencover.ground.writing import replacing
    from greencover.words import languages

    said = languages() if lang == BOTH else [lang]
    if out is not None and out.suffix.casefold() == ".md":
        text = key_reference(said)
    else:
        text = json.dumps(json_schema(said), ensure_ascii=False, indent=2)
    if out is None:
        click.echo(text)
        return
    with replacing(out) as draft:
        draft.write_text(text + "\n", encoding="utf-8", newline="\n")
    click.echo(out)
