"""An assessment as a folder of files: workbook, Word report, page, tables, layers, maps."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from greencover.ground.notes import tell
from greencover.ground.writing import check_folder, replacing_folder
from greencover.report.outputs import OutputOptions, all_files, outputs
from greencover.report.view import View
from greencover.words import Listed

if TYPE_CHECKING:
    from greencover.verdicts import Assessment

__all__ = ["write_all"]

_SHOWN = 8


def write_all(
    assessment: Assessment,
    out: str | Path,
    options: OutputOptions | None = None,
    *,
    progress: Callable[[int, int, str], None] | None = None,
) -> dict[str, Path]:
    """Write an assessment into a folder.

    All files are made in a temporary folder beside ``out`` and moved when the last one is whole.
    Results of an earlier run are replaced, and those that were not made again go away; other
    files in the folder stay.

    Parameters
    ----------
    assessment
        The assessment to write.
    out
        Folder; made when missing.
    options
        Language, formats, maps, template, look of the maps.
    progress
        Called with outputs done, outputs in all, and what comes next.

    Returns
    -------
    dict
        Relative name, such as ``"maps/forest-coverage.png"``, and path of each file written.

    Raises
    ------
    ArgumentError
        A format or a map is unknown, or options contradict one another.
    OutputError
        A file cannot be written, or would replace one that the assessment was made from, or the
        template cannot be used; the folder is then as it was.
    MissingExtraError
        The Word report was asked for and its package is not installed.

    Examples
    --------
    >>> from greencover.report.outputs import OutputOptions
    >>> options = OutputOptions(formats=["json"])
    >>> list(write_all(assessment, "results", options))
    ['provenance.json']
    """
    options = (options or OutputOptions()).checked()
    check_folder(out, ours=all_files(), inputs=_read_for(assessment))
    earlier = [name for name in all_files() if (Path(out) / name).is_file()]
    chosen = [output for output in outputs() if set(output.formats) & set(options.chosen)]
    view = View.of(assessment)
    with replacing_folder(out, ours=all_files()) as drafts:
        for done, output in enumerate(chosen):
            if progress is not None:
                progress(done, len(chosen), output.name)
            output.write(view, drafts, options)
        made = [name for name in all_files() if (drafts / name).is_file()]
    gone = [name for name in earlier if name not in made]
    if gone:
        tell("results.gone", folder=out, files=Listed.of(gone, limit=_SHOWN), stacklevel=4)
    if progress is not None:
        progress(len(chosen), len(chosen), "")
    return {name: Path(out) / name for name in made}


def _read_for(assessment: Assessment) -> list[str]:
    """Paths of the files that an assessment was made from."""
    inputs = assessment.provenance.get("inputs", {})
    return [file["path"] for files in inputs.values() for file in files]
