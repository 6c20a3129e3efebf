"""How often intervals of stratified shares hold the truth, over a grid of scenes.

Scenes: 2, 3, 5 and 10 strata, with equal, dominant and geometric weights; the share that counts is
1 - t in every stratum, t in every stratum, or both in turn, for t from 0 to 0.15. Run
``python -m benchmarks.intervals``; the table is in docs/accuracy.md.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from itertools import product
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from greencover.accuracy.acceptance import Acceptance
from greencover.accuracy.intervals import share_limits

Floats = npt.NDArray[np.float64]
Limits = Callable[[Floats, Floats, Floats], tuple[Floats, Floats]]

SIZES = (5, 10, 20, 30, 50, 100)
ERRORS = (0.0, 0.01, 0.02, 0.05, 0.075, 0.1, 0.15)


def scenes() -> Iterator[tuple[Floats, Floats]]:
    """Weights of the strata, and the share of each that counts."""
    for strata, form, error in product((2, 3, 5, 10), range(3), ERRORS):
        if form == 0:
            weights = np.full(strata, 1.0 / strata)
        elif form == 1:
            weights = np.r_[0.9, np.full(strata - 1, 0.1 / (strata - 1))]
        else:
            weights = 0.5 ** np.arange(strata)
            weights /= weights.sum()
        in_turn = np.where(np.arange(strata) % 2 == 0, 1.0 - error, error)
        for shares in (np.full(strata, 1.0 - error), np.full(strata, error), in_turn):
            yield weights, shares


def published(weights: Floats, hits: Floats, sizes: Floats) -> tuple[Floats, Floats]:
    """The normal interval of Olofsson et al. 2014."""
    p = hits / sizes
    estimate = (weights * p).sum(axis=-1)
    half = NormalDist().inv_cdf(0.975) * np.sqrt(
        (weights**2 * p * (1.0 - p) / (sizes - 1.0)).sum(axis=-1)
    )
    return estimate - half, estimate + half


def coverage(limits: Limits, size: int, draws: int, seed: int) -> tuple[float, float, float]:
    """Worst and mean share of draws whose interval holds the truth; its mean width in points."""
    random = np.random.default_rng(seed)
    held, width = [], []
    for weights, shares in scenes():
        hits = random.binomial(size, shares, (draws, len(shares))).astype(float)
        low, high = limits(weights, hits, np.full(len(shares), float(size)))
        truth = float((weights * shares).sum())
        held.append(np.mean((low <= truth + 1e-12) & (truth <= high + 1e-12)))
        width.append(100.0 * np.mean(high - low))
    return float(min(held)), float(np.mean(held)), float(np.mean(width))


def wrongly_proven(size: int, risk: float, draws: int, seed: int) -> tuple[float, float]:
    """Worst and mean share of draws whose lower limit at a risk lies above the truth."""
    random = np.random.default_rng(seed)
    wrong = []
    for weights, shares in scenes():
        hits = random.binomial(size, shares, (draws, len(shares))).astype(float)
        level = Acceptance(100.0, 100.0 * risk).level
        low, _ = share_limits(weights, hits, np.full(len(shares), float(size)), level)
        wrong.append(np.mean(low > float((weights * shares).sum()) + 1e-12))
    return float(max(wrong)), float(np.mean(wrong))


def main() -> None:
    """Print the table of both methods, and how often a rule of acceptance is wrong."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--draws", type=int, default=4000)
    asked.add_argument("--seed", type=int, default=1)
    given = asked.parse_args()
    print("| method | " + " | ".join(f"n = {size}" for size in SIZES) + " |")
    print("|---|" + "---|" * len(SIZES))
    for name, limits in (("as published", published), ("in verdicts", share_limits)):
        cells = []
        for size in SIZES:
            worst, mean, width = coverage(limits, size, given.draws, given.seed)
            cells.append(f"{100 * worst:.0f} / {100 * mean:.0f}, {width:.1f}")
        print(f"| {name} | " + " | ".join(cells) + " |", flush=True)
    for risk in (0.05, 0.01):
        cells = []
        for size in SIZES:
            worst, mean = wrongly_proven(size, risk, given.draws, given.seed)
            cells.append(f"{100 * worst:.1f} / {100 * mean:.1f}")
        print(f"| wrongly proven at {risk:.0%} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
