"""What an assessment was made from, as JSON and as flat lines for a table."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from greencover.ground.writing import replacing
from greencover.report.outputs import Output, register

if TYPE_CHECKING:
    from greencover.report.view import View
    from greencover.verdicts import Assessment

FILE = "provenance.json"


def plain(value: Any) -> Any:
    """The value in terms that JSON knows; a number that is not finite becomes None."""
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(v) for v in value]
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def flat(value: Any, *, name: str = "") -> Iterator[tuple[str, str]]:
    """Every leaf of nested mappings and lists with its dotted name, in order."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from flat(item, name=f"{name}.{key}" if name else str(key))
    elif isinstance(value, list | tuple) and any(isinstance(v, Mapping) for v in value):
        for number, item in enumerate(value, start=1):
            yield from flat(item, name=f"{name}.{number}" if name else str(number))
    elif isinstance(value, list | tuple):
        yield name, ", ".join(str(plain(v)) for v in value)
    else:
        yield name, "" if value is None else str(plain(value))


def write_provenance(assessment: Assessment, path: str | Path) -> Path:
    """Write inputs with their hashes, versions and parameters as JSON."""
    text = json.dumps(plain(assessment.provenance), ensure_ascii=False, indent=2, allow_nan=False)
    with replacing(path) as draft:
        draft.write_text(text + "\n", encoding="utf-8", newline="\n")
    return Path(path)


def _write(view: View, folder: Path, _options: object) -> None:
    write_provenance(view.assessment, folder / FILE)


register(Output("json", _write, lambda: (FILE,), place=70))
