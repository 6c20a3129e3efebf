"""Write every bad input into a folder, with the command to try and the words to expect."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from badinputs import CASES

USAGE = "python -m tests.badinputs FOLDER"


def write_all(target: Path) -> None:
    for name, case in CASES.items():
        folder = target / re.sub(r"\W+", "-", name)
        folder.mkdir(parents=True)
        arguments = case.build(folder)
        command = " ".join(f'"{one}"' if " " in one else one for one in arguments)
        (folder / "EXPECT.txt").write_text(
            f"greencover {command}\nmust say: {' ... '.join(case.words)}\n", encoding="utf-8"
        )


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(USAGE)
    write_all(Path(sys.argv[1]))
    sys.stdout.write(f"{sys.argv[1]}: {len(CASES)} cases\n")
