"""From a campaign file to its settings, or to one sentence that a forester can act on."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar, get_args, get_origin

from pydantic import BaseModel, ValidationError

from greencover.campaign.model import Settings
from greencover.ground.errors import CampaignError
from greencover.ground.places import exists
from greencover.indicators.registry import Indicator, indicators

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo
    from pydantic_core import ErrorDetails

# Nobody writes a campaign by hand that is longer; whatever is was named by mistake.
_LARGEST_FILE = 1_000_000

_KINDS = {
    "string_type": "must be text in quotes",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "finite_number": "must be a finite number",
    "bool_type": "must be true or false",
    "dict_type": "must be a section of its own",
    "model_type": "must be a section of its own",
    "model_attributes_type": "must be a section of its own",
}

Kind = TypeVar("Kind", bound=Settings)


def read_campaign(path: str | Path, kind: type[Kind]) -> Kind:
    """Read, validate and resolve a campaign file as its settings."""
    path = Path(path)
    data = _parse(path)
    records = _records_of(data, path)
    context = {"folder": path.parent, "records": records}
    try:
        campaign = kind.model_validate(data, context=context)
    except ValidationError as error:
        raise CampaignError(f"{path}: {_sentence(error)}") from error
    campaign._file, campaign._records = path, records
    return campaign


def key_name(keys: tuple[int | str, ...]) -> str:
    """Return the dotted name of a key; items of a list are counted from 1.

    Examples
    --------
    >>> key_name(("target", 0, "level"))
    'target[1].level'
    """
    name = ""
    for key in keys:
        name += f"[{key + 1}]" if isinstance(key, int) else f".{key}" if name else key
    return name


def meaning_of(*keys: int | str) -> str:
    """Return what a key of the campaign file means."""
    field = _field(keys) or _field(keys[:-1])
    return (field.description or "") if field is not None else ""


def _records_of(data: dict[str, Any], path: Path) -> Mapping[str, Indicator]:
    """Records of indicators, with those of the folder that the file names or has beside it."""
    named = data.get("indicators")
    if isinstance(named, str) and named.strip():
        return indicators(path.parent / Path(named.strip()).expanduser())
    beside = path.parent / "indicators"
    return indicators(beside if any(beside.glob("*.toml")) else None)


def _parse(path: Path) -> dict[str, Any]:
    if not exists(path):
        raise CampaignError(f"The campaign file {path} does not exist: check the path.")
    if not path.is_file():
        raise CampaignError(f"The campaign file {path} is a folder: name the TOML file inside it.")
    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise CampaignError(f"The campaign file {path} is no campaign: it is over 1 MB long.")
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise CampaignError(
            f"The campaign file {path} is not UTF-8 text: save it again with the encoding UTF-8."
        ) from error
    except OSError as error:
        raise CampaignError(
            f"The campaign file {path} cannot be read ({error.strerror}): check its permissions."
        ) from error
    try:
        # With a last line break, mistakes of the last line have a place as well.
        return tomllib.loads(text + "\n")
    except tomllib.TOMLDecodeError as error:
        place = re.search(r" ?\(at (.*)\)$", str(error))
        reason = str(error)[: place.start()] if place else str(error)
        where = f" at {place.group(1)}" if place else ""
        raise CampaignError(
            f"The campaign file {path} is not valid TOML{where} ({reason}): text values need "
            "quotes, each key stands once, and backslashes in paths are written as slashes."
        ) from error
    except RecursionError as error:
        raise CampaignError(f"The campaign file {path} nests too deeply: flatten it.") from error


def _sentence(error: ValidationError) -> str:
    mistakes = _worth_telling(error.errors(include_url=False))
    first = _mistake(mistakes[0])
    others = [key_name(_location(mistake)) for mistake in mistakes[1:]]
    if not others:
        return f"{first}."
    more = "1 more mistake" if len(others) == 1 else f"{len(others)} more mistakes"
    return f"{first} (and {more}: {', '.join(dict.fromkeys(others))})."


def _worth_telling(errors: list[ErrorDetails]) -> list[ErrorDetails]:
    """Put unknown keys first and drop the missing keys that they were meant to be."""
    unknown = [error for error in errors if error["type"] == "extra_forbidden"]
    meant = {
        (*error["loc"][:-1], close)
        for error in unknown
        if (close := _closest(error["loc"])) is not None
    }
    rest = [
        error
        for error in errors
        if error not in unknown and not (error["type"] == "missing" and error["loc"] in meant)
    ]
    return unknown + rest


def _mistake(error: ErrorDetails) -> str:
    keys = _location(error)
    name = key_name(keys)
    if error["type"] == "extra_forbidden":
        return _unknown_key(keys)
    meaning = meaning_of(*keys)
    subject = f"{name} ({meaning})" if meaning else name
    if error["type"] == "missing":
        return f"{subject} is missing: {_remedy(keys)}"
    given = "" if isinstance(error["input"], dict) else f", but is {_shown(error['input'])}"
    about_several = error["type"] == "value_error" and _model(keys) is not None
    return (
        f"{subject} {_rule(error)}{given}: {'correct its keys' if about_several else _remedy(keys)}"
    )


def _unknown_key(keys: tuple[int | str, ...]) -> str:
    name = key_name(keys)
    close = _closest(keys)
    if close is not None:
        meaning = meaning_of(*keys[:-1], close)
        return f"{name} is no key of a campaign file: write {close} ({meaning}), if that is meant"
    known = ", ".join(_keys_of(_model(keys[:-1])))
    place = f"[{key_name(keys[:-1])}]" if len(keys) > 1 else "the top of the file"
    return f"{name} is no key of a campaign file: remove it; {place} takes {known}"


def _rule(error: ErrorDetails) -> str:
    kind = error["type"]
    if kind == "value_error":
        return str(error["ctx"]["error"])
    if kind == "literal_error":
        return f"must be {error['ctx']['expected']}"
    return _KINDS.get(kind, error["msg"])


def _remedy(keys: tuple[int | str, ...]) -> str:
    field = _field(keys)
    if field is not None and field.examples:
        return _proposed_line(str(keys[-1]), field.examples[0], keys[:-1])
    if field is not None and _model(keys) is not None:
        return f"write a section [{key_name(keys)}]"
    table = _field(keys[:-1])
    if table is not None and table.examples and isinstance(table.examples[0], dict):
        return _proposed_line(*next(iter(table.examples[0].items())), keys[:-1])
    return "correct it"


def _proposed_line(key: str, value: Any, section: tuple[int | str, ...]) -> str:
    under = f" under [{key_name(section)}]" if section else ""
    return f"write a line such as {key} = {_toml(value)}{under}"


def _location(error: ErrorDetails) -> tuple[int | str, ...]:
    """Return the keys of a mistake without the marks that the validator adds for its own use."""
    keys = error["loc"]
    return keys[:-1] if keys and keys[-1] == "[key]" else keys


def _closest(keys: tuple[int | str, ...]) -> str | None:
    close = difflib.get_close_matches(
        str(keys[-1]).lower(), _keys_of(_model(keys[:-1])), cutoff=0.7
    )
    return close[0] if close else None


def _keys_of(model: type[BaseModel] | None) -> list[str]:
    if model is None:
        return []
    return [field.alias or name for name, field in model.model_fields.items()]


def _field(keys: tuple[int | str, ...]) -> FieldInfo | None:
    """Return the field that a key stands for, or None inside free tables."""
    if not keys:
        return None
    if isinstance(keys[-1], int):
        return None
    model = _model(keys[:-1])
    if model is None:
        return None
    for name, field in model.model_fields.items():
        if keys[-1] == (field.alias or name):
            return field
    return None


def _model(keys: tuple[int | str, ...]) -> type[BaseModel] | None:
    """Return the model of the section that the keys lead to."""
    if not keys:
        return Settings
    if isinstance(keys[-1], int):
        return _model(keys[:-1])
    field = _field(keys)
    return None if field is None else _model_in(field.annotation)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if get_origin(annotation) is Literal:
        return None
    found = (_model_in(inner) for inner in get_args(annotation))
    return next((model for model in found if model is not None), None)


def _shown(value: Any) -> str:
    text = _toml(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, list):
        return f"[{', '.join(_toml(one) for one in value)}]"
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{key} = {_toml(one)}' for key, one in value.items())} }}"
    return str(value)
