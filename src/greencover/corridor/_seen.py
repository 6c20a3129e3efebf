"""What maps and registers show of station sides, before anybody checked them in the field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from greencover.corridor._called import Called
from greencover.corridor._trials import Depths
from greencover.corridor.evidence import (
    FIELD,
    Cover,
    Evidence,
    Judged,
    Located,
    best_word,
    every_word,
)
from greencover.corridor.exclusions import MOST_COVERED, Ground, excluded
from greencover.corridor.resolving import NOT_SEEN, TRIAL, Resolving
from greencover.corridor.result import CorridorGreening

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


class Sides(Located, Protocol):
    """Station sides with the rules that they are judged by; see ``Strips``."""

    @property
    def depths(self) -> Depths:
        """From which share each is greened."""

    @property
    def barred(self) -> tuple[tuple[str, ...], Ints]:
        """Reasons of exclusion that the layer gives, and the number of each side's."""

    @property
    def rules(self) -> Mapping[str, Any]:
        """The rules of judgement by name."""

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """What judges the sides beside the land cover."""

    @property
    def covered_by(self) -> tuple[str, str]:
        """Reasons for ground under a carriageway."""

    @property
    def kind(self) -> type[CorridorGreening]:
        """What the result is."""

    @property
    def on_rings(self) -> npt.NDArray[np.bool_]:
        """Whether each side is of a chain without ends."""

    def counted(self, types: Sequence[str]) -> list[bool]:
        """Whether each cover type counts as greening."""

    def shut_at(self, which: npt.NDArray[np.bool_]) -> Located:
        """The sides, some of which cannot be planted."""


@dataclass(frozen=True)
class Seen:
    """What is known of whole station sides without checks.

    Attributes
    ----------
    strips
        The sides.
    cover
        The land cover as evidence.
    doubtful
        Whether what the land cover does not show of a side could turn what it shows.
    dominant
        Number of the cover type that most of each strip is under; how many there are for none.
    ground
        The sides with their ground.
    said
        What each source says; None of checks in the field.
    trial
        Number of the trial of each side, -1 where none was made.
    """

    strips: Sides
    cover: Cover
    doubtful: npt.NDArray[np.bool_]
    dominant: Ints
    ground: Ground
    said: Sequence[Judged | None]
    trial: npt.NDArray[np.int32]

    @classmethod
    def of(
        cls,
        strips: Sides,
        by_type: Floats,
        blind: Floats,
        types: Sequence[str],
        threshold: float | None,
        tried: Ints | None,
    ) -> Seen:
        """Ask every map and register about whole sides.

        Parameters
        ----------
        strips
            The sides, as they were before checks split stations.
        by_type, blind
            Hectares of each strip by cover type, and of what was not seen.
        types
            The cover types.
        threshold
            Share that counts as greened, in place of the rule.
        tried
            Rows of the sides on trial.
        """
        limit = strips.depths.threshold if threshold is None else threshold
        observed = by_type.sum(axis=1)
        strip = observed + blind
        seen = np.where(observed > 0.0, observed, np.nan)
        share = by_type[:, strips.counted(types)].sum(axis=1) / seen
        unobserved = np.where(strip > 0.0, blind / np.where(strip > 0.0, strip, 1.0), 0.0)
        nowhere = np.zeros(len(strip), dtype=bool)
        ground = Ground(
            sides=strips.sides,
            covered=strips.belts.covered_share > MOST_COVERED,
            across=strips.belts.covered_across,
            covered_by=strips.covered_by,
            strip_ha=strip,
            cover_share={kind: by_type[:, n] / seen for n, kind in enumerate(types)},
            gap=nowhere,
            greened=nowhere,
        )
        shut = strips.barred[1] != 0
        if strips.evidence:
            for which, _ in excluded(ground, strips.rules):
                shut = shut | which
        cover = Cover(share, unobserved)
        sources = (cover, *strips.evidence)
        asked = [one for one in sources if one.key != FIELD]
        answers = iter(every_word(asked, strips.shut_at(shut), limit))
        trial = np.full(len(strip), -1, dtype=np.int32)
        if tried is not None:
            trial[tried] = np.arange(len(tried))
        return cls(
            strips,
            cover,
            cover.doubtful(limit),
            np.where(observed > 0.0, by_type.argmax(axis=1), len(types)),
            ground,
            [None if one.key == FIELD else next(answers) for one in sources],
            trial,
        )

    def called(self, resolving: Resolving | None) -> Any:
        """The status that each side has without checks.

        Parameters
        ----------
        resolving
            What the cover can tell beside the network; None where it was not tried.
        """
        strips, sources = self.strips, (self.cover, *self.strips.evidence)
        pairs = [(s, one) for s, one in zip(sources, self.said, strict=True) if one is not None]
        found, source = best_word([s for s, _ in pairs], [one for _, one in pairs])
        called = Called.of(found, self.ground, strips.barred, strips.rules, strips.on_rings)
        if resolving is None:
            return called.words
        judged = strips.sides.assign(
            status=called.words,
            evidence=np.where(source == 0, self.cover.key, ""),
            **{TRIAL: self.trial},
        )
        resolving = resolving.judged(judged, strips.kind.of)
        return called.put(NOT_SEEN, resolving.not_seen(judged, strips.kind.of)).words
