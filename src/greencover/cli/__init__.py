"""The command line: every command is one call into the library, in a file of its own.

Commands are imported when they are called, and heavy packages inside them, so that help comes at
once.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import click

from greencover.cli.ending import ENDED, ending_in_order, on_a_stream, reported
from greencover.cli.group import commands
from greencover.cli.speech import said, show
from greencover.cli.terminal import notes_on_stderr, speak_chinese
from greencover.ground.errors import GreencoverError
from greencover.ground.places import is_no_text, readable
from greencover.words import language, languages, speaking

_MISTAKE = 2
_INTERRUPTED = 130
# As sysexits.h has them.
_OWN_MISTAKE, _WANT_OF_MEMORY, _CANNOT_PRINT = 70, 71, 74


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code.

    0: done; 2: a mistake in what was given; 3: a target asked for by ``--fail-on`` is not met;
    4: a county of a programme failed;
    70: a mistake of the program, written down in a file that the last line names; 71: want of
    memory; 74: what it prints cannot be printed; 130: interrupted; 143: asked to end.

    Examples
    --------
    >>> main(["legends", "clcd", "--lang", "zh"])  # doctest: +ELLIPSIS
    中国年度土地覆盖数据集（CLCD，30 米）
    ...
    0
    """
    speak_chinese()
    arguments = sys.argv[1:] if argv is None else list(argv)
    with speaking(_asked_for(arguments)), notes_on_stderr(), ending_in_order():
        # Read now, because no file can be opened where it is said that none can.
        said("cli.interrupted")
        try:
            _refuse_no_text(arguments)
            result = commands.main(arguments, prog_name="greencover", standalone_mode=False)
        except GreencoverError as error:
            click.echo(f"greencover: {' '.join(str(error).split())}", err=True)
            return _MISTAKE
        except click.ClickException as error:
            show(error)
            return _MISTAKE
        except (click.Abort, KeyboardInterrupt):
            click.echo(said("cli.interrupted"), err=True)
            return _INTERRUPTED
        except SystemExit as end:
            if end.code != ENDED:
                raise
            click.echo(said("cli.interrupted"), err=True)
            return ENDED
        except MemoryError:
            click.echo(said("cli.want_of_memory"), err=True)
            return _WANT_OF_MEMORY
        except Exception as error:
            return _last_door(error)
    return result if isinstance(result, int) else 0


def _refuse_no_text(arguments: Sequence[str]) -> None:
    for given in arguments:
        if is_no_text(given):
            raise GreencoverError("ground.name_no_text", path=readable(given))


def _last_door(error: Exception) -> int:
    """Tell what nobody foresaw in one sentence."""
    if on_a_stream(error):
        with suppress(OSError):
            click.echo(said("cli.cannot_print"), err=True)
        return _CANNOT_PRINT
    if isinstance(error, FileNotFoundError) and not _stands_somewhere():
        click.echo(said("cli.no_working_folder"), err=True)
        return _MISTAKE
    if isinstance(error, OSError) and error.filename is not None:
        told = said("cli.file_unusable", path=error.filename, reason=error.strerror)
        click.echo(told, err=True)
        return _MISTAKE
    kind, file = type(error).__name__, reported(error)
    code = "cli.own_mistake" if file is not None else "cli.own_mistake_unwritten"
    click.echo(said(code, kind=kind, path=file), err=True)
    return _OWN_MISTAKE


def _stands_somewhere() -> bool:
    """Whether the folder that the command was called in is still there."""
    try:
        return Path.cwd().is_dir()
    except OSError:
        return False


def _asked_for(arguments: Sequence[str]) -> str:
    """The language of ``--lang``, for all that is said from the first word on."""
    for one, following in pairwise([*arguments, ""]):
        given = one.removeprefix("--lang=") if one.startswith("--lang=") else following
        if one.startswith("--lang") and given in languages():
            return given
    return language()
