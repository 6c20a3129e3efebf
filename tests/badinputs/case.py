"""What a bad input is: how to make it, how to run into it, and what must be said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from small_county import SmallCounty

Change = Callable[[SmallCounty], object]
Damage = Callable[[Path], object]


@dataclass(frozen=True)
class Case:
    """A bad input.

    Attributes
    ----------
    build
        Writes the input into a folder and returns the arguments of the command that meets it;
        results would go to ``out`` in that folder.
    words
        What the sentence must hold.
    checked
        Whether ``greencover check`` refuses it as well, before anything is measured.
    """

    build: Callable[[Path], list[str]]
    words: tuple[str, ...]
    checked: bool = True


def assessed(
    words: list[str],
    *,
    change: Change | None = None,
    damage: Damage | None = None,
    checked: bool = True,
) -> Case:
    """A small county with something changed before it is written, or damaged afterwards."""

    def build(folder: Path) -> list[str]:
        county = SmallCounty()
        if change is not None:
            change(county)
        campaign = county.write(folder)
        if damage is not None:
            damage(folder)
        return ["assess", str(campaign), "--out", str(folder / "out")]

    return Case(build, tuple(words), checked)


def text(old: str, new: str) -> Change:
    """Change the campaign's text."""
    return lambda county: county.replace(old, new)


def added(more: str) -> Change:
    """Add to the end of the campaign's text."""
    return lambda county: setattr(county, "text", county.text + more)


def townships_from(path: str, *keys: str) -> Change:
    """Take the townships from a file of their own."""
    lines = "".join(f"{key}\n" for key in keys)
    return text('path = "county.gpkg"\nlayer = "townships"\n', f'path = "{path}"\n{lines}')


def townships_in(name: str, write: Callable[[Path], object], words: list[str], *keys: str) -> Case:
    """Townships in a file that ``write`` makes badly."""
    return assessed(
        words,
        change=townships_from(name, *keys),
        damage=lambda folder: write(folder / name),
    )
