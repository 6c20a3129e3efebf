"""Values as TOML writes them, for files that are drafted and lines that are proposed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def toml_of(value: Any) -> str:
    r"""Return a value as it stands behind the sign of equality.

    Examples
    --------
    >>> toml_of({"lane": "village", "主干道": "county"}), toml_of([1.0, True, "D:\\a.tif"])
    ('{ lane = "village", "主干道" = "county" }', '[1.0, true, "D:\\\\a.tif"]')
    """
    if isinstance(value, Mapping):
        pairs = (f"{_key(str(key))} = {toml_of(one)}" for key, one in value.items())
        return f"{{ {', '.join(pairs)} }}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(toml_of, value))}]"
    if isinstance(value, float):
        # JSON calls what is infinite or no number by other names.
        return repr(value)
    # TOML takes no control characters; JSON leaves one.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _key(name: str) -> str:
    return name if name.isascii() and name.isidentifier() else toml_of(name)
