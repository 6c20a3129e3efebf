"""The command line: every command is one call into the library.

Heavy packages are imported inside the commands, so that help comes at once.
"""

from __future__ import annotations

import shutil
import sys
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from greencover.cli.terminal import hushed, log_on_stderr, notes_on_stderr, progress_bar, speak_utf8
from greencover.ground.errors import GreencoverError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from greencover.results import Assessment

_MISTAKE = 2
_NOT_MET = 3
_INTERRUPTED = 130
_FILE = click.Path(path_type=Path)
# The second language of a note stands under the first.
_BELOW = "\n      "


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code.

    0: done; 2: a mistake in what was given; 3: a target asked for by ``--fail-on`` is not met;
    130: interrupted.
    """
    speak_utf8()
    with notes_on_stderr():
        try:
            result = commands.main(argv, prog_name="greencover", standalone_mode=False)
        except GreencoverError as error:
            click.echo(f"greencover: {' '.join(str(error).split())}", err=True)
            return _MISTAKE
        except click.ClickException as error:
            error.show()
            return _MISTAKE
        except (click.Abort, KeyboardInterrupt):
            click.echo("greencover: interrupted", err=True)
            return _INTERRUPTED
    return result if isinstance(result, int) else 0


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="greencover")
@click.option("-v", "--verbose", is_flag=True, help="Say what is read and written, as it happens.")
@click.pass_context
def commands(context: click.Context, verbose: bool) -> None:
    """Forest coverage, roadside greening and green space by township, village and road.

    森林覆盖率、道路绿化率与人均绿地：按乡镇、村庄和道路统计。
    """
    if verbose:
        context.with_resource(log_on_stderr())


_resume_option = click.option(
    "--resume",
    is_flag=True,
    help="Keep finished tiles in OUT.unfinished until the results are written; go on from those of "
    "a run that was cut off.",
)


def _result_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Options that say what is written and what is printed."""
    options = (
        click.option(
            "--lang",
            type=click.Choice(["zh", "en", "both"]),
            default="both",
            show_default=True,
            help="Language of all outputs.",
        ),
        click.option(
            "--formats",
            metavar="LIST",
            help="xlsx, docx, html, parquet, gpkg, png, svg, pdf, json, with commas between.",
        ),
        click.option(
            "--maps",
            metavar="LIST",
            help="Maps by name, such as forest-coverage,indicators; townships: a page for each.",
        ),
        click.option("--template", type=_FILE, help="Word template in place of the built-in one."),
        click.option("--approval", default="", help="Approval number of the maps (审图号)."),
        click.option("--quiet", is_flag=True, help="Print nothing but errors."),
        click.option("--json", "as_json", is_flag=True, help="Print verdicts and files as JSON."),
        click.option(
            "--fail-on",
            type=click.Choice(["not-met"]),
            help="Exit with 3 when a target is not met.",
        ),
        _resume_option,
    )
    for option in reversed(options):
        command = option(command)
    return command


@commands.command()
@click.argument("campaign", type=_FILE)
@click.option("--out", type=_FILE, required=True, help="Folder for the results.")
@_result_options
def assess(campaign: Path, out: Path, **options: Any) -> int:
    """Compute the indicators of a campaign file and hold them against its targets."""
    return _assess(campaign, out, **options)


@commands.command()
@click.argument("campaign", type=_FILE)
def check(campaign: Path) -> None:
    """Validate a campaign file and say what it computes, without computing."""
    from greencover.campaign import Campaign
    from greencover.campaign.explain import explain
    from greencover.report.labels import label

    for line in explain(Campaign.read(campaign).open(), label):
        click.echo(line)


@commands.command()
@click.argument("zones", type=_FILE)
@click.argument("raster", type=_FILE, nargs=-1, required=True)
@click.option("--legend", required=True, help="Built-in legend or TOML file.")
@click.option("--out", type=_FILE, required=True, help="CSV, Parquet or GPKG.")
@click.option("--layer", help="Layer of the zones' file, when it has several.")
@click.option("--id", "id_column", metavar="COLUMN", help="Column with each zone's own code.")
@click.option("--band", type=int, help="Band with the codes, when a raster has several.")
@click.option(
    "--nodata",
    metavar="VALUE|none",
    help="Cell value without data, in place of the one that the raster declares.",
)
@click.option(
    "--crs", metavar="CODE", help="System of the zones: EPSG:4547, GCJ-02, ... where none is named."
)
@click.option(
    "--area",
    type=click.Choice(["ellipsoid", "grid"]),
    default="ellipsoid",
    show_default=True,
    help="Areas on the ellipsoid, or in the plane of the raster.",
)
@_resume_option
def areas(
    zones: Path,
    raster: tuple[Path, ...],
    legend: str,
    out: Path,
    layer: str | None,
    id_column: str | None,
    band: int | None,
    nodata: str | None,
    crs: str | None,
    area: Any,
    resume: bool,
) -> None:
    """Write the hectares of every land-cover class in every zone; RASTER may be several tiles."""
    from greencover.cli.area_table import area_table, check_destination, write_table

    check_destination(out, inputs=[zones, *raster])
    with _unfinished(out) if resume else nullcontext() as kept, progress_bar() as progress:
        table = area_table(
            zones,
            raster,
            legend=legend,
            layer=layer,
            code=id_column,
            band=band,
            nodata=_nodata(nodata),
            crs=crs,
            area=area,
            progress=progress,
            resume=kept,
        )
        write_table(table, out)
    click.echo(f"{out}: {len(table)} zones")


@commands.command()
@click.argument("name", required=False)
def legends(name: str | None) -> None:
    """List the built-in legends, or show the classes of one."""
    from greencover.cover import Legend, available

    if name is None:
        for key in available():
            legend = Legend.load(key)
            cell = f"{legend.resolution_m:g} m" if legend.resolution_m else ""
            click.echo(f"{key:<18}{cell:<8}{legend.title} · {legend.title_zh}")
        return
    legend = Legend.load(name)
    click.echo(f"{legend.title} · {legend.title_zh}")
    for entry in legend.classes:
        click.echo(
            f"{entry.code:>6}  {entry.cover:<9}{entry.colour}  {entry.name} · {entry.name_zh}"
        )
    for code, reason in legend.unobserved.items():
        click.echo(f"{code:>6}  unobserved         {reason}")
    for line in (f"source: {legend.source}", f"licence: {legend.licence}", *legend.notes):
        click.echo(line)


@commands.command()
@click.argument("name", required=False)
def standards(name: str | None) -> None:
    """List the built-in target sets, or show the targets of one."""
    from greencover.campaign.targets import when_text
    from greencover.indicators.registry import indicators
    from greencover.standards import available, load

    if name is None:
        for key in available():
            standard = load(key)
            click.echo(f"{key:<34}{standard.title} · {standard.title_zh}")
        return
    standard = load(name)
    click.echo(f"{standard.title} · {standard.title_zh}")
    for target in standard.targets:
        indicator = indicators()[target.indicator]
        figure = (
            "" if target.value is None else f"{target.comparison} {target.value:g} {target.unit}"
        )
        seen = target.confidence if target.verified else f"{target.confidence}, not verified"
        limits = "; ".join(
            text for text in (*target.grades, when_text(target), target.scope) if text
        )
        click.echo(
            f"{target.level:<11}{figure:<16}{target.name or indicator.name} · "
            f"{target.name_zh or indicator.name_zh}{f' ({limits})' if limits else ''} [{seen}]"
        )
    for line in (f"source: {standard.source}", *standard.notes):
        click.echo(line)


@commands.command()
@click.option(
    "--out",
    type=_FILE,
    default=Path("greencover-demo"),
    show_default=True,
    help="Folder for the results.",
)
@_result_options
def demo(out: Path, **options: Any) -> int:
    """Assess the sample county that comes with the package."""
    campaign = _sample_campaign()
    if not (options["quiet"] or options["as_json"]):
        click.echo(f"sample county: {campaign}")
    return _assess(campaign, out, **options)


def _nodata(given: str | None) -> Any:
    if given is None:
        return "file"
    if given.lower() == "none":
        return None
    try:
        return float(given)
    except ValueError as error:
        raise click.BadParameter(
            f"{given!r} is neither a number nor none.", param_hint="--nodata"
        ) from error


def _assess(
    campaign: Path,
    out: Path,
    *,
    lang: Any,
    formats: str | None,
    maps: str | None,
    template: Path | None,
    approval: str,
    quiet: bool,
    as_json: bool,
    fail_on: str | None,
    resume: bool,
) -> int:
    from greencover.ground.writing import check_folder
    from greencover.report import tables
    from greencover.report.kinds import MAPS
    from greencover.report.style import MapStyle
    from greencover.results import assess as run
    from greencover.results import check_options

    try:
        chosen, drawn = check_options(
            lang=lang,
            formats=None if formats is None else _listed(formats),
            maps=MAPS if maps is None else _listed(maps),
            template=template,
        )
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    check_folder(out)
    if quiet:
        click.get_current_context().with_resource(hushed())
    with (
        _unfinished(out) if resume else nullcontext() as kept,
        progress_bar(silent=quiet) as progress,
    ):
        assessment = run(campaign, progress=progress, resume=kept)
        written = assessment.write(
            out,
            lang=lang,
            formats=chosen,
            maps=drawn,
            template=template,
            style=MapStyle(lang=lang, approval=approval),
            progress=progress,
        )
    if as_json:
        click.echo(tables.as_json(assessment, written))
    elif not quiet:
        _show_notes(assessment, lang)
        width = shutil.get_terminal_size((100, 24)).columns
        click.echo(tables.as_text(assessment, lang=lang, width=width))
        click.echo()
        for path in written.values():
            click.echo(path)
    missed = int((assessment.table["verdict"] == "not met").sum())
    if fail_on == "not-met" and missed:
        click.echo(f"greencover: {missed} targets are not met", err=True)
        return _NOT_MET
    return 0


@contextmanager
def _unfinished(out: Path) -> Iterator[Path]:
    """Yield the folder for finished tiles of an output; it goes once the output is in place."""
    from greencover.overlay import forget_tiles

    place = out.absolute()
    folder = place.with_name(f"{place.name}.unfinished")
    yield folder
    forget_tiles(folder)


def _listed(given: str) -> list[str]:
    return [name.strip() for name in given.split(",") if name.strip()]


def _show_notes(assessment: Assessment, lang: Any) -> None:
    """Print what was repaired or assumed; the many targets that were left out, as a count."""
    from greencover.report.remarks import remark

    left_out = assessment.unjudged
    notes = [note for note in assessment.notes if note not in left_out]
    if left_out:
        notes.append(f"{len(left_out)} targets were not judged; greencover check says why.")
    sign = "注：" if lang == "zh" else "note: "
    for note in notes:
        click.echo(f"{sign}{remark(note, lang=lang, between=_BELOW)}", err=True)


def _sample_campaign() -> Path:
    """Find the sample beside the installed package or in the source tree it runs from."""
    package = Path(__file__).parent.parent
    for folder in (package / "sample", package.parent.parent / "data" / "sample"):
        if (folder / "campaign.toml").is_file():
            return folder / "campaign.toml"
    raise GreencoverError(
        f"The sample county is neither in {package / 'sample'} nor in a source tree: "
        "install greencover again."
    )


if __name__ == "__main__":
    sys.exit(main())
