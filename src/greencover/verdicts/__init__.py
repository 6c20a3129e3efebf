"""Indicators held against targets: one tidy table of verdicts, and the gaps behind it."""

from greencover.verdicts.comparison import compare
from greencover.verdicts.result import Assessment
from greencover.verdicts.run import assess

__all__ = ["Assessment", "assess", "compare"]
