"""Data files that people add: which are built in, where one lies, and what its TOML says.

Legends and standards are read through here, so that a mistake in either is told alike.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from greencover.ground.errors import GreencoverError
from greencover.ground.notes import Note
from greencover.ground.places import is_file, is_pipe_or_device, refuse_unseen
from greencover.ground.plugins import folders
from greencover.words import Listed

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

#: Nobody writes such a file, or a campaign, by hand that is longer.
LARGEST_BYTES = 1_000_000

#: Keys of a table with the kind of their values.
Keys = Mapping[str, type]

# What the validator calls a mistake, and the rule that a forester is told.
_RULES = {
    "dict_type": "table",
    "model_type": "table",
    "list_type": "list",
    "tuple_type": "list",
    "string_type": "text",
    "float_type": "number",
    "int_type": "number",
    "finite_number": "finite",
    "bool_type": "truth",
    "too_short": "short",
    "string_pattern_mismatch": "share",
}


def built_in(folder: Path, *, other: Iterable[str] = ()) -> tuple[str, ...]:
    """List the keys of the data files in a folder, but those that hold something else."""
    left_out = set(other)
    return tuple(sorted(path.stem for path in folder.glob("*.toml") if path.stem not in left_out))


def known(
    folder: Path, *, other: Iterable[str] = (), group: str, beside: Path | None = None
) -> dict[str, Path]:
    """Data files of a kind by key.

    Parameters
    ----------
    folder, other
        See :func:`built_in`.
    group
        Entry points of packages that bring folders of such files.
    beside
        A folder beside a campaign; its files go before those of packages, and these before ours.
    """
    every = (folder, *folders(group), *(() if beside is None else (beside,)))
    return {key: one / f"{key}.toml" for one in every for key in built_in(one, other=other)}


def find(
    given: str | Path,
    keys: tuple[str, ...],
    folder: Path,
    *,
    kind: str,
    error: type[GreencoverError],
    beside: Path | None = None,
) -> Path:
    """Return the file that a key or a path means.

    Parameters
    ----------
    given
        A key, or a path.
    keys, folder
        The keys that are built in, and where their files lie.
    kind, error
        What such a file is, a key of ``[labels.data_files]``, and the error that messages are
        raised as.
    beside
        Folder that paths are relative to; by default the current one.
    """
    if isinstance(given, str) and given in keys:
        return folder / f"{given}.toml"
    path = beside / given if beside else Path(given)
    refuse_unseen(path, error)
    if isinstance(given, str) and path.suffix != ".toml" and not is_file(path):
        raise error(
            "ground.data_file_unknown",
            kind=kind,
            given=given,
            hint=suggestion(given.lower(), keys),
            known=Listed.every(keys),
        )
    return path


def read(path: Path, *, kind: str, error: type[GreencoverError]) -> dict[str, Any]:
    """Parse a TOML file, or say in one sentence why it cannot be."""
    if is_pipe_or_device(path):
        raise error("ground.data_file_no_file", kind=kind, path=path)
    try:
        if path.is_file() and path.stat().st_size > LARGEST_BYTES:
            raise error("ground.data_file_long", kind=kind, path=path)
        # Windows editors put a byte-order mark in front, which tomllib refuses.
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise error("ground.data_file_absent", kind=kind, path=path) from None
    except UnicodeDecodeError:
        raise error("ground.data_file_encoding", kind=kind, path=path) from None
    except tomllib.TOMLDecodeError as mistake:
        reason, place = toml_mistake(mistake)
        raise error(
            "ground.data_file_toml", kind=kind, path=path, reason=reason, place=place
        ) from None
    except RecursionError:
        raise error("ground.data_file_nested", kind=kind, path=path) from None
    except OSError as mistake:
        raise error(
            "ground.data_file_unread", kind=kind, path=path, reason=mistake.strerror
        ) from None


def check_keys(
    table: Mapping[str, Any],
    known: Keys,
    *,
    where: str,
    required: Iterable[str] = (),
    error: type[GreencoverError],
) -> None:
    """Refuse a table that lacks a key, has an unknown one, or a value of another kind.

    Parameters
    ----------
    table
        What a file, or an entry of it, says.
    known
        Keys with the kind of their values; float takes whole numbers as well.
    where
        How messages call the table.
    required
        Keys that must be there.
    error
        What such mistakes are raised as.
    """
    for key in required:
        if key not in table:
            raise error("ground.key_missing", where=where, key=key)
    for key, value in table.items():
        if key not in known:
            hint = suggestion(key, known)
            raise error(
                "ground.key_unknown", where=where, key=key, hint=hint, known=Listed.every(known)
            )
        kind = known[key]
        fits = isinstance(value, (int, float) if kind is float else kind)
        # In Python true and false are whole numbers; in a data file they are a mistake.
        if not fits or (isinstance(value, bool) and kind is not bool):
            raise error(
                "ground.key_of_another_kind",
                where=where,
                key=key,
                given=repr(value),
                kind=kind.__name__,
            )


def complaint(
    mistake: ErrorDetails,
    key: str,
    where: object,
    known: Iterable[str],
    *,
    error: type[GreencoverError],
) -> GreencoverError:
    """Say what a validator found wrong with an entry of a data file.

    Parameters
    ----------
    mistake
        One of the errors of pydantic.
    key, where
        The key that is wrong, empty for the entry as a whole, and how messages call the entry.
    known
        Keys that may stand where this one does.
    error
        What such mistakes are raised as.
    """
    if mistake["type"] == "missing":
        return error("ground.entry.missing", where=where, key=key)
    if mistake["type"] == "extra_forbidden":
        hint = suggestion(key.rpartition(".")[2], known)
        return error("ground.entry.unknown", where=where, key=key, hint=hint)
    place = Note("ground.entry.key", where=where, key=key) if key else where
    rule, given = _rule(mistake), mistake["input"]
    if isinstance(given, dict):
        return error("ground.entry.wrong", where=place, rule=rule)
    return error("ground.entry.wrong_given", where=place, rule=rule, given=given)


def _rule(mistake: ErrorDetails) -> object:
    kind = mistake["type"]
    if kind == "value_error":
        return mistake["ctx"]["error"]
    if kind == "literal_error":
        *words, last = mistake["ctx"]["expected"].split(" or ")
        known = [*(word for part in words for word in part.split(", ")), last]
        return Note("ground.entry.rule.one_of", known=Listed.every(known, last="or"))
    return Note(f"ground.entry.rule.{_RULES.get(kind, 'other')}")


def closest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that is probably meant, whatever the case; None if nothing is close.

    Examples
    --------
    >>> closest("Treee", ["tree", "grass"]), closest("water", ["tree", "grass"])
    ('tree', None)
    """
    by_plain = {one.lower(): one for one in reversed(list(known))}
    close = difflib.get_close_matches(word.lower(), list(by_plain), n=1)
    return by_plain[close[0]] if close else None


def toml_mistake(mistake: tomllib.TOMLDecodeError) -> tuple[str, Note]:
    """Return what the parser says is wrong, and where.

    Examples
    --------
    >>> try:
    ...     tomllib.loads("title =")
    ... except tomllib.TOMLDecodeError as mistake:
    ...     toml_mistake(mistake)
    ('Invalid value', 'end of document')
    """
    reason, _, place = str(mistake).removesuffix(")").rpartition(" (at ")
    numbers = [int(word) for word in place.replace(",", " ").split() if word.isdigit()]
    if len(numbers) != 2:
        return reason, Note("ground.toml_end")
    return reason, Note("ground.toml_place", line=numbers[0], column=numbers[1])


def suggestion(word: str, known: Iterable[str]) -> Note | str:
    """Phrase the closest known word as a question in brackets; empty if nothing is close."""
    meant = closest(word, known)
    return "" if meant is None else Note("ground.did_you_mean", word=meant)
