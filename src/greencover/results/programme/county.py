"""One county of a programme: assessed and written, unless nothing that it rests on has changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from importlib.metadata import version
from pathlib import Path
from typing import Literal

from greencover.ground.errors import GreencoverError
from greencover.ground.notes import Note
from greencover.ground.run import Run
from greencover.ground.writing import check_folder
from greencover.report import parquet, provenance
from greencover.report.outputs import OutputOptions, all_files
from greencover.results.assessment import assess
from greencover.results.programme.file import County
from greencover.verdicts.provenance import fingerprint_of

#: What the tables of a programme are made from, and what tells whether it still holds.
NEEDED = ("parquet", "json")
_KEY = "rests_on"


@dataclass(frozen=True)
class State:
    """How a county came out, and the sentence of one that failed."""

    code: str
    state: Literal["done", "unchanged", "failed"]
    sentence: Note | GreencoverError | None = None

    def said(self, lang: str) -> str:
        """The sentence in a language; nothing where the county did not fail."""
        return "" if self.sentence is None else self.sentence.said(lang)


class _UnchangedError(Exception):
    """Nothing that a county rests on has changed since its results were written."""


def assess_county(county: County, folder: Path, options: OutputOptions, threads: int) -> State:
    """Assess a county into its folder; whatever goes wrong is its state."""
    try:
        _assess(county, folder, options, threads)
    except _UnchangedError:
        return State(county.code, "unchanged")
    except GreencoverError as error:
        return State(county.code, "failed", error)
    except MemoryError:
        return State(county.code, "failed", Note("results.county_memory"))
    # One county must not end the others, whatever it is.
    except Exception as error:
        why = f"{type(error).__name__}: {error}"
        return State(county.code, "failed", Note("results.county_broke", reason=why))
    return State(county.code, "done")


def _assess(county: County, folder: Path, options: OutputOptions, threads: int) -> None:
    campaign = county.read()
    said = campaign.model_dump(warnings=False)
    wished = [str(getattr(options, field.name)) for field in fields(options)]
    rests_on = ""

    def unless_unchanged(files: Iterable[Path]) -> None:
        nonlocal rests_on
        files = tuple(files)
        check_folder(folder, ours=all_files(), inputs=files)
        # The programme file holds what other counties say as well; what this one says is in `said`.
        hashes = [fingerprint_of(file) for file in files if file != county.file]
        if options.template is not None:
            hashes.append(fingerprint_of(Path(options.template)))
        whole = [version("greencover"), said, wished, hashes]
        text = json.dumps(whole, sort_keys=True, default=str)
        rests_on = hashlib.sha256(text.encode()).hexdigest()
        if rests_on == _written(folder):
            raise _UnchangedError

    assessment = assess(campaign, run=Run(threads=threads), before=unless_unchanged)
    known = {**assessment.provenance, _KEY: rests_on}
    replace(assessment, provenance=known).write(folder, options)


def _written(folder: Path) -> str | None:
    """What the results in a folder rest on; None where there are none."""
    if not all((folder / name).is_file() for name in (parquet.FILE, provenance.FILE)):
        return None
    try:
        found = json.loads((folder / provenance.FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found.get(_KEY) if isinstance(found, dict) else None
