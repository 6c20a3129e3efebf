"""From a campaign file to its settings, or to one sentence that a forester can act on."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar, get_args, get_origin

from pydantic import BaseModel, ValidationError

from greencover.campaign.model import Settings
from greencover.ground.data_files import LARGEST_BYTES, toml_mistake
from greencover.ground.errors import CampaignError
from greencover.ground.notes import Note
from greencover.ground.places import exists, is_pipe_or_device, refuse_unseen
from greencover.indicators.registry import Indicator, indicators
from greencover.words import Listed

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo
    from pydantic_core import ErrorDetails

# What the validator calls a mistake, and the rule that is told.
_RULES = {
    "string_type": "text",
    "int_type": "whole_number",
    "int_from_float": "whole_number",
    "float_type": "number",
    "finite_number": "finite_number",
    "bool_type": "truth",
    "dict_type": "section",
    "model_type": "section",
    "model_attributes_type": "section",
}
Kind = TypeVar("Kind", bound=Settings)


def read_campaign(path: str | Path, kind: type[Kind]) -> Kind:
    """Read, validate and resolve a campaign file as its settings."""
    path = Path(path)
    return campaign_of(parsed(path), path, kind)


def campaign_of(data: dict[str, Any], path: Path, kind: type[Kind]) -> Kind:
    """Validate what a file says of a campaign, and resolve paths beside that file."""
    records = _records_of(data, path)
    context = {"folder": path.parent, "records": records}
    try:
        campaign = kind.model_validate(data, context=context)
    except ValidationError as error:
        raise _complaint(error, path) from error
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


def meaning_of(*keys: int | str) -> Note | str:
    """Return what a key of the campaign file means; empty for none that is known."""
    field = _field(keys) or _field(keys[:-1])
    return Note(field.description) if field is not None and field.description else ""


def with_meaning(keys: tuple[int | str, ...]) -> Note | str:
    """Return the name of a key, and what it means in brackets."""
    name, meaning = key_name(keys), meaning_of(*keys)
    return Note("campaign.key_and_meaning", key=name, meaning=meaning) if meaning else name


def _records_of(data: dict[str, Any], path: Path) -> Mapping[str, Indicator]:
    """Records of indicators, with those of the folder that the file names or has beside it."""
    named = data.get("indicators")
    if isinstance(named, str) and named.strip():
        folder = path.parent / Path(named.strip()).expanduser()
        refuse_unseen(folder, CampaignError)
        return indicators(folder)
    beside = path.parent / "indicators"
    return indicators(beside if any(beside.glob("*.toml")) else None)


def parsed(path: Path) -> dict[str, Any]:
    """What a TOML file says, or one sentence on why it cannot be read."""
    if not exists(path):
        refuse_unseen(path, CampaignError)
        raise CampaignError("campaign.file_absent", path=path)
    if is_pipe_or_device(path):
        raise CampaignError("campaign.file_no_file", path=path)
    if not path.is_file():
        raise CampaignError("campaign.file_folder", path=path)
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise CampaignError("campaign.file_long", path=path)
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise CampaignError("campaign.file_encoding", path=path) from error
    except OSError as error:
        raise CampaignError("campaign.file_unread", path=path, reason=error.strerror) from error
    try:
        # With a last line break, mistakes of the last line have a place as well.
        return tomllib.loads(text + "\n")
    except tomllib.TOMLDecodeError as error:
        reason, place = toml_mistake(error)
        raise CampaignError("campaign.file_toml", path=path, place=place, reason=reason) from error
    except RecursionError as error:
        raise CampaignError("campaign.file_nested", path=path) from error


def _complaint(error: ValidationError, path: Path) -> CampaignError:
    mistakes = _worth_telling(error.errors(include_url=False))
    first = _mistake(mistakes[0])
    others = [key_name(_location(mistake)) for mistake in mistakes[1:]]
    if not others:
        return CampaignError("campaign.wrong", path=path, mistake=first)
    return CampaignError(
        "campaign.wrong_and_more",
        path=path,
        mistake=first,
        count=len(others),
        others=Listed.every(dict.fromkeys(others)),
    )


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


def _mistake(error: ErrorDetails) -> Note:
    keys = _location(error)
    if error["type"] == "extra_forbidden":
        return _unknown_key(keys)
    if error["type"] == "missing":
        return Note("campaign.key_missing", key=with_meaning(keys), remedy=_remedy(keys))
    about_several = error["type"] == "value_error" and _model(keys) is not None
    said: dict[str, Any] = {
        "key": with_meaning(keys),
        "rule": _rule(error, keys),
        "remedy": Note("campaign.remedy.keys") if about_several else _remedy(keys),
    }
    if isinstance(error["input"], dict):
        return Note("campaign.key_wrong", **said)
    return Note("campaign.key_wrong_given", given=_shown(error["input"]), **said)


def _unknown_key(keys: tuple[int | str, ...]) -> Note:
    name = key_name(keys)
    close = _closest(keys)
    if close is not None:
        meant = Note("campaign.key_and_meaning", key=close, meaning=meaning_of(*keys[:-1], close))
        return Note("campaign.key_unknown_close", key=name, meant=meant)
    known = Listed.every(_keys_of(_model(keys[:-1])))
    place = f"[{key_name(keys[:-1])}]" if len(keys) > 1 else Note("campaign.top_of_file")
    return Note("campaign.key_unknown", key=name, place=place, known=known)


def _rule(error: ErrorDetails, keys: tuple[int | str, ...]) -> Note | CampaignError:
    kind = error["type"]
    if kind == "value_error":
        own: CampaignError = error["ctx"]["error"]
        return own
    if kind == "literal_error":
        field = _field(keys) or _field(keys[:-1])
        words = map(repr, _words_of(field.annotation)) if field is not None else ()
        return Note("campaign.rule.one_of", known=Listed.every(words, last="or"))
    return Note(f"campaign.rule.{_RULES.get(kind, 'other')}")


def _words_of(annotation: Any) -> tuple[str, ...]:
    """Return the words that a key may be, which stand somewhere inside its kind."""
    if get_origin(annotation) is Literal:
        return get_args(annotation)
    return next(filter(None, map(_words_of, get_args(annotation))), ())


def _remedy(keys: tuple[int | str, ...]) -> Note:
    field = _field(keys)
    if field is not None and field.examples:
        return _proposed_line(str(keys[-1]), field.examples[0], keys[:-1])
    if field is not None and _model(keys) is not None:
        return Note("campaign.remedy.section", section=key_name(keys))
    table = _field(keys[:-1])
    if table is not None and table.examples and isinstance(table.examples[0], dict):
        return _proposed_line(*next(iter(table.examples[0].items())), keys[:-1])
    return Note("campaign.remedy.none")


def _proposed_line(key: str, value: Any, section: tuple[int | str, ...]) -> Note:
    line = f"{key} = {_toml(value)}"
    if not section:
        return Note("campaign.remedy.line", line=line)
    return Note("campaign.remedy.line_under", line=line, section=key_name(section))


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
