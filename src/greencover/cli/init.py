"""``greencover init``: a campaign file drafted from the files at hand."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from greencover.cli.options import FILE, SOURCE, lang_option
from greencover.cli.speech import Command, UsageMistake, option, said
from greencover.ground.notes import Note
from greencover.ground.places import is_no_text
from greencover.words import Listed

if TYPE_CHECKING:
    from greencover.campaign.asking import Question


@click.command("init", cls=Command)
@click.argument("place", type=SOURCE, nargs=-1, required=True)
@option("--out", type=FILE, default=Path("campaign.toml"), show_default=True, says="out_campaign")
@option("--interactive", is_flag=True)
@lang_option(both=False, says="lang_spoken", expose_value=False)
def command(place: tuple[Path | str, ...], out: Path, interactive: bool) -> None:
    """Draft a campaign, and say whether it can be used."""
    from greencover.campaign.drafting import draft
    from greencover.ground.errors import CampaignError, OutputError
    from greencover.ground.writing import replacing

    if out.exists():
        raise OutputError("cli.draft_there", path=out)
    drafted = draft(place, out.absolute().parent, _answer if interactive else None)
    with replacing(out) as file:
        file.write_text(drafted.text, encoding="utf-8", newline="\n")
    if drafted.refused is not None:
        raise CampaignError("cli.draft_refused", path=out, error=drafted.refused)
    for note in drafted.unused:
        click.echo(said("cli.note", note=note), err=True)
    if drafted.guessed:
        guessed = Listed.every(drafted.guessed)
        click.echo(said("cli.note", note=said("cli.draft_guessed", keys=guessed)), err=True)
    click.echo(said("cli.draft_written", path=out))


def _answer(question: Question) -> Any:
    """Ask on the terminal; the empty answer is the guess."""
    code = "cli.asked_of" if question.about else "cli.asked"
    try:
        answer = click.prompt(
            said(code, key=question.key, about=question.about),
            default=question.guessed,
            type=click.Choice(question.choices) if question.choices else type(question.guessed),
        )
    except click.Abort as end:
        if isinstance(end.__context__, EOFError):
            raise UsageMistake(Note("cli.nobody_answers", key=question.key)) from end
        raise
    except (RuntimeError, ValueError, OSError) as error:
        # Python has no stream to read from, or a closed one.
        raise UsageMistake(Note("cli.nobody_answers", key=question.key)) from error
    if is_no_text(str(answer)):
        raise UsageMistake(Note("cli.answer_no_text", key=question.key))
    return answer
