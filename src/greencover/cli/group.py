"""The commands there are."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import click

from greencover.cli.options import lang_option
from greencover.cli.speech import Command, Option, UsageMistake, option, said
from greencover.cli.terminal import log_on_stderr
from greencover.ground.notes import Note
from greencover.words import Listed

#: Commands in the order of help; each is ``command`` of the module of its name, with _ for -.
COMMANDS = (
    "init",
    "assess",
    "programme",
    "check",
    "schema",
    "areas",
    "fetch-cover",
    "roadside",
    "waterside",
    "sums",
    "change",
    "compare",
    "field-sample",
    "field-result",
    "survival-sample",
    "legends",
    "standards",
    "demo",
)


class Group(Command, click.Group):
    """The commands, each imported when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Names of the commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """A command by its name."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"greencover.cli.{cmd_name.replace('-', '_')}")
        command: click.Command = module.command
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """Refuse a command that there is not in a sentence of ours."""
        if args[0] not in COMMANDS and not args[0].startswith("-"):
            known = Listed.every(COMMANDS)
            raise UsageMistake(Note("cli.no_such_command", command=args[0], known=known), ctx)
        return super().resolve_command(ctx, args)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, and the commands with what each is for."""
        super().format_options(ctx, formatter)
        with formatter.section(said("cli.commands")):
            formatter.write_dl([(name, said(f"cli.help.{name}")) for name in COMMANDS])


@click.group("greencover", cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="greencover", cls=Option, message="%(prog)s %(version)s")
@option("-v", "--verbose", is_flag=True)
@lang_option(both=False, says="lang_spoken", expose_value=False)
@click.pass_context
def commands(context: click.Context, verbose: bool) -> None:
    """Run the command that is named."""
    if verbose:
        context.with_resource(log_on_stderr())
