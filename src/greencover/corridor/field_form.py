"""A form filled in the field, beside the station sides that it was drawn from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from greencover.accuracy.adjusted import quantile
from greencover.accuracy.intervals import share_limits
from greencover.corridor.field_frame import Frame, field_rules, frame_of
from greencover.corridor.result import CorridorGreening
from greencover.ground.errors import AccuracyError
from greencover.ground.notes import Note
from greencover.layers.tables import require_columns
from greencover.words import Listed

Floats = npt.NDArray[np.float64]

GREENED, GAP, EXCLUDED, NOT_REACHED = FOUND = ("greened", "gap", "excluded", "not reached")
_TELLS_THE_DRAW = ("sample_id", "frame", "seed", "by", "drawn", "found")


@dataclass(frozen=True)
class StratumChecks:
    """Checks of a part of the frame, stratum by stratum.

    ``metres`` of the frame; metres checked and found ``greened``, ``gap``, ``excluded``, ``absent``
    (not reached); ``worth``: as how many sides of equal length those not excluded count;
    ``decided``: sides found to be greened or gaps; ``left``: share of the sides not drawn.
    """

    metres: Floats
    greened: Floats
    gap: Floats
    excluded: Floats
    absent: Floats
    worth: Floats
    sides: Floats
    decided: Floats
    left: Floats

    def opposite(self) -> StratumChecks:
        """The same with gaps for greened."""
        swapped = {"greened": self.gap, "gap": self.greened}
        return StratumChecks(**(self.__dict__ | swapped))

    @property
    def known(self) -> npt.NDArray[np.bool_]:
        return self.decided > 0.0

    @property
    def kept(self) -> Floats:
        """Share of each stratum that is no exclusion, as the checks say."""
        inside = self.greened + self.gap + self.absent
        drawn = inside + self.excluded
        return np.where(drawn > 0.0, inside / np.where(drawn > 0.0, drawn, 1.0), 1.0)

    @property
    def in_question(self) -> float:
        """Metres that are greened or a gap, as the checks say."""
        return float((self.metres * self.kept).sum())

    def share(self, level: float, times: float = 1.0) -> tuple[float, float, float]:
        """Share greened and its limits; with ``times`` as many checks that find the same."""
        rate, low, high = self.shares(level, times)
        return float(rate), float(low), float(high)

    def shares(self, level: float, times: float = 1.0) -> tuple[Floats, Floats, Floats]:
        """The same where the fields hold several draws, strata along the last axis."""
        kept, metres = self.kept, self.metres
        weight = metres * kept
        whole = weight.sum(axis=-1, keepdims=True)
        decided = self.greened + self.gap
        share = np.where(self.known, self.greened / np.where(decided > 0.0, decided, 1.0), 0.0)
        inside = decided + self.absent
        part = decided / np.where(inside > 0.0, inside, 1.0)
        size = self.worth * part * times
        known = np.where(self.known, weight, 0.0)
        seen = known.sum(axis=-1)
        some = seen > 0.0
        whole = np.where(whole > 0.0, whole, 1.0)
        low, high = share_limits(
            weight / whole,
            share * size,
            size,
            level,
            unvisited=self.worth * (1.0 - part) * times,
            left=self.left,
        )
        rate = (known * share).sum(axis=-1) / np.where(some, seen, 1.0)
        # How much of a stratum is excluded is itself estimated, and moves its weight.
        drawn = np.maximum(self.sides * times, 1.0)
        apart = (share - rate[..., None]) ** 2
        spread = metres**2 * apart * kept * (1.0 - kept) / drawn * self.left
        moved = np.where(self.known, spread, 0.0).sum(axis=-1)
        moved = quantile(level) * np.sqrt(moved) / whole[..., 0]
        return (
            np.where(some, rate, np.nan),
            np.where(some, np.maximum(0.0, rate - np.hypot(rate - low, moved)), 0.0),
            np.where(some, np.minimum(1.0, rate + np.hypot(high - rate, moved)), 1.0),
        )


@dataclass(frozen=True)
class Checks:
    """A filled form beside the frame that it was drawn from."""

    frame: Frame
    rows: npt.NDArray[np.int64]
    found: npt.NDArray[np.object_]
    seed: str

    @classmethod
    def of(cls, greening: CorridorGreening, filled: pd.DataFrame) -> Checks:
        require_columns(filled, list(_TELLS_THE_DRAW), Note("corridor.form"))
        if filled.empty:
            raise AccuracyError("corridor.form_empty")
        told = filled[["frame", "seed", "by", "drawn"]].astype(object)
        told = told.fillna("").astype(str).drop_duplicates()
        if len(told) > 1:
            raise AccuracyError("corridor.forms_mixed")
        digest, seed, by, drawn = told.iloc[0]
        n = int(float(drawn))
        frame = frame_of(greening, tuple(column for column in by.split(",") if column), n)
        if frame.digest != digest:
            raise AccuracyError("corridor.form_of_others", frame=digest, own=frame.digest)
        rows = frame.drawn(n, seed)
        ids = {str(number): place for place, number in enumerate(range(1, len(rows) + 1))}
        given = [_id(one) for one in filled["sample_id"]]
        strange = [one for one in given if one not in ids]
        if strange:
            raise AccuracyError("corridor.not_drawn", ids=Listed.of(strange))
        twice = [one for one in dict.fromkeys(given) if given.count(one) > 1]
        if twice:
            raise AccuracyError("corridor.checked_twice", ids=Listed.of(twice))
        found = np.full(len(rows), NOT_REACHED, dtype=object)
        found[[ids[one] for one in given]] = findings(filled)
        return cls(frame, rows, found, seed)

    def by_stratum(self, part: npt.NDArray[np.bool_]) -> StratumChecks:
        """The checks of a part of the frame's sides."""
        frame, count = self.frame, len(self.frame.strata)
        metres = frame.sides["length_m"].to_numpy(dtype=float)
        stratum = frame.stratum[self.rows]
        inside = part[self.rows]
        length = metres[self.rows]

        def sums(which: npt.NDArray[np.bool_], values: Floats) -> Floats:
            found = np.bincount(stratum[which], weights=values[which], minlength=count)
            return np.asarray(found, dtype=np.float64)

        found = {word: inside & (self.found == word) for word in FOUND}
        kept = inside & ~found[EXCLUDED]
        squares = sums(kept, length**2)
        drawn = np.bincount(stratum, minlength=count)
        ones = np.ones(len(length))
        cells = StratumChecks(
            metres=np.asarray(
                np.bincount(frame.stratum[part], weights=metres[part], minlength=count),
                dtype=np.float64,
            ),
            greened=sums(found[GREENED], length),
            gap=sums(found[GAP], length),
            excluded=sums(found[EXCLUDED], length),
            absent=sums(found[NOT_REACHED], length),
            worth=np.where(squares > 0, sums(kept, length) ** 2 / np.maximum(squares, 1e-300), 0),
            sides=sums(inside, ones),
            decided=sums(found[GREENED] | found[GAP], ones),
            left=frame.left(drawn),
        )
        some = cells.metres > 0.0
        return StratumChecks(**{name: value[some] for name, value in cells.__dict__.items()})

    def counts(self, part: npt.NDArray[np.bool_]) -> dict[str, int]:
        """Number of sides by what was found, and of those found to be greened or gaps."""
        found = self.found[part[self.rows]]
        several = {word.replace(" ", "_"): int((found == word).sum()) for word in FOUND}
        return {"checked": several[GREENED] + several[GAP], **several}

    def notes(self) -> tuple[Note, ...]:
        """What was assumed, and how the sample was drawn."""
        notes = []
        if self.seed != self.frame.digest:
            notes.append(Note("corridor.drawn_anew", seed=self.seed))
        absent = int((self.found == NOT_REACHED).sum())
        if absent:
            notes.append(Note("corridor.not_reached", sides=absent, drawn=len(self.found)))
        return tuple(notes)


def _id(cell: object) -> str:
    """A sample's number; a spreadsheet drops the zeros before it, or adds ".0"."""
    text = str(cell).strip().lstrip("0")
    return text.removesuffix(".0")


def findings(filled: pd.DataFrame) -> list[str]:
    """What was found, in the words of the catalogue of findings."""
    words = {word: found for found, several in field_rules()["found"].items() for word in several}
    given = [
        "" if cell is None or cell is pd.NA or cell != cell else str(cell).strip()
        for cell in filled["found"]
    ]
    strange = list(dict.fromkeys(word for word in given if word.casefold() not in words))
    if strange:
        known = [several[0] for several in field_rules()["found"].values()]
        raise AccuracyError(
            "corridor.finding_unknown", words=Listed.of(strange), known=Listed.every(known)
        )
    return [words[word.casefold()] for word in given]
