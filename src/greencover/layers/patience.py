"""How long a machine elsewhere may keep silent before it is given up."""

from __future__ import annotations

import os

_SECONDS = {
    "GDAL_HTTP_CONNECTTIMEOUT": "30",
    # Slower than so many bytes a second for so many seconds is silence.
    "GDAL_HTTP_LOW_SPEED_LIMIT": "100",
    "GDAL_HTTP_LOW_SPEED_TIME": "30",
    # A single answer that takes longer does not end.
    "GDAL_HTTP_TIMEOUT": "600",
}


def patience() -> dict[str, str]:
    """Settings of GDAL; those that the environment makes go before ours."""
    return {name: value for name, value in _SECONDS.items() if name not in os.environ}
