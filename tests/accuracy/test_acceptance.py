"""What a sample proves, and the rule that says how much of it is enough."""

from __future__ import annotations

import numpy as np
import pytest

from greencover.accuracy.acceptance import Acceptance, decided, leaves_no_room
from greencover.accuracy.exact import lowest_share
from greencover.accuracy.intervals import share_limits
from greencover.ground.errors import AccuracyError


@pytest.mark.parametrize(
    ("risk", "least"),
    # 1 % to 5 % on one side: the 200th root of the risk.
    [(2.5, 0.025 ** (1 / 200)), (5.0, 0.05 ** (1 / 200)), (1.0, 0.01 ** (1 / 200))],
)
def test_200_of_200_prove_the_200th_root_of_the_risk(risk, least):
    rule = Acceptance(98.0, risk)
    assert float(lowest_share(200, 200, rule.level)) == pytest.approx(least, rel=1e-12)
    assert round(100 * 0.025 ** (1 / 200), 1) == 98.2


@pytest.mark.parametrize("risk", [1.0, 5.0])
@pytest.mark.parametrize("size", [5, 30, 200])
def test_the_risk_of_a_rule_holds_where_the_share_is_just_too_low(risk, size):
    """Of samples of a share just below what must be proven, no more than the risk pass."""
    rng = np.random.default_rng(11)
    rule = Acceptance(90.0, risk)
    for truth in ([0.8999] * 2, [0.98, 0.8199], [1.0, 0.7999]):
        hits = rng.binomial(size, truth, size=(4000, 2))
        low, _ = share_limits([0.5, 0.5], hits, [size, size], rule.level)
        passed = np.mean(decided(low, np.ones_like(low), ">=", rule.pct / 100) == "met")
        # 4,000 draws are off by no more than four standard errors.
        risk_share = risk / 100
        assert passed <= risk_share + 4 * np.sqrt(risk_share * (1 - risk_share) / 4000)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ((98.0, None), "give both"),
        ((None, 5.0), "give both"),
        ((98.0, 50.0), "between 0.05 and 25"),
        ((98.0, 0.0), "between 0.05 and 25"),
        ((98.0, float("nan")), "between 0.05 and 25"),
        ((101.0, 5.0), "no more than the target, >= 100 %"),
        ((float("nan"), 5.0), "no more than the target"),
    ],
)
def test_half_a_rule_and_one_out_of_bounds_are_refused(given, said):
    with pytest.raises(AccuracyError, match=said):
        Acceptance.checked(*given, ">=", 100.0)


def test_a_rule_makes_no_target_harder_and_is_of_percentages():
    with pytest.raises(AccuracyError, match="<= 0 %"):
        Acceptance.checked(-1.0, 5.0, "<=", 0.0)
    with pytest.raises(AccuracyError, match="no more than the target, >= 80 %"):
        Acceptance.checked(90.0, 5.0, ">=", 80.0)
    with pytest.raises(AccuracyError, match="share in %"):
        Acceptance.checked(9.0, 5.0, ">=", 11.0, "m²/person")
    assert Acceptance.checked(2.0, 5.0, "<=", 0.0) == Acceptance(2.0, 5.0)
    assert Acceptance.checked(None, None, ">=", 100.0) is None


def test_targets_that_leave_no_room():
    assert leaves_no_room(">=", 100.0 - 1e-12)
    assert not any(leaves_no_room(sign, 100.0) for sign in (">", "<=", "<"))
    assert leaves_no_room("<=", 0.0)
    assert not any(leaves_no_room(sign, 0.0) for sign in (">", ">=", "<"))


def test_limits_that_are_not_known_decide_nothing():
    assert decided([np.nan, 61.0], [70.0, np.nan], ">=", 60.0).tolist() == ["uncertain"] * 2
