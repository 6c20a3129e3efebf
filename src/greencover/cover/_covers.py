"""The cover types that every legend shares, read from ``cover_types.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from greencover.words import add_labels


@dataclass(frozen=True)
class CoverType:
    """One shared cover type, with its names and the colour it has on our own maps."""

    name: str
    name_zh: str
    colour: str


def _read() -> dict[str, CoverType]:
    text = (Path(__file__).parent / "cover_types.toml").read_text(encoding="utf-8")
    return {key: CoverType(**entry) for key, entry in tomllib.loads(text).items()}


#: Cover type key -> names and colour, in the order in which keys and tables show them.
COVER_TYPES: dict[str, CoverType] = _read()
add_labels("covers", {key: {"en": one.name, "zh": one.name_zh} for key, one in COVER_TYPES.items()})
