"""Maps as files: PNG, SVG and PDF."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.text import Text

from greencover.ground import fonts
from greencover.ground.errors import ArgumentError
from greencover.ground.writing import replacing
from greencover.report.maps.registry import Map, maps, names
from greencover.report.outputs import Output, OutputOptions, register
from greencover.report.style import PLAIN, MapStyle
from greencover.words import Listed

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from greencover.report.view import View
    from greencover.verdicts import Assessment

FORMATS = ("png", "svg", "pdf")


def check_maps(wanted: Iterable[str]) -> tuple[str, ...]:
    """Names of maps without repetitions; refuse one that is not known.

    Raises
    ------
    ArgumentError
        A name is unknown, or none is given.
    """
    wanted, known = tuple(dict.fromkeys(wanted)), Listed.of(names(), limit=50)
    for name in wanted:
        if name not in names():
            raise ArgumentError("maps.unknown_map", name=name, known=known)
    if not wanted:
        raise ArgumentError("maps.no_map", known=known)
    return wanted


def write_maps(
    assessment: Assessment,
    folder: str | Path,
    *,
    maps: Iterable[str] | None = None,
    formats: Iterable[str] = ("png",),
    style: MapStyle = PLAIN,
    dpi: int = 150,
) -> dict[str, Path]:
    """Write every map that the assessment has data for into the sub-folder ``maps``.

    Parameters
    ----------
    assessment
        The assessment to show.
    folder
        Folder of the results.
    maps
        Names of maps; ``"townships"`` makes a PDF with a page a township. All that are written
        unless told otherwise when left out.
    formats
        ``"png"``, ``"svg"`` and ``"pdf"``; text in the last two stays text.
    style
        How all maps look.
    dpi
        Dots an inch of PNG.

    Returns
    -------
    dict
        Relative name, such as ``"maps/forest-coverage.png"``, and path of each map written.
    """
    chosen = check_maps(names(default=True) if maps is None else maps)
    written = {}
    for one in _fitting(assessment, chosen):
        if one.pages is not None:
            path = Path(folder) / "maps" / f"{one.name}.pdf"
            written[f"maps/{path.name}"] = write_atlas(assessment, path, one, style=style)
            continue
        ax = one.draw(assessment, style=style)
        for kind in formats:
            path = Path(folder) / "maps" / f"{one.name}.{kind}"
            written[f"maps/{path.name}"] = save(ax, path, dpi=dpi)
    return written


def _fitting(assessment: Assessment, chosen: tuple[str, ...]) -> list[Map]:
    """Maps that the assessment has data for, in the order of their names."""
    known = maps()
    return [known[name] for name in chosen if known[name].fits(assessment)]


def save(drawn: Axes | Figure, path: str | Path, *, dpi: int = 150) -> Path:
    """Save a map, or any figure with maps in it, as PNG, SVG or PDF.

    The bytes are the same each time. Text of SVG and PDF stays text, and both hold the characters
    of the Chinese font that they use.

    Parameters
    ----------
    drawn
        The axes of a map, or a figure.
    path
        File to make or to replace; its suffix says the format.
    dpi
        Dots an inch of a PNG.

    Examples
    --------
    >>> save(assessment.plot.verdict_matrix(lang="en"), "matrix.png", dpi=50).name
    'matrix.png'
    """
    figure = drawn if isinstance(drawn, Figure) else drawn.get_figure(root=True)
    assert isinstance(figure, Figure)
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    kind = path.suffix.lower().lstrip(".")
    metadata: dict[str, str | None] = {
        "svg": {"Creator": "greencover", "Date": None},
        "pdf": {"Creator": "greencover", "Producer": None, "CreationDate": None},
    }.get(kind, {"Software": "greencover"})
    with replacing(path) as draft, mpl.rc_context(fonts.settings()):
        figure.savefig(draft, dpi=dpi, metadata=metadata)
        if kind == "svg":
            _embed_font(draft, figure)
    return path


def _embed_font(path: Path, figure: Figure) -> None:
    """Put the characters that the SVG uses into it: the text stays text on every machine."""
    texts: list[Any] = figure.findobj(Text)
    words = "".join(text.get_text() for text in texts)
    data = fonts.web_font(words + "0123456789.,+-–−°′″%()")
    if not data:
        return
    family = fonts.font_families()[0]
    face = f'@font-face {{ font-family: "{family}"; src: url("{data}") format("woff"); }}'
    svg = path.read_text(encoding="utf-8")
    start = svg.index("<defs>") + len("<defs>")
    path.write_text(
        f"{svg[:start]}\n  <style>{face}</style>{svg[start:]}", encoding="utf-8", newline="\n"
    )


def write_atlas(
    assessment: Assessment, path: str | Path, atlas: Map, *, style: MapStyle = PLAIN
) -> Path:
    """Write a PDF with all pages of an atlas, such as a page for each township."""
    from matplotlib.backends.backend_pdf import PdfPages

    assert atlas.pages is not None
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    metadata = {"Creator": "greencover", "Producer": None, "CreationDate": None}
    with (
        replacing(path) as draft,
        mpl.rc_context(fonts.settings()),
        PdfPages(draft, metadata=metadata) as pages,
    ):
        for options in atlas.pages(assessment):
            ax = atlas.draw(assessment, style=style, **options)
            pages.savefig(ax.get_figure(root=True))
    return Path(path)


def _files() -> list[str]:
    """Names of all files: atlases are PDF alone."""
    known = maps()
    return [
        f"maps/{name}.{kind}"
        for name in names()
        for kind in (FORMATS if known[name].pages is None else ("pdf",))
    ]


def _check(options: OutputOptions) -> None:
    if options.maps is not None:
        check_maps(options.maps)


def _write(view: View, folder: Path, options: OutputOptions) -> None:
    write_maps(
        view.assessment,
        folder,
        maps=options.maps,
        formats=[name for name in options.chosen if name in FORMATS],
        style=options.look,
        dpi=options.dpi,
    )


register(Output("maps", _write, _files, FORMATS, default=("png",), place=60, check=_check))
