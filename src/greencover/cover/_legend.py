"""A legend: which code is which cover, by name, colour and source."""

from __future__ import annotations

import operator
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from html import escape
from pathlib import Path
from typing import Any, TypeAlias

from greencover.cover._class import LegendClass
from greencover.cover._covers import COVER_TYPES
from greencover.cover._read import FOLDER, legend_fields, legend_path
from greencover.cover.headings import heading_of
from greencover.ground.errors import KindError, LegendError
from greencover.ground.notes import Note
from greencover.words import Listed

#: What is taken where a legend is asked for.
LegendInHand: TypeAlias = "str | Path | Legend | Mapping[int, Any]"
_COLOUR = re.compile(r"#[0-9a-f]{6}")
_UNOBSERVED_NAME_ZH = "未观测"


@dataclass(frozen=True, repr=False)
class Legend:
    """The classes of a land-cover product, and the codes that say "not observed".

    Make one with `Legend.load` (a built-in product or a TOML file) or `Legend.from_codes`.

    Examples
    --------
    >>> from greencover.cover import Legend
    >>> Legend.load("worldcover").codes_of("tree")
    (10, 95)
    >>> Legend.from_codes({1: ("tree", "Trees"), 2: ("grass", "Grass")}, unobserved=[0])
    <Legend custom: 2 classes; unobserved 0>
    """

    key: str
    title: str
    title_zh: str
    classes: tuple[LegendClass, ...]
    unobserved: Mapping[int, str] = field(default_factory=dict, hash=False)
    resolution_m: float | None = None
    source: str = ""
    licence: str = ""
    citation: str = ""
    collections: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    change_note: str = ""
    change_note_zh: str = ""
    verified: bool = True
    overall_accuracy_pct: Mapping[str, float] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        where = _called(self.key)
        if not self.classes:
            raise LegendError("cover.no_classes", where=where)
        seen: dict[int, LegendClass] = {}
        for entry in self.classes:
            _check_class(entry, where)
            if entry.code in seen:
                raise LegendError(
                    "cover.code_twice",
                    where=where,
                    code=entry.code,
                    first=seen[entry.code],
                    second=entry,
                )
            if entry.code in self.unobserved:
                raise LegendError(
                    "cover.class_and_unobserved", where=where, code=entry.code, name=entry
                )
            seen[entry.code] = entry

    @classmethod
    def from_codes(
        cls,
        codes: Mapping[int, tuple[str, str] | tuple[str, str, str]],
        *,
        unobserved: Iterable[int] | Mapping[int, str] = (),
        key: str = "custom",
    ) -> Legend:
        """Make a legend from ``{code: (cover type, name)}``.

        Parameters
        ----------
        codes
            Code -> ``(cover type, name)`` or ``(cover type, name, "#rrggbb")``. Without a colour
            a class takes that of its cover type.
        unobserved
            Codes that mean "not observed", or a mapping of such codes to the reason.
        key
            What the legend is called in messages and results.

        Raises
        ------
        LegendError
            A code is no whole number, an entry is no such tuple, a cover type is unknown, a
            colour is malformed, or a code is both a class and unobserved.
        """
        where = _called(key)
        reasons = (
            unobserved
            if isinstance(unobserved, Mapping)
            else dict.fromkeys(unobserved, "not observed")
        )
        return cls(
            key=key,
            title=key,
            title_zh=key,
            classes=tuple(_class_of(code, entry, where) for code, entry in codes.items()),
            unobserved={_whole(code, where): reason for code, reason in reasons.items()},
        )

    @classmethod
    def load(cls, legend: LegendInHand, *, beside: Path | None = None) -> Legend:
        """Load a legend by the name of a built-in product or from a TOML file.

        Parameters
        ----------
        legend
            A key of `greencover.cover.available`, the path of a TOML file, or a `Legend`,
            which is returned as it is; or cover types by code, such as ``{10: "tree"}``, with None
            for codes that mean "not observed".
        beside
            Folder whose legends are known by key too, such as ``legends`` beside a campaign.

        Raises
        ------
        LegendError
            There is no such legend, or the file is malformed.
        """
        if isinstance(legend, Legend):
            return legend
        if isinstance(legend, Mapping):
            return _of_covers(legend)
        if not isinstance(legend, str | Path):
            raise KindError("cover.no_legend_kind", given=type(legend).__name__)
        path = legend_path(legend, beside=beside)
        return _built_in(path) if path.parent == FOLDER else _from_file(path)

    @property
    def codes(self) -> tuple[int, ...]:
        """The codes of the classes, in the legend's order."""
        return tuple(entry.code for entry in self.classes)

    @property
    def covers(self) -> dict[int, str]:
        """Code -> cover type."""
        return {entry.code: entry.cover for entry in self.classes}

    @property
    def headings(self) -> dict[int, str]:
        """Code -> what heads its hectares in tables, such as ``tree_10_ha``."""
        return {entry.code: heading_of(entry.code, entry.cover) for entry in self.classes}

    @property
    def colours(self) -> dict[int, str]:
        """Code -> ``"#rrggbb"``."""
        return {entry.code: entry.colour for entry in self.classes}

    def codes_of(self, *covers: str) -> tuple[int, ...]:
        """List the codes that count as any of the given cover types; may be empty."""
        for cover in covers:
            _check_cover(cover, Note("cover.was_asked_for", where=_called(self.key)))
        return tuple(entry.code for entry in self.classes if entry.cover in covers)

    def name(self, code: int, lang: str = "en") -> str:
        """Name a class, or an unobserved code, in English (``"en"``) or Chinese (``"zh"``)."""
        if lang not in ("en", "zh"):
            raise LegendError("cover.language_unknown", lang=lang)
        for entry in self.classes:
            if entry.code == code:
                return entry.name if lang == "en" else entry.name_zh
        if code in self.unobserved:
            return self.unobserved[code] if lang == "en" else _UNOBSERVED_NAME_ZH
        raise LegendError(
            "cover.code_absent", where=_called(self.key), code=code, codes=Listed.every(self.codes)
        )

    def __repr__(self) -> str:
        count = len(self.classes)
        text = f"{self.key}: {count} class{'es' if count != 1 else ''}"
        if self.resolution_m is not None:
            text += f", {self.resolution_m:g} m"
        if self.unobserved:
            text += f"; unobserved {', '.join(map(str, self.unobserved))}"
        return f"<Legend {text}>"

    def _repr_html_(self) -> str:
        head = "<tr><th></th><th>code</th><th>cover</th><th>name</th><th>名称</th></tr>"
        rows = [
            f'<tr><td style="background:{entry.colour};width:2em"></td><td>{entry.code}</td>'
            f"<td>{escape(entry.cover)}</td><td>{escape(entry.name)}</td>"
            f"<td>{escape(entry.name_zh)}</td></tr>"
            for entry in self.classes
        ]
        rows += [
            f"<tr><td></td><td>{code}</td><td>unobserved</td><td>{escape(reason)}</td>"
            f"<td>{_UNOBSERVED_NAME_ZH}</td></tr>"
            for code, reason in self.unobserved.items()
        ]
        caption = escape(f"{self.title} · {self.title_zh}")
        return f"<table><caption>{caption}</caption>{head}{''.join(rows)}</table>"


def _called(key: str) -> Note:
    return Note("cover.legend", key=key)


def _check_class(entry: LegendClass, where: Note) -> None:
    _check_cover(entry.cover, Note("cover.gives_code", where=where, code=entry.code))
    if not _COLOUR.fullmatch(entry.colour):
        raise LegendError(
            "cover.colour_malformed", where=where, code=entry.code, colour=entry.colour
        )


def _check_cover(cover: str, where: Note) -> None:
    if cover not in COVER_TYPES:
        raise LegendError(
            "cover.cover_type_unknown", where=where, cover=cover, known=Listed.every(COVER_TYPES)
        )


def _of_covers(covers: Mapping[int, Any]) -> Legend:
    """A legend of cover types by code, each called by its cover type."""
    plain = {code for code, cover in covers.items() if isinstance(cover, str)}
    classes = {
        code: (cover, cover) if code in plain else cover
        for code, cover in covers.items()
        if cover is not None
    }
    unobserved = [code for code, cover in covers.items() if cover is None]
    made = Legend.from_codes(classes, unobserved=unobserved)
    named = tuple(
        replace(one, name=(of := COVER_TYPES[one.cover]).name, name_zh=of.name_zh)
        if one.code in plain
        else one
        for one in made.classes
    )
    return replace(made, classes=named)


def _class_of(code: int, entry: tuple[str, ...], where: Note) -> LegendClass:
    if isinstance(entry, str) or len(entry) not in (2, 3):
        raise LegendError("cover.entry_malformed", where=where, code=code, entry=repr(entry))
    cover, name, *colours = entry
    _check_cover(cover, Note("cover.gives_code", where=where, code=code))
    colour = str(colours[0]).lower() if colours else COVER_TYPES[cover].colour
    return LegendClass(_whole(code, where), cover, name, name, colour)


def _whole(code: object, where: Note) -> int:
    try:
        if isinstance(code, bool):
            raise TypeError
        return operator.index(code)  # type: ignore[arg-type]
    except TypeError:
        raise LegendError("cover.code_no_whole_number", where=where, code=repr(code)) from None


def _from_file(path: Path) -> Legend:
    fields = legend_fields(path)
    try:
        return Legend(**fields)
    except LegendError as error:
        raise LegendError("cover.in_file", path=path, error=error) from None


# Built-in files do not change while a program runs.
_built_in = cache(_from_file)
