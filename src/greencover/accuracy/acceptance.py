"""When a sample is enough for a target: what limits decide, and the rule that a campaign names.

Limits of a sample never reach all or nothing: with 200 of 200 checks as they should be, the share
is at least 98.2 % with a risk of 2.5 % to be wrong (0.025 to the power of 1/200). So a target of
100 % is met by a census alone, or by a rule that says what share must be proven, and at which risk.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from greencover.ground.errors import AccuracyError
from greencover.ground.limits import reaches, standing

#: Risks that a rule may name, in percent; at 50 % the estimate itself would prove it.
LEAST_RISK_PCT, MOST_RISK_PCT = 0.05, 25.0


@dataclass(frozen=True)
class Acceptance:
    """A target counts as met where this share is proven, at this risk that it is not so.

    Attributes
    ----------
    pct
        The share to be proven, in percent: for a target of 100 % the least, of 0 % the most.
    risk_pct
        Chance, in percent, that a share beyond it passes.

    Examples
    --------
    >>> rule = Acceptance.of({"accept_pct": 98.0, "accept_risk_pct": 5.0})
    >>> rule.pct, rule.level
    (98.0, 0.9)
    """

    pct: float
    risk_pct: float

    @classmethod
    def of(cls, rule: Mapping[str, Any]) -> Acceptance | None:
        """The rule of a target; None where it names none."""
        if "accept_pct" not in rule:
            return None
        return cls(float(rule["accept_pct"]), float(rule["accept_risk_pct"]))

    @classmethod
    def checked(
        cls,
        pct: float | None,
        risk_pct: float | None,
        comparison: str,
        target: float,
        unit: str = "%",
    ) -> Acceptance | None:
        """The rule with both of its figures, neither of which makes the target harder.

        Raises
        ------
        AccuracyError
            One of the figures is missing or out of bounds, or the target is no percentage.
        """
        if pct is None and risk_pct is None:
            return None
        if pct is None or risk_pct is None:
            raise AccuracyError("accuracy.accept_both")
        if unit != "%":
            raise AccuracyError("accuracy.accept_unit", unit=unit)
        if not LEAST_RISK_PCT <= risk_pct <= MOST_RISK_PCT:
            raise AccuracyError(
                "accuracy.accept_risk", given=risk_pct, low=LEAST_RISK_PCT, high=MOST_RISK_PCT
            )
        easier = "<=" if comparison in (">=", ">") else ">="
        if not (0.0 <= pct <= 100.0 and bool(reaches(pct, easier, target))):
            raise AccuracyError("accuracy.accept_pct", given=pct, goal=f"{comparison} {target:g} %")
        return cls(float(pct), float(risk_pct))

    @property
    def level(self) -> float:
        """Level of the interval on both sides whose nearer limit is passed at the risk."""
        return 1.0 - 2.0 * self.risk_pct / 100.0


def decided(
    low: npt.ArrayLike, high: npt.ArrayLike, comparison: str, target: float
) -> npt.NDArray[np.object_]:
    """What limits say of a target: "met", "not met", or "uncertain" where it lies between them.

    Examples
    --------
    >>> decided([98.2, 100.0, 90.0], [100.0, 100.0, 97.5], ">=", 100.0).tolist()
    ['uncertain', 'met', 'not met']
    """
    worst, best = (low, high) if comparison in (">=", ">") else (high, low)
    surely, maybe = (reaches(one, comparison, target) for one in (worst, best))
    known = np.isfinite(np.asarray(low, dtype=float)) & np.isfinite(np.asarray(high, dtype=float))
    words = np.where(surely, "met", np.where(maybe, "uncertain", "not met")).astype(object)
    return np.where(known, words, "uncertain").astype(object)


def leaves_no_room(comparison: str, target: float) -> bool:
    """Whether only all, or nothing, meets a target of a percentage.

    Examples
    --------
    >>> leaves_no_room(">=", 100.0), leaves_no_room("<=", 0.0), leaves_no_room(">=", 80.0)
    (True, True, False)
    """
    end = {">=": 100.0, "<=": 0.0}.get(comparison)
    return end is not None and float(standing(target, end)) == 0.0
