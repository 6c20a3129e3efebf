"""``python -m greencover``: the command line."""

import sys

from greencover.cli import main

if __name__ == "__main__":
    sys.exit(main())
