"""Which indicators there are: one TOML record each, here, in other packages, beside a campaign.

A record says what is counted, on which ground and for which levels, and what tables, maps and
reports call it; everything that must know an indicator reads it here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from html import escape
from importlib.metadata import entry_points
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from greencover.cover import COVER_TYPES
from greencover.ground import data_files
from greencover.ground.errors import IndicatorError, UnknownIndicatorError
from greencover.ground.notes import Note
from greencover.words import Listed, add_labels

Level = Literal["county", "township", "village", "road_grade", "road"]
#: Entry points of packages that bring indicators: each names a folder of records.
GROUP = "greencover.indicators"
_LAST = 1000
# Names of every record read so far, those beside campaigns too.
_labels: dict[str, dict[str, str]] = {}


class _Strict(BaseModel):
    # Lists of TOML become tuples, which nobody can change afterwards.
    model_config = ConfigDict(frozen=True, extra="forbid")


class Ground(_Strict):
    """Where an indicator is counted, and for which levels."""

    layer: str = Field("", description="layer of the campaign; empty: the unit as it is")
    levels: tuple[Level, ...] = Field(min_length=1)
    scopes: tuple[str, ...] = Field((), description="what targets call this ground")
    shown: bool = Field(True, description="false: only where a target asks for it")


class Indicator(_Strict):
    """What an indicator is, how it is counted, and where that was seen.

    Attributes
    ----------
    key
        Key of the indicator.
    name, name_zh
        What it is called.
    definition, definition_zh
        In one sentence.
    unit
        Unit of the figure.
    numerator, denominator
        What is divided by what, in words.
    inputs
        Layers, rasters and tables that it needs, in words.
    source, source_zh
        Where the definition was seen; the second where Chinese says it otherwise.
    verified
        False where any part of it is remembered and was not seen in a source.
    notes
        What to keep in mind beside the figure.
    computable, note
        False where a register, a survey or a poll must give the figure, and what is needed.
    family
        Group of a report that shows it.
    colours
        Sequence of colours of its maps.
    place
        Place in tables; the smallest comes first.
    formula
        How it is counted, see ``formulas``; None: by no formula of a campaign.
    counts
        What the numerator is: ``"forest"``, ``"tree_cover"`` or ``"green"`` as the campaign
        defines them, a list of cover types, or ``"parks"``, ``"roads"``, ``"waters"``.
    small_patches
        Whether trees in patches below the smallest one of a forest count.
    left_out
        Cover types that are no land.
    grounds
        Where it is counted, the first that a campaign has for targets that name none.
    needs
        Layers of a campaign, ``"residents"`` or ``"settlements"``, without which there is none.
    improved_by
        What raises it: ``"planting"`` on open land, ``"parks"``, or ``"belts"`` beside lines.
    columns
        Numerator, denominator and figure in the tables of the library.
    map_column
        Column of the figure in map layers.
    """

    key: str
    name: str
    name_zh: str
    unit: str
    definition: str = ""
    definition_zh: str = ""
    numerator: str = ""
    denominator: str = ""
    inputs: tuple[str, ...] = ()
    source: str = ""
    source_zh: str = ""
    verified: bool = False
    notes: tuple[str, ...] = ()
    computable: bool = True
    note: str = ""
    family: str = "other"
    colours: Literal["coverage", "per_capita", "roads"] = "coverage"
    place: int = _LAST
    formula: Literal["share", "per head", "served", "guarded", "length", "completion"] | None = None
    counts: (
        Literal["forest", "tree_cover", "green", "parks", "roads", "waters"] | tuple[str, ...]
    ) = ()
    small_patches: bool = True
    left_out: tuple[str, ...] = ()
    grounds: tuple[Ground, ...] = ()
    needs: tuple[str, ...] = ()
    improved_by: Literal["planting", "parks", "belts"] | None = None
    columns: tuple[str, ...] = Field((), max_length=3)
    map_column: str = ""

    @model_validator(mode="before")
    @classmethod
    def _with_defaults(cls, given: Any) -> Any:
        if isinstance(given, dict):
            suffix = "_pct" if given.get("unit") == "%" else ""
            return {"map_column": f"{given.get('key')}{suffix}"} | given
        return given

    @model_validator(mode="after")
    def _is_whole(self) -> Indicator:
        printed = (self.definition, self.definition_zh, self.source, self.grounds)
        if self.formula and not all(printed):
            raise IndicatorError("indicators.unprinted")
        for one in (*self.covers({}), *self.left_out):
            if one not in COVER_TYPES:
                raise IndicatorError(
                    "indicators.no_cover_type", given=one, known=Listed.every(COVER_TYPES)
                )
        return self

    @property
    def levels(self) -> tuple[str, ...]:
        """Levels that it is counted for, on any ground."""
        return tuple(dict.fromkeys(level for ground in self.grounds for level in ground.levels))

    def covers(self, chosen: Mapping[str, tuple[str, ...]] | object) -> tuple[str, ...]:
        """Cover types that count, ``chosen`` giving those of forest, tree cover and green."""
        if not isinstance(self.counts, str):
            return self.counts
        if isinstance(chosen, Mapping):
            return tuple(chosen.get(self.counts, ()))
        return tuple(getattr(chosen, self.counts, ()))

    def scope_of(self, ground: str) -> str:
        """What targets call the part of a unit that lies in a layer; empty for the whole unit."""
        named = [one.scopes[0] for one in self.grounds if one.layer == ground and one.scopes]
        return named[0] if ground and named else ""

    def ground_of(self, scope: str, present: Iterable[str]) -> str | None:
        """The layer on whose ground a target of a scope is judged; None where it has none.

        Parameters
        ----------
        scope
            What the target says it is about; empty: nothing.
        present
            Layers that there are.
        """
        if scope:
            return next((one.layer for one in self.grounds if scope in one.scopes), None)
        layers = [ground.layer for ground in self.grounds] or [""]
        had = {"", *present}
        return next((layer for layer in layers if layer in had), layers[-1])

    def _repr_html_(self) -> str:
        told = ("definition", "definition_zh", "unit", "numerator", "denominator", "inputs")
        rows = ""
        for field in ("key", "name", "name_zh", *told, "source", "verified", "notes"):
            value = getattr(self, field)
            lines = value if isinstance(value, tuple) else (value,)
            shown = "<br>".join(escape(str(line)) for line in lines)
            rows += f"<tr><th>{field}</th><td>{shown}</td></tr>"
        return f"<table>{rows}</table>"


#: What an indicator is, for those who read it.
Definition = Indicator


def indicators(beside: Path | None = None) -> Mapping[str, Indicator]:
    """Every indicator by key, in the order of tables.

    Parameters
    ----------
    beside
        A folder with more records, such as that of a campaign.

    Raises
    ------
    IndicatorError
        A record is malformed, or has the key of another.

    Examples
    --------
    >>> indicators()["car_park_canopy"].name_zh
    '停车场树冠覆盖率'
    """
    if beside is None:
        return _installed()
    return _in_order([*_installed().values(), *_of(beside)])


def definitions() -> dict[str, Indicator]:
    """Return the record of every indicator that is defined, by its key.

    Examples
    --------
    >>> definitions()["forest_coverage"].unit
    '%'
    """
    return {key: record for key, record in indicators().items() if record.definition}


def definition(key: str) -> Indicator:
    """Return the record of one indicator.

    Raises
    ------
    UnknownIndicatorError
        There is no such indicator; the closest key is named.

    Examples
    --------
    >>> definition("forest_coverage").denominator[:19]
    'observed land area;'
    """
    known = definitions()
    if key not in known:
        hint = data_files.suggestion(key, known)
        raise UnknownIndicatorError(
            "indicators.unknown", key=key, hint=hint, known=Listed.every(known)
        )
    return known[key]


@cache
def _installed() -> Mapping[str, Indicator]:
    here = Path(str(files(__package__))) / "records"
    own = [record for folder in (here, *_named_by_packages()) for record in _of(folder)]
    return _in_order(own)


def _named_by_packages() -> list[Path]:
    found = []
    for point in sorted(entry_points(group=GROUP), key=lambda point: point.name):
        named = point.load()
        found.append(Path(str(files(named) if isinstance(named, ModuleType) else named)))
    return found


def _in_order(records: Iterable[Indicator]) -> Mapping[str, Indicator]:
    known: dict[str, Indicator] = {}
    for record in records:
        if record.key in known:
            raise IndicatorError("indicators.key_taken", key=record.key)
        known[record.key] = record
        _labels[record.key] = {"en": record.name, "zh": record.name_zh}
    add_labels("indicators", _labels)
    return MappingProxyType(dict(sorted(known.items(), key=lambda item: item[1].place)))


def _of(folder: Path) -> list[Indicator]:
    if not folder.is_dir():
        raise IndicatorError("indicators.no_folder", folder=folder)
    return [record for path in sorted(folder.glob("*.toml")) for record in _read(path)]


def _read(path: Path) -> Iterable[Indicator]:
    for key, entry in data_files.read(path, kind="Indicator", error=IndicatorError).items():
        if not isinstance(entry, dict):
            raise IndicatorError("indicators.no_section", path=path, key=key)
        try:
            yield Indicator.model_validate({**entry, "key": key})
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            where = Note("indicators.record_at", path=path, key=key)
            names = [str(part) for part in first["loc"]]
            known = (Ground if names[:1] == ["grounds"] else Indicator).model_fields
            raise data_files.complaint(
                first, ".".join(names), where, known, error=IndicatorError
            ) from None
