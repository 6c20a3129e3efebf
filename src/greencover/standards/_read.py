"""Standard files: which exist, what one says, and how one extends another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from greencover.accuracy.acceptance import Acceptance
from greencover.ground import data_files
from greencover.ground.data_files import suggestion
from greencover.ground.errors import AccuracyError, GreencoverError, StandardError
from greencover.ground.notes import Note
from greencover.indicators.registry import Indicator, indicators
from greencover.standards._target import Standard, Target, check_when
from greencover.standards._words import CONDITIONS

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError

    from greencover.standards._file import StandardFile, TargetEntry

_FOLDER = Path(__file__).parent
_NOT_STANDARDS = ("conditions",)
_NO_FIELDS = {"when", "grades", "rule", "replaces_inherited"}
_UNION_TAGS = ("band", "any of", "text", "number")


@cache
def available() -> tuple[str, ...]:
    """List the keys of the built-in standards."""
    return data_files.built_in(_FOLDER, other=_NOT_STANDARDS)


def load(
    standard: str | Path | Standard, *, records: Mapping[str, Indicator] | None = None
) -> Standard:
    """Load a standard by the key of a built-in one or from a TOML file.

    A file with ``extends = "key"`` starts from the targets of that standard: a target of its own
    with the same indicator, level, conditions and grades takes the place of the inherited one,
    any other is added. One with ``replaces_inherited = true`` takes the place of every inherited
    target of its indicator and level.

    Parameters
    ----------
    standard
        A key of `available`, the path of a TOML file, or a `Standard`, returned as it is.
    records
        Indicators that targets may name; default: all that are installed.

    Raises
    ------
    StandardError
        There is no such standard, or the file is malformed; the message names file, target and
        key.

    Examples
    --------
    >>> load("national-forest-city-2012").key
    'national-forest-city-2012'
    """
    if isinstance(standard, Standard):
        return standard
    return _load(_find(standard), (), records or indicators())


def schema() -> dict[str, Any]:
    """Give the JSON schema of a standard's TOML file, with the indicator and condition keys.

    Examples
    --------
    >>> "forest_coverage" in schema()["$defs"]["TargetEntry"]["properties"]["indicator"]["enum"]
    True
    """
    from greencover.standards._file import StandardFile

    result = StandardFile.model_json_schema()
    target = result["$defs"]["TargetEntry"]["properties"]
    target["indicator"]["enum"] = list(indicators())
    target["when"]["propertyNames"] = {"enum": list(CONDITIONS)}
    return result


def _find(standard: str | Path, *, beside: Path | None = None) -> Path:
    return data_files.find(
        standard, available(), _FOLDER, kind="Standard", error=StandardError, beside=beside
    )


def _load(path: Path, heirs: tuple[Path, ...], records: Mapping[str, Indicator]) -> Standard:
    if path.resolve() in heirs:
        raise StandardError("standards.extends_itself", path=path)
    entry = _validated(path)
    inherited: tuple[Target, ...] = ()
    both: tuple[tuple[Target, Target], ...] = ()
    files = () if path.parent == _FOLDER else (path,)
    if entry.extends is not None:
        try:
            base = _find(entry.extends, beside=path.parent)
        except StandardError as error:
            raise StandardError("standards.extends", path=path, error=error) from None
        extended = _load(base, (*heirs, path.resolve()), records)
        inherited, both, files = extended.targets, extended.repeated, (*files, *extended.files)
    own: dict[Any, Target] = {}
    for number, item in enumerate(entry.target, start=1):
        where = Note("standards.target_at", path=path, number=number, indicator=item.indicator)
        target = _target(item, where, records)
        if target.identity in own:
            raise StandardError("standards.target_twice", where=where)
        own[target.identity] = target
    replaced = {(one.indicator, one.level) for one in entry.target if one.replaces_inherited}
    inherited = tuple(t for t in inherited if (t.indicator, t.level) not in replaced)
    repeated = tuple(
        (target, other)
        for target in own.values()
        for other in inherited
        if (other.indicator, other.level) == (target.indicator, target.level)
        and other.identity not in own
        and target.identity not in {one.identity for one in inherited}
    )
    # Of pairs that stand in what is extended, those that stand here as well.
    kept = {target.identity for target in inherited} - set(own)
    both = tuple(pair for pair in both if {one.identity for one in pair} <= kept)
    # A dict keeps the place of an overridden target and puts new ones behind.
    merged = {target.identity: target for target in inherited} | own
    return Standard(
        key=path.stem,
        title=entry.title,
        title_zh=entry.title_zh or entry.title,
        targets=tuple(merged.values()),
        issued=entry.issued,
        status=entry.status,
        superseded_by=entry.superseded_by,
        superseded_in=entry.superseded_in,
        repeated=(*both, *repeated),
        files=files,
        source=entry.source,
        notes=tuple(entry.notes),
    )


def _validated(path: Path) -> StandardFile:
    from pydantic import ValidationError

    from greencover.standards._file import StandardFile

    table = data_files.read(path, kind="Standard", error=StandardError)
    try:
        return StandardFile.model_validate(table)
    except ValidationError as error:
        raise _complaint(error, table, path) from None


def _complaint(error: ValidationError, table: dict[str, Any], path: Path) -> GreencoverError:
    """Turn the first complaint of the validator into one sentence with file, target and key."""
    first = error.errors(include_url=False)[0]
    where: Note | Path = path
    location = list(first["loc"])
    if location[:1] == ["target"] and len(location) > 1:
        number = int(location[1])
        item = table["target"][number]
        indicator = repr(item)
        if isinstance(item, dict):
            indicator = item.get("indicator", Note("standards.no_indicator"))
        where = Note("standards.target_at", path=path, number=number + 1, indicator=indicator)
        location = location[2:]
    names = [str(part) for part in location if part not in _UNION_TAGS]
    known = _keys(names, where is not path)
    return data_files.complaint(first, ".".join(names), where, known, error=StandardError)


def _keys(names: list[str], in_target: bool) -> Iterable[str]:
    """Keys that may stand where one was found."""
    from greencover.standards._file import Band, Rule, StandardFile, TargetEntry

    nested: dict[str, type[BaseModel]] = {"when": Band, "rule": Rule}
    model = nested.get(names[0] if names else "", TargetEntry) if in_target else StandardFile
    return model.model_fields


def _target(entry: TargetEntry, where: Note, records: Mapping[str, Indicator]) -> Target:
    indicator = records.get(entry.indicator)
    if indicator is None:
        hint = suggestion(entry.indicator, records)
        raise StandardError("standards.indicator_unknown", where=where, hint=hint)
    values = entry.model_dump(exclude_unset=True, exclude=_NO_FIELDS)
    when = entry.model_dump(include={"when"}, exclude_unset=True).get("when", {})
    check_when(when, where)
    rule = entry.rule.model_dump(exclude_unset=True) if entry.rule else {}
    if entry.value is not None:
        _check_acceptance(rule, entry.comparison, entry.value, indicator.unit, where)
    defaults = {
        "unit": indicator.unit,
        "computable": indicator.computable,
        "verified": entry.confidence in ("S1", "C"),
        "confidence": entry.confidence,
        "name": indicator.name,
        "name_zh": indicator.name_zh,
    }
    return Target(
        **{**defaults, **values},
        when=when,
        grades=tuple(entry.grades),
        rule=rule,
    )


def _check_acceptance(
    rule: Mapping[str, Any], comparison: str, value: float, unit: str, where: Note
) -> None:
    try:
        Acceptance.checked(
            rule.get("accept_pct"), rule.get("accept_risk_pct"), comparison, value, unit
        )
    except AccuracyError as wrong:
        raise StandardError("standards.acceptance", where=where, wrong=wrong) from None
