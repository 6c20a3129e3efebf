"""Indicators held against targets: one tidy table of verdicts, and the gaps behind it."""

from greencover.assessment.comparison import compare
from greencover.assessment.result import Assessment
from greencover.assessment.run import assess

__all__ = ["Assessment", "assess", "compare"]
