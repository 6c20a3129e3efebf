"""Which side of a limit a figure stands on, and print that never says another."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from greencover.ground.limits import beside, reaches, standing
from greencover.report.selection import interval_of, shown


@pytest.mark.parametrize("target", [0.0, 5.0, 60.0, 80.0, 100.0, 9.3, 33.33])
@pytest.mark.parametrize("apart", [10.0**-k for k in range(1, 7)] + [0.04999, 0.05001])
@pytest.mark.parametrize("sign", [-1, 1])
@pytest.mark.parametrize("digits", [0, 1, 2])
def test_print_stands_where_the_figure_does(target, apart, sign, digits):
    value = target + sign * apart
    printed = Fraction(beside(value, target, digits=digits).replace(",", ""))
    held = Fraction(str(target))
    assert (printed > held) - (printed < held) == sign
    assert abs(printed - Fraction(value)) <= Fraction(1, 2 * 10**digits)


def test_a_figure_on_its_target_needs_no_digits():
    assert beside(60.0 + 1e-12, 60.0) == "60.0"
    assert beside(200 / 3, 200 / 3) == "66.6667"
    assert beside(float("nan"), 60.0) == "nan"


def test_the_printed_figure_never_contradicts_a_verdict():
    rng = np.random.default_rng(5)
    for target in (0.0, 60.0, 66.5, 1500.0):
        near = target + rng.choice([-1, 1], 300) * 10 ** rng.uniform(-5.5, 1, 300)
        for value in near:
            printed = float(shown(value, target).replace(",", ""))
            for sign in (">=", ">", "<=", "<"):
                assert reaches(printed, sign, target) == reaches(value, sign, target)


def test_bounds_are_printed_on_their_side_too():
    record = {"low": 52.0, "high": 59.97, "target": 60.0}
    assert interval_of(record) == "52.0–59.97"
    assert interval_of(record | {"low": 51.98, "accept_pct": 52.0}) == "51.98–59.97"


def test_what_is_not_known_stands_nowhere():
    assert np.isnan(standing(np.nan, 60.0))
    assert not any(reaches(np.nan, sign, 60.0) for sign in (">=", ">", "<=", "<"))
