"""What tells whether a station side is greened: the land cover, or a source that sees more.

Each source judges the sides that it surveyed; where several did, the one of the highest rank
counts, and where none did, the side is unobserved. A further kind of source is a class like
:class:`Evidence`, and a :class:`Kind` that opens it for campaigns; see :func:`add_evidence`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, TypeAlias, runtime_checkable

import geopandas as gpd
import numpy as np
import numpy.typing as npt

from greencover.corridor._belts import Belts
from greencover.corridor.exclusions import MEDIAN
from greencover.corridor.rules import load_plugins
from greencover.ground.errors import LayerError
from greencover.ground.notes import Note
from greencover.ground.run import Run
from greencover.words import Listed, add_labels

Floats: TypeAlias = npt.NDArray[np.float64]
Sides: TypeAlias = npt.NDArray[np.bool_]

#: A strip seen by less than half is not judged.
LEAST_OBSERVED = 0.5
COVER, FIELD = "cover", "field"
#: What a source says of a side.
SAID = ("", "greened", "gap", "excluded")


@dataclass(frozen=True)
class Judged:
    """Which station sides a source surveyed, and which of them are greened.

    Attributes
    ----------
    surveyed, greened
        By station side.
    barred
        Sides that the source found to be no ground to plant, and that it so judged.
    measures
        Columns that the source adds to the sides.
    ways
        What the source would say by each of several rules, where it knows more than one.
    """

    surveyed: Sides
    greened: Sides
    barred: Sides | None = None
    measures: Mapping[str, npt.NDArray[Any]] = field(default_factory=dict)
    ways: Mapping[str, Judged] = field(default_factory=dict)

    def at(self, rows: Any) -> Judged:
        """What is said of some of the sides."""
        return Judged(
            self.surveyed[rows],
            self.greened[rows],
            None if self.barred is None else self.barred[rows],
            {name: values[rows] for name, values in self.measures.items()},
            {way: one.at(rows) for way, one in self.ways.items()},
        )

    @property
    def words(self) -> npt.NDArray[np.int64]:
        """Number of what was said of each side, as of ``SAID``."""
        said = np.where(self.surveyed, np.where(self.greened, 1, 2), 0)
        if self.barred is not None:
            said = np.where(self.surveyed & self.barred, 3, said)
        return said.astype(np.int64)


@dataclass(frozen=True)
class Along:
    """Where station sides lie along the roads of a layout.

    Attributes
    ----------
    roadside
        Twice the number of the chain, one more on its right.
    from_m, to_m
        Distances from the start of the chain.
    """

    roadside: npt.NDArray[np.int64]
    from_m: Floats
    to_m: Floats


class StationSides(Protocol):
    """Station sides as a source sees them."""

    @property
    def sides(self) -> gpd.GeoDataFrame:
        """A row a side: road, side, ``from_m``, ``to_m``, grade, and the middle of its strip."""

    @property
    def quads(self) -> gpd.GeoSeries:
        """Ground of the strips; several polygons may make one, see ``quad_side``."""

    @property
    def quad_side(self) -> npt.NDArray[np.int64]:
        """Row of ``sides`` that each of ``quads`` belongs to."""


class Located(StationSides, Protocol):
    """Station sides whose place along the roads is known, too."""

    @property
    def along(self) -> Along:
        """Where each row of ``sides`` lies."""

    @property
    def belts(self) -> Belts:
        """Their ground."""

    @property
    def shut(self) -> Sides:
        """Sides that cannot be planted, whatever stands there."""


class Evidence(Protocol):
    """A source that judges station sides."""

    @property
    def key(self) -> str:
        """Name of its kind, such as ``"trees"``."""

    @property
    def rank(self) -> float:
        """How good it is; the land cover has 0."""

    def judge(self, strips: Located, threshold: Floats | float) -> Judged:
        """Judge the rows of ``strips.sides``, whose ground is ``strips.quads``."""


@runtime_checkable
class Overlaid(Protocol):
    """Evidence that overlays strips with a raster of its own."""

    def within(self, run: Run) -> Evidence:
        """The same, overlaid as a run says."""


@dataclass(frozen=True)
class Cover:
    """The land cover as evidence: share of each strip under what counts, and what was not seen."""

    share: Floats
    unobserved: Floats
    key: str = COVER
    rank: float = 0.0

    def judge(self, strips: StationSides, threshold: Floats | float) -> Judged:  # noqa: ARG002
        """Greened from a share of what was seen."""
        return Judged(self.unobserved <= 1.0 - LEAST_OBSERVED, self.share >= threshold - 1e-12)

    def doubtful(self, threshold: Floats | float) -> Sides:
        """Whether what was not seen of a strip could turn what was seen."""
        worst = np.nan_to_num(self.share) * (1.0 - self.unobserved)
        best = worst + self.unobserved
        return np.asarray((worst >= threshold - 1e-12) != (best >= threshold - 1e-12))


@dataclass(frozen=True)
class Kind:
    """A kind of evidence that a campaign may name.

    Attributes
    ----------
    opened
        Opens the evidence from the settings of its section; ``path`` is given in full.
    en, zh
        What it is called.
    """

    opened: Callable[[Mapping[str, Any]], Evidence]
    en: str
    zh: str


_kinds: dict[str, Kind] = {}


def add_evidence(key: str, kind: Kind) -> None:
    """Make a kind of evidence known to campaigns, as ``[roadside.evidence.<key>]``."""
    _kinds[key] = kind
    _labels[key] = {"en": kind.en, "zh": kind.zh}


_labels = {
    FIELD: {"en": "field checks", "zh": "现场核查"},
    "trees": {"en": "tree inventory", "zh": "单株调查"},
    "rows": {"en": "tree rows", "zh": "树行"},
    "canopy": {"en": "canopy", "zh": "冠层影像"},
    "claims": {"en": "planting records", "zh": "造林记录"},
    COVER: {"en": "land cover", "zh": "土地覆盖"},
}
add_labels("evidence", _labels)


def kinds() -> dict[str, Kind]:
    """Kinds of evidence beside the land cover, those of plug-ins included."""
    load_plugins()
    return dict(_kinds)


def opened(settings: Mapping[str, Mapping[str, Any]]) -> tuple[Evidence, ...]:
    """Evidence that a campaign names: the settings of each kind, with paths in full.

    Raises
    ------
    LayerError
        A kind is unknown, or a file does not exist.
    """
    found = []
    for key, given in settings.items():
        kind = kinds().get(key)
        if kind is None:
            known = Listed.of(kinds(), limit=20)
            raise LayerError("corridor.evidence_unknown", kind=key, known=known)
        if "path" in given and not Path(given["path"]).exists():
            raise LayerError("corridor.evidence_missing", kind=key, path=str(given["path"]))
        found.append(kind.opened(given))
    return tuple(found)


def every_word(
    sources: Sequence[Evidence], strips: Located, threshold: Floats | float
) -> list[Judged]:
    """What each source says of the sides."""
    return [source.judge(strips, threshold) for source in sources]


def best_word(
    sources: Sequence[Evidence], said: Sequence[Judged]
) -> tuple[Judged, npt.NDArray[np.int64]]:
    """The word of the best source for each side, and its number (-1 for none)."""
    count = len(said[0].surveyed)
    greened, by = np.zeros(count, dtype=bool), np.full(count, -1)
    barred = np.zeros(count, dtype=bool)
    for number in sorted(range(len(sources)), key=lambda n: sources[n].rank):
        one = said[number]
        greened[one.surveyed] = one.greened[one.surveyed]
        barred[one.surveyed] = False if one.barred is None else one.barred[one.surveyed]
        by[one.surveyed] = number
    return Judged(by >= 0, greened, barred), by


def evidence_notes(sides: gpd.GeoDataFrame) -> tuple[Note, ...]:
    """How much was judged by what, where there was more than the land cover."""
    if "evidence" not in sides:
        return ()
    sides = sides[sides["status"] != MEDIAN]
    km = (sides["length_m"] / 1000.0).groupby(sides["evidence"], sort=False).sum()
    return tuple(
        Note("corridor.judged_by", km=float(length), evidence=str(key))
        for key, length in km.items()
        if key
    )
