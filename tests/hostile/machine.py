"""Machines that fail: full disks, no more memory or files, a folder that goes, a killed process.

Each fault is set up in a forked child, which runs a command over older results. Whatever happens,
the results are then those of before or those of a whole run, and what is said is one sentence.
"""

from __future__ import annotations

import errno
import os
import resource
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from greencover.cli import main
from greencover.cli.speech import said
from greencover.ground.workshops import is_called_like_a_workshop
from small_county import SmallCounty

Before = Callable[[Path], object]
OLD = b"last year's"
#: Ends of a command that says what happened: done, refused, no memory, nothing to print on.
TOLD = (0, 2, 71, 74)
_WATCHED = ("open", "os.rename", "os.mkdir", "os.remove", "os.rmdir")
_AREAS = ("a.csv", "a.gpkg", "a.xlsx", "a.parquet")


@dataclass(frozen=True)
class Ended:
    """How a command ended, what it said, and what it left."""

    code: int
    said: str
    files: dict[str, bytes]
    left_over: tuple[str, ...]


@dataclass(frozen=True)
class Fault:
    """A command, and what is done to it.

    Attributes
    ----------
    output
        Name of the file of areas, or of the folder of an assessment.
    before
        Sets the fault up in the child, given the folder of all that is there.
    killed
        The signal that ends it, where one does.
    """

    output: str
    before: Before
    killed: int = 0


def run(output: str, before: Before, folder: Path) -> Ended:
    """Run a command in a forked child with a fault, over older results."""
    SmallCounty().write(folder / "in")
    out = folder / "out"
    out.mkdir()
    for name in ("assessment.xlsx", "notes.txt") if output == "out" else (output,):
        (out / name).write_bytes(OLD)
    # No limit on files holds for what goes through a pipe, which keeps more than is ever said.
    heard, told = os.pipe()
    child = os.fork()
    if child == 0:
        _child(output, before, folder, told)
    os.close(told)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    files = {str(one.relative_to(out)): one.read_bytes() for one in out.rglob("*") if one.is_file()}
    drafts = {name for name in files if is_called_like_a_workshop(Path(Path(name).parts[0]))}
    files = {name: content for name, content in files.items() if name not in drafts}
    left = sorted({one.name for one in folder.iterdir()} - {"in", "out"} | drafts)
    with os.fdopen(heard, "rb") as file:
        told_of = file.read().decode("utf-8", "replace")
    return Ended(code, told_of, files, tuple(left))


def whole(output: str) -> dict[str, bytes]:
    """The files of a run that nothing happens to."""
    with tempfile.TemporaryDirectory() as folder:
        ended = run(output, lambda _: None, Path(folder))
    assert ended.code == 0, ended.said
    return {name: content for name, content in ended.files.items() if name != "notes.txt"}


def _child(output: str, before: Before, folder: Path, told: int) -> None:
    code = 70
    try:
        os.dup2(told, 1)
        os.dup2(told, 2)
        sys.stdout = os.fdopen(1, "w", closefd=False)
        sys.stderr = os.fdopen(2, "w", closefd=False)
        tempfile.tempdir = str(folder)
        # A process that has come so far as to begin a command could open this file, too.
        said("cli.interrupted")
        before(folder)
        code = main(_command(folder, output))
        with suppress(OSError):
            sys.stdout.flush()
    except BaseException as error:
        os.write(2, f"Traceback: {error!r}".encode())
    finally:
        os._exit(code)


def _command(folder: Path, output: str) -> list[str]:
    given, out = folder / "in", folder / "out"
    if output == "out":
        return ["assess", str(given / "campaign.toml"), f"--out={out}", "--formats=json,xlsx"]
    where = [str(given / "county.gpkg"), str(given / "cover.tif"), "--layer=townships"]
    return ["areas", *where, "--legend=worldcover", f"--out={out / output}"]


def mistakes(fault: Fault, ended: Ended, whole: dict[str, bytes]) -> list[str]:
    """What is wrong with an end; nothing where it is as it should be."""
    found = []
    told = (-fault.killed, 128 + fault.killed, *TOLD) if fault.killed else TOLD
    if ended.code not in told or "Traceback" in ended.said:
        found.append(f"exit code {ended.code}: {ended.said[-300:]}")
    spoken = [one for one in ended.said.splitlines() if one.startswith("greencover:")]
    if ended.code in TOLD[1:] and fault.before not in UNHEARD and len(spoken) != 1:
        found.append(f"{len(spoken)} sentences: {ended.said[-300:]}")
    own = {"notes.txt": OLD} if fault.output == "out" else {}
    name = "assessment.xlsx" if fault.output == "out" else fault.output
    old = {name: OLD, **own}
    is_new = set(ended.files) == {*whole, *own} and all(
        own.get(one, b"") == content or _like(content, whole.get(one, b""))
        for one, content in ended.files.items()
    )
    if ended.files != old and not is_new:
        found.append(f"neither old nor new: {sorted(ended.files)}")
    if ended.code == 0 and not is_new:
        found.append("done, but not new")
    if ended.left_over and fault.killed != signal.SIGKILL:
        found.append(f"left over: {ended.left_over}")
    return found


def _like(content: bytes, whole: bytes) -> bool:
    """Whether a file is whole: times of writing in it, and so its packing, are its own."""
    return content != OLD and abs(len(content) - len(whole)) <= max(64, len(whole) // 50)


def no_file_above(size: int, _: Path) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def no_more_files(most: int, _: Path) -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def no_more_memory(mb: int, _: Path) -> None:
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    most = pages * resource.getpagesize() + mb * 1_000_000
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def refused(number: int, error: int, _: Path) -> None:
    """The system refuses a step on files, and all that follow in the output."""
    _at(number, partial(_refuse, error))


def killed(number: int, sent: int, _: Path) -> None:
    _at(number, lambda *_: os.kill(os.getpid(), sent))


def _refuse(error: int, event: str, given: tuple[object, ...]) -> None:
    mode = given[1] if event == "open" and len(given) > 1 else "w"
    if isinstance(mode, str) and set(mode) & set("wax+"):
        raise OSError(error, os.strerror(error), str(given[0]))


def _at(number: int, act: Callable[..., object]) -> None:
    """Do something at a step on files that lie with the output, counted from the start."""
    seen = 0

    def watch(event: str, given: tuple[object, ...]) -> None:
        nonlocal seen
        if event in _WATCHED and given and f"{os.sep}out" in str(given[0]):
            seen += 1
            if seen == number or (seen > number and act.__class__ is partial):
                act(event, given)

    sys.addaudithook(watch)


def full(_: Path) -> None:
    file = os.open("/dev/full", os.O_WRONLY)
    os.dup2(file, 1)


def closed(_: Path) -> None:
    os.close(1)


def gone(folder: Path) -> None:
    place = folder / "gone"
    place.mkdir()
    os.chdir(place)
    place.rmdir()


def named_wrongly(name: str, value: str, _: Path) -> None:
    os.environ[name] = value


def no_place_for_drafts(_: Path) -> None:
    tempfile.tempdir = "/nowhere"


#: What is said on a stream that nobody hears.
UNHEARD: tuple[Before, ...] = (full, closed)


def faults() -> Iterator[tuple[str, Fault]]:
    """Every fault of the machine with its name."""
    for output in _AREAS:
        for size in (0, 30, 1_000, 4_096, 20_000, 32_768):
            yield (
                f"{output}, no file above {size} bytes",
                Fault(output, partial(no_file_above, size)),
            )
    for size in (0, 20_000):
        yield f"assess, no file above {size} bytes", Fault("out", partial(no_file_above, size))
    for number in (1, 2, 3, 4):
        for error in (errno.ENOSPC, errno.EACCES, errno.EIO):
            yield (
                f"areas, step {number}: {errno.errorcode[error]}",
                Fault("a.csv", partial(refused, number, error)),
            )
    for number in (1, 4):
        yield f"assess, step {number}: ENOSPC", Fault("out", partial(refused, number, errno.ENOSPC))
    for most in range(4, 12):
        yield f"areas, {most} files at once", Fault("a.gpkg", partial(no_more_files, most))
    for most in (5, 12):
        yield f"assess, {most} files at once", Fault("out", partial(no_more_files, most))
    for mb in (0, 8, 64, 256):
        yield f"areas, {mb} MB more", Fault("a.gpkg", partial(no_more_memory, mb))
    for mb in (0, 64):
        yield f"assess, {mb} MB more", Fault("out", partial(no_more_memory, mb))
    yield "areas, a full disk behind what is printed", Fault("a.csv", full)
    yield "areas, nowhere to print", Fault("a.csv", closed)
    yield "areas, the folder is gone", Fault("a.csv", gone)
    yield "areas, no place for drafts", Fault("a.csv", no_place_for_drafts)
    yield "assess, no place for drafts", Fault("out", no_place_for_drafts)
    for name, value in (
        *(("HOME", "/nowhere"), ("HOME", "/dev/null"), ("XDG_CACHE_HOME", "/dev/full")),
        *(("LC_ALL", "C"), ("GREENCOVER_LANG", "xx"), ("TMPDIR", "/nowhere")),
    ):
        yield f"areas, {name}={value}", Fault("a.csv", partial(named_wrongly, name, value))


def kills() -> Iterator[tuple[str, Fault]]:
    """Every kill with its name: moments spread over the steps of writing."""
    for sent in (signal.SIGKILL, signal.SIGTERM, signal.SIGINT):
        for output in ("a.csv", "a.gpkg"):
            for number in range(1, 8):
                yield (
                    f"{output}, step {number}: {sent.name}",
                    Fault(output, partial(killed, number, sent), sent),
                )
        for number in (2, 6):
            yield (
                f"assess, step {number}: {sent.name}",
                Fault("out", partial(killed, number, sent), sent),
            )
