"""Chainage as people write it: K12+300 · 12.3km · １２.３ · 12,300."""

from __future__ import annotations

import math
import re
import unicodedata

import numpy as np
import numpy.typing as npt
import pandas as pd

from greencover.ground.errors import LayerError
from greencover.layers.wording import rows_of

__all__ = ["chainage_km"]

_STATION = re.compile(r"[A-Z]{0,3}K?(-?\d+)\+(\d{1,3}(?:\.\d+)?)M?")
_FIGURE = re.compile(r"K?([-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:E[-+]?\d+)?)(KM|公里|千米|M|米)?")
_THOUSANDS = re.compile(r"[-+]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_DECIMAL = re.compile(r"[-+]?\d+,\d+")
# No road of any country is longer: thousands beyond it can only be decimals.
_LONGEST_KM = 10_000.0


def chainage_km(column: pd.Series[str], where: str) -> npt.NDArray[np.float64]:
    """Kilometres of a column of chainages, NaN where it is empty.

    ``K12+300``, ``12.3km``, ``12300 m``, full-width figures and a decimal comma are read. A comma
    that may stand for thousands as well is refused where no row of the column decides.

    Parameters
    ----------
    column
        Numbers or texts; plain figures are kilometres.
    where
        How messages call the layer.

    Raises
    ------
    LayerError
        A row is no chainage beyond doubt; the row and its text are named.

    Examples
    --------
    >>> texts = ["K12+300", "12.3km", "１２.３", "12,300", "12300 m", None]
    >>> chainage_km(pd.Series(texts, name="start"), "roads").tolist()
    [12.3, 12.3, 12.3, 12.3, 12.3, nan]
    """
    values = column.to_numpy(dtype=object)
    texts = ["" if _absent(value) else _plain(value) for value in values]
    decimal = any(_is_decimal(text) for text in texts)
    km = np.array([_km(text, decimal=decimal) for text in texts], dtype=np.float64)
    wrong = ~np.isfinite(km) & np.array([text != "" for text in texts], dtype=bool)
    if wrong.any():
        given = str(values[np.flatnonzero(wrong)[0]])
        raise LayerError(
            "corridor.no_chainage",
            where=where,
            column=column.name,
            rows=rows_of(wrong),
            given=given,
        )
    return km


def _absent(value: object) -> bool:
    return value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value))


def _plain(value: object) -> str:
    text = unicodedata.normalize("NFKC", str(value)).replace("\u2212", "-")
    # A blank amid digits parts thousands, as a comma does.
    return re.sub(r"\s+", "", re.sub(r"(?<=\d)\s+(?=\d)", ",", text)).upper()


def _is_decimal(text: str) -> bool:
    """Whether the comma of a text can only be that of a decimal."""
    if not _DECIMAL.fullmatch(_bare(text)):
        return False
    bare = _bare(text)
    return (
        not _THOUSANDS.fullmatch(bare)
        or bare.lstrip("+-").startswith("0,")
        or abs(float(bare.replace(",", ""))) > _LONGEST_KM
    )


def _bare(text: str) -> str:
    found = re.fullmatch(r"K?(.*?)(KM|公里|千米)?", text)
    return found.group(1) if found else text


def _km(text: str, *, decimal: bool) -> float:
    """Kilometres of a text, NaN where there are none, or none beyond doubt."""
    station = _STATION.fullmatch(text.replace(",", "."))
    if station:
        sign = -1.0 if station.group(1).startswith("-") else 1.0
        return float(station.group(1)) + sign * float(station.group(2)) / 1000.0
    bare = _bare(text)
    if "," in bare:
        metres = re.fullmatch(r"(.*?)(M|米)", bare)
        if metres and _THOUSANDS.fullmatch(metres.group(1)):
            return float(metres.group(1).replace(",", "")) / 1000.0
        if _DECIMAL.fullmatch(bare) and decimal:
            text = text.replace(",", ".")
        elif _THOUSANDS.fullmatch(bare) and ("." in bare or bare.count(",") > 1):
            text = text.replace(",", "")
    found = _FIGURE.fullmatch(text)
    if not found:
        return math.nan
    number = float(found.group(1))
    return number / 1000.0 if found.group(2) in ("M", "米") else number
