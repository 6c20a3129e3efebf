"""The words that standards are written in: indicator keys and conditions, with their labels."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from numbers import Real
from pathlib import Path
from typing import Any

from greencover.ground.data_files import suggestion
from greencover.ground.errors import StandardError
from greencover.words import Listed, add_labels


@dataclass(frozen=True)
class Condition:
    """Something that a threshold may depend on: a number in `unit`, or one of `values`."""

    key: str
    name: str
    name_zh: str
    unit: str = ""
    values: Mapping[str, str] = field(default_factory=dict, hash=False)

    def check(self, value: Any, where: str) -> None:
        """Refuse a value that no target could ever depend on, such as a misspelt terrain."""
        # numbers.Real also knows NumPy's numbers, which a table of units brings.
        number = isinstance(value, Real) and not isinstance(value, bool)
        if not self.values and not number:
            raise StandardError(
                "standards.condition_no_number",
                where=where,
                condition=self.key,
                given=value,
                unit=self.unit,
            )
        if self.values and (not isinstance(value, str) or value not in self.values):
            raise StandardError(
                "standards.condition_value",
                where=where,
                condition=self.key,
                given=value,
                hint=suggestion(str(value), self.values),
                known=Listed.every(self.values),
            )


def _table(name: str) -> dict[str, dict[str, Any]]:
    return tomllib.loads((Path(__file__).parent / name).read_text(encoding="utf-8"))


#: Condition key -> labels, and the unit or the values it may take.
CONDITIONS: dict[str, Condition] = {
    key: Condition(key, **entry) for key, entry in _table("conditions.toml").items()
}

add_labels(
    "conditions", {key: {"en": one.name, "zh": one.name_zh} for key, one in CONDITIONS.items()}
)
