"""Assessments at hand: from a campaign to tables, files, maps and pages."""

from greencover.results.assessment import Assessment, assess
from greencover.results.writing import write_all

__all__ = ["Assessment", "assess", "write_all"]
