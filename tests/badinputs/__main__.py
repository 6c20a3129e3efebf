"""Write every bad input into a folder, with the command to try and the words to expect."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from pathlib import Path

from badinputs import CASES

USAGE = "python -m tests.badinputs FOLDER [NAME...]"


def write(target: Path, names: Iterable[str]) -> None:
    for name in names:
        case = CASES[name]
        folder = target / re.sub(r"\W+", "-", name)
        folder.mkdir(parents=True)
        arguments = case.build(folder)
        command = " ".join(f'"{one}"' if " " in one else one for one in arguments)
        (folder / "EXPECT.txt").write_text(
            f"greencover {command}\nmust say: {' ... '.join(case.words)}\n", encoding="utf-8"
        )


if __name__ == "__main__":
    if len(sys.argv) < 2 or not CASES.keys() >= {*sys.argv[2:]}:
        sys.exit(USAGE)
    chosen = sys.argv[2:] or list(CASES)
    write(Path(sys.argv[1]), chosen)
    sys.stdout.write(f"{sys.argv[1]}: {len(chosen)} cases\n")
