"""What the command line says of itself, in the language in force: help, usage, mistakes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import click

from greencover.ground.notes import Note
from greencover.words import Listed, language

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


def said(code: str, **values: Any) -> str:
    """The sentence of a code in the language in force."""
    return Note(code, **values).said(language())


class UsageMistake(click.UsageError):
    """A command was given something that it does not take; told by a note or an error of ours."""

    def __init__(self, told: Note | Exception, context: click.Context | None = None) -> None:
        super().__init__(str(told), context)
        self.told = told


class Option(click.Option):
    """An option that the catalogues describe, under ``[cli.option]``.

    Parameters
    ----------
    says
        Code of the description, by default the option's name.
    values
        Gives what the description speaks of, when it is asked for.
    """

    def __init__(
        self,
        *names: Any,
        says: str = "",
        values: Callable[[], dict[str, Any]] = dict,
        **more: Any,
    ) -> None:
        super().__init__(*names, **more)
        self.says = says or str(self.name)
        self.values = values


def option(*names: str, **more: Any) -> Callable[[Decorated], Decorated]:
    """Like ``click.option``, described by the catalogues."""
    return click.option(*names, cls=Option, **more)


class Command(click.Command):
    """A command whose help is in the catalogues, under ``[cli.help]``."""

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the line of usage."""
        pieces = " ".join(self.collect_usage_pieces(ctx))
        formatter.write_usage(ctx.command_path, pieces, said("cli.usage"))

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write what the command is for."""
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(said(f"cli.help.{self.name}"))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options."""
        with formatter.section(said("cli.options")):
            formatter.write_dl(list(_described(ctx, self.get_params(ctx))))

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Refuse what is left over, or not complete, in a sentence of ours."""
        takes_rest, ctx.allow_extra_args = ctx.allow_extra_args, True
        try:
            rest = super().parse_args(ctx, args)
        except click.BadOptionUsage as error:
            given = error.option_name
            flags = {name for one in self.params if getattr(one, "is_flag", 0) for name in one.opts}
            code = "cli.value_unwanted" if given in flags else "cli.value_missing"
            raise UsageMistake(Note(code, option=given), ctx) from error
        ctx.allow_extra_args = takes_rest
        if rest and not takes_rest and not ctx.resilient_parsing:
            left_over = " ".join(map(str, rest))
            raise UsageMistake(Note("cli.extra_arguments", arguments=left_over), ctx)
        return rest


def _described(
    ctx: click.Context, parameters: Iterable[click.Parameter]
) -> Iterable[tuple[str, str]]:
    for one in parameters:
        record = one.get_help_record(ctx)
        if record is None or not isinstance(one, click.Option):
            continue
        # The one option that is not of ours is click's own, for help.
        text = said("cli.option.help")
        if isinstance(one, Option):
            text = said(f"cli.option.{one.says}", **one.values())
        if one.show_default:
            text += said("cli.default", value=one.default)
        yield record[0], text + (said("cli.required") if one.required else "")


def show(error: click.ClickException) -> None:
    """Print what is wrong with a command, and how it is used."""
    if type(error).__name__ == "NoArgsIsHelpError":
        error.show()
        return
    context = getattr(error, "ctx", None)
    if context is not None:
        click.echo(context.get_usage(), err=True)
        click.echo(said("cli.try_help", command=context.command_path) + "\n", err=True)
    click.echo(said("cli.error", mistake=_mistake(error)), err=True)


def _mistake(error: click.ClickException) -> Note | Exception:
    if isinstance(error, UsageMistake):
        return error.told
    if isinstance(error, click.NoSuchOption):
        close = Listed.every(error.possibilities or ())
        code = "cli.no_such_option_close" if close.names else "cli.no_such_option"
        return Note(code, option=error.option_name, close=close)
    if isinstance(error, click.MissingParameter):
        missing = "argument" if isinstance(error.param, click.Argument) else "option"
        return Note(f"cli.{missing}_missing", name=_name(error))
    if isinstance(error, click.BadParameter):
        kind = error.param.type if error.param is not None else None
        if isinstance(kind, click.Choice):
            return Note("cli.no_choice", name=_name(error), known=Listed.every(kind.choices))
        whole = isinstance(kind, click.types.IntParamType)
        return Note("cli.no_whole_number" if whole else "cli.bad_value", name=_name(error))
    return Note("cli.misused")


def _name(error: click.BadParameter) -> str:
    hint = error.param_hint
    if hint is None and error.param is not None:
        hint = error.param.get_error_hint(error.ctx)
    return " / ".join(hint) if isinstance(hint, list | tuple) else str(hint)
