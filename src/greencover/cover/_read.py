"""Legend files: which exist, and what one says."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from greencover.cover._class import LegendClass
from greencover.cover._covers import COVER_TYPES
from greencover.ground import data_files
from greencover.ground.errors import LegendError

_FOLDER = Path(__file__).parent / "legends"
_NOT_LEGENDS = ("cover_types",)

_FILE_KEYS: dict[str, type | tuple[type, ...]] = {
    "title": str,
    "title_zh": str,
    "resolution_m": (int, float),
    "source": str,
    "licence": str,
    "citation": str,
    "verified": bool,
    "notes": list,
    "overall_accuracy_pct": dict,
    "unobserved": dict,
    "classes": list,
}
_CLASS_KEYS: dict[str, type | tuple[type, ...]] = {
    "code": int,
    "cover": str,
    "name": str,
    "name_zh": str,
    "colour": str,
    "verified": bool,
    "note": str,
}
_KIND = {str: "text", bool: "true or false", list: "a list", dict: "a table", int: "a whole number"}


@cache
def available() -> tuple[str, ...]:
    """List the keys of the built-in legends."""
    return data_files.built_in(_FOLDER, other=_NOT_LEGENDS)


def legend_path(legend: str | Path) -> Path:
    """Path of a built-in legend by key, or of a legend file."""
    return data_files.find(legend, available(), _FOLDER, kind="Legend", error=LegendError)


def legend_fields(path: Path) -> dict[str, Any]:
    """The fields of the legend that a file holds."""
    table = data_files.read(path, kind="Legend", error=LegendError)
    _check_keys(table, _FILE_KEYS, where=str(path), required=("classes",))
    verified = table.get("verified", True)
    return {
        "key": path.stem,
        "title": table.get("title", path.stem),
        "title_zh": table.get("title_zh", table.get("title", path.stem)),
        "classes": tuple(
            _class(entry, f"{path}, class {number}", verified)
            for number, entry in enumerate(table["classes"], start=1)
        ),
        "unobserved": _unobserved(table.get("unobserved", {}), path),
        "resolution_m": table.get("resolution_m"),
        "source": table.get("source", ""),
        "licence": table.get("licence", ""),
        "citation": table.get("citation", ""),
        "notes": tuple(map(str, table.get("notes", ()))),
        "verified": verified,
        "overall_accuracy_pct": table.get("overall_accuracy_pct", {}),
    }


def _class(entry: Any, where: str, verified: bool) -> LegendClass:
    if not isinstance(entry, dict):
        raise LegendError(
            f"{where} is {entry!r}; write {{ code = 1, cover = 'tree', name = ... }}."
        )
    _check_keys(entry, _CLASS_KEYS, where=where, required=("code", "cover", "name"))
    fallback = COVER_TYPES.get(entry["cover"])
    values = {
        "name_zh": entry["name"],
        # An unknown cover type is reported by the legend itself, which lists the known ones.
        "colour": fallback.colour if fallback else "#000000",
        "verified": verified,
        **entry,
    }
    values["colour"] = values["colour"].lower()
    return LegendClass(**values)


def _unobserved(table: Mapping[str, Any], path: Path) -> dict[int, str]:
    reasons = {}
    for code, reason in table.items():
        try:
            reasons[int(code)] = str(reason)
        except ValueError:
            raise LegendError(
                f"{path}, key 'unobserved': '{code}' is not a code; write 0 = \"no data\"."
            ) from None
    return reasons


def _check_keys(
    table: Mapping[str, Any],
    known: Mapping[str, type | tuple[type, ...]],
    *,
    where: str,
    required: tuple[str, ...],
) -> None:
    for key in required:
        if key not in table:
            raise LegendError(f"{where} lacks the key '{key}'; add it.")
    for key, value in table.items():
        if key not in known:
            hint = data_files.suggestion(key, known)
            raise LegendError(f"{where} has the unknown key '{key}'{hint}; use {', '.join(known)}.")
        kind = known[key]
        # In Python true and false are whole numbers; in a legend file they are a mistake.
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            wanted = "a number" if isinstance(kind, tuple) else _KIND[kind]
            raise LegendError(f"{where}, key '{key}' is {value!r}; give {wanted}.")
