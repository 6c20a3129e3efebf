"""Legend files: which exist, and what one says."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from greencover.cover._class import LegendClass
from greencover.cover._covers import COVER_TYPES
from greencover.ground import data_files
from greencover.ground.errors import LegendError
from greencover.ground.notes import Note

FOLDER = Path(__file__).parent / "legends"
_NOT_LEGENDS = ("cover_types",)

# The Earth has no larger cells, and no raster holds larger codes exactly.
_LARGEST_M, _LARGEST_CODE = 1e7, 2**53
_FILE_KEYS: data_files.Keys = {
    "title": str,
    "title_zh": str,
    "resolution_m": float,
    "source": str,
    "licence": str,
    "citation": str,
    "verified": bool,
    "notes": list,
    "change_note": str,
    "change_note_zh": str,
    "collections": list,
    "overall_accuracy_pct": dict,
    "unobserved": dict,
    "classes": list,
}
_CLASS_KEYS: data_files.Keys = {
    "code": int,
    "cover": str,
    "name": str,
    "name_zh": str,
    "colour": str,
    "verified": bool,
    "note": str,
    "written": list,
}


#: Entry points of packages that bring a folder of legends: each names a module or a path.
GROUP = "greencover.legends"


def available(*, beside: Path | None = None) -> tuple[str, ...]:
    """List the keys of the legends that are built in, brought by packages, or in a folder.

    Examples
    --------
    >>> "worldcover" in available()
    True
    """
    return tuple(sorted(_known(beside)))


def legend_path(legend: str | Path, *, beside: Path | None = None) -> Path:
    """Path of a legend by key, or of a legend file."""
    files = _known(beside)
    if isinstance(legend, str) and legend in files:
        return files[legend]
    return data_files.find(legend, tuple(sorted(files)), FOLDER, kind="Legend", error=LegendError)


def _known(beside: Path | None) -> dict[str, Path]:
    return data_files.known(FOLDER, other=_NOT_LEGENDS, group=GROUP, beside=beside)


def legend_fields(path: Path) -> dict[str, Any]:
    """The fields of the legend that a file holds."""
    table = data_files.read(path, kind="Legend", error=LegendError)
    data_files.check_keys(
        table, _FILE_KEYS, where=str(path), required=("classes",), error=LegendError
    )
    size = table.get("resolution_m", 1.0)
    if not 0.0 < size < _LARGEST_M:
        raise LegendError("cover.resolution_impossible", path=path, given=size)
    verified = table.get("verified", True)
    change = [table["change_note"]] if "change_note" in table else []
    return {
        "key": path.stem,
        "title": table.get("title", path.stem),
        "title_zh": table.get("title_zh", table.get("title", path.stem)),
        "classes": tuple(
            _class(entry, Note("cover.class_in_file", path=str(path), number=number), verified)
            for number, entry in enumerate(table["classes"], start=1)
        ),
        "unobserved": _unobserved(table.get("unobserved", {}), path),
        "resolution_m": table.get("resolution_m"),
        "source": table.get("source", ""),
        "licence": table.get("licence", ""),
        "citation": table.get("citation", ""),
        "collections": tuple(map(str, table.get("collections", ()))),
        "notes": tuple(map(str, (*change, *table.get("notes", ())))),
        "change_note": "".join(change),
        "change_note_zh": table.get("change_note_zh", ""),
        "verified": verified,
        "overall_accuracy_pct": table.get("overall_accuracy_pct", {}),
    }


def _class(entry: Any, where: Note, verified: bool) -> LegendClass:
    if not isinstance(entry, dict):
        raise LegendError("cover.class_malformed", where=where, entry=repr(entry))
    data_files.check_keys(
        entry, _CLASS_KEYS, where=where, required=("code", "cover", "name"), error=LegendError
    )
    if abs(entry["code"]) > _LARGEST_CODE:
        raise LegendError("cover.code_impossible", where=where, code=entry["code"])
    fallback = COVER_TYPES.get(entry["cover"])
    values = {
        "name_zh": entry["name"],
        # An unknown cover type is reported by the legend itself, which lists the known ones.
        "colour": fallback.colour if fallback else "#000000",
        "verified": verified,
        **entry,
    }
    values["colour"] = values["colour"].lower()
    values["written"] = tuple(map(str, entry.get("written", ())))
    return LegendClass(**values)


def _unobserved(table: Mapping[str, Any], path: Path) -> dict[int, str]:
    reasons = {}
    for code, reason in table.items():
        try:
            reasons[int(code)] = str(reason)
        except ValueError:
            raise LegendError("cover.unobserved_no_code", path=path, code=code) from None
    return reasons
