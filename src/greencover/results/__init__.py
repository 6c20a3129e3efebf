"""Assessments at hand: from a campaign to tables, files, maps and pages."""

from greencover.results.assessment import Assessment, assess
from greencover.results.field_forms import write_field_forms
from greencover.results.programme import Programme, ProgrammeResult
from greencover.results.writing import write_all

__all__ = ["Assessment", "Programme", "ProgrammeResult", "assess", "write_all", "write_field_forms"]
