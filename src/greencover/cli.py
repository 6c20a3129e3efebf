"""The command line: every command is one call into the library.

Heavy packages are imported inside the commands, so that help comes at once.
"""

from __future__ import annotations

import logging
import shutil
import sys
import warnings
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from greencover.errors import GreencoverError, GreencoverWarning

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_MISTAKE = 2
_INTERRUPTED = 130
_NOT_JUDGED = " was not judged: "
_FILE = click.Path(path_type=Path)


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; return 0, 2 for a mistake in what was given, or 130 when interrupted."""
    _speak_utf8()
    with _notes_on_stderr():
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
def commands() -> None:
    """Forest coverage, roadside greening and green space by township, village and road.

    森林覆盖率、道路绿化率与人均绿地：按乡镇、村庄和道路统计。
    """


@commands.command()
@click.argument("campaign", type=_FILE)
@click.option("--out", type=_FILE, required=True, help="Folder for the results.")
def assess(campaign: Path, out: Path) -> None:
    """Compute the indicators of a campaign file and hold them against its targets."""
    _assess(campaign, out)


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
    "--area",
    type=click.Choice(["ellipsoid", "grid"]),
    default="ellipsoid",
    show_default=True,
    help="Areas on the ellipsoid, or in the plane of the raster.",
)
def areas(
    zones: Path,
    raster: tuple[Path, ...],
    legend: str,
    out: Path,
    layer: str | None,
    id_column: str | None,
    band: int | None,
    nodata: str | None,
    area: Any,
) -> None:
    """Write the hectares of every land-cover class in every zone; RASTER may be several tiles."""
    from greencover.area_table import area_table, check_destination, write_table

    check_destination(out, inputs=[zones, *raster])
    with _progress() as progress:
        table = area_table(
            zones,
            raster,
            legend=legend,
            layer=layer,
            code=id_column,
            band=band,
            nodata=_nodata(nodata),
            area=area,
            progress=progress,
        )
    write_table(table, out)
    click.echo(f"{out}: {len(table)} zones")


@commands.command()
@click.argument("name", required=False)
def legends(name: str | None) -> None:
    """List the built-in legends, or show the classes of one."""
    from greencover.legends import Legend, available

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
    from greencover.standards import INDICATORS, available, load

    if name is None:
        for key in available():
            standard = load(key)
            click.echo(f"{key:<34}{standard.title} · {standard.title_zh}")
        return
    standard = load(name)
    click.echo(f"{standard.title} · {standard.title_zh}")
    for target in standard.targets:
        indicator = INDICATORS[target.indicator]
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
def demo(out: Path) -> None:
    """Assess the sample county that comes with the package."""
    campaign = _sample_campaign()
    click.echo(f"sample county: {campaign}")
    _assess(campaign, out)


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


def _assess(campaign: Path, out: Path) -> None:
    from greencover.assessment import assess as run
    from greencover.report import tables
    from greencover.writing import check_folder

    check_folder(out)
    with _progress() as progress:
        assessment = run(campaign, progress=progress)
        written = assessment.write(out, progress=progress)
    _show_notes(assessment.notes)
    width = shutil.get_terminal_size((100, 24)).columns
    click.echo(tables.as_text(assessment, width=width))
    click.echo()
    for path in written.values():
        click.echo(path)


def _show_notes(notes: Sequence[str]) -> None:
    """Print what was repaired or assumed; the many targets that were left out, as a count."""
    unjudged = [note for note in notes if _NOT_JUDGED in note]
    for note in notes:
        if note not in unjudged:
            click.echo(f"note: {' '.join(note.split())}", err=True)
    if unjudged:
        click.echo(
            f"note: {len(unjudged)} targets were not judged; greencover check says why.", err=True
        )


def _sample_campaign() -> Path:
    """Find the sample beside the installed package or in the source tree it runs from."""
    package = Path(__file__).parent
    for folder in (package / "sample", package.parent.parent / "data" / "sample"):
        if (folder / "campaign.toml").is_file():
            return folder / "campaign.toml"
    raise GreencoverError(
        f"The sample county is neither in {package / 'sample'} nor in a source tree: "
        "install greencover again."
    )


@contextmanager
def _progress() -> Iterator[Callable[..., None]]:
    """Yield a callback that moves a bar on terminals and stays silent elsewhere."""
    from tqdm import tqdm

    with tqdm(total=1, disable=None, leave=False, unit="", file=sys.stderr) as bar:

        def report(done: int, total: int, step: str = "") -> None:
            bar.set_description_str(step, refresh=False)
            bar.total = total
            bar.n = done
            bar.refresh()

        yield report


@contextmanager
def _notes_on_stderr() -> Iterator[None]:
    """Print what was repaired or assumed as notes; leave other warnings as they are."""
    for library in ("rasterio", "pyogrio", "fiona"):
        # Their errors reach people as one sentence of ours; unheard loggers print them as well.
        logging.getLogger(library).addHandler(logging.NullHandler())
    with warnings.catch_warnings():
        warnings.simplefilter("always", GreencoverWarning)
        show = warnings.showwarning

        def note(message: Any, category: type[Warning], *rest: Any, **more: Any) -> None:
            if issubclass(category, GreencoverWarning):
                click.echo(f"note: {' '.join(str(message).split())}", err=True)
            else:
                show(message, category, *rest, **more)

        warnings.showwarning = note
        yield


def _speak_utf8() -> None:
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")


if __name__ == "__main__":
    sys.exit(main())
