"""Many campaigns at once: counties one by one, then cities and provinces by sums."""

from greencover.results.programme.programme import Programme, ProgrammeResult

__all__ = ["Programme", "ProgrammeResult"]
