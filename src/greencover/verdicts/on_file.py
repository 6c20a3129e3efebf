"""Areas of units scaled to what is on file for them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from greencover.ground.notes import Note
from greencover.overlay.statutory import FACTOR, adjust_to_statutory


def scaled_to_file(
    areas: Mapping[str, pd.DataFrame], units: Mapping[str, pd.DataFrame]
) -> tuple[dict[str, pd.DataFrame], dict[str, pd.Series[float]], list[Note]]:
    """Scale the class areas of each layer of units that has a column ``statutory_ha``.

    Parameters
    ----------
    areas
        Class areas by layer.
    units
        The units by layer, in the same order.

    Returns
    -------
    areas, factors, notes
        Areas of all layers; statutory over measured area of each unit, by layer; and what was
        scaled, as notes.

    Raises
    ------
    LayerError
        A factor is far from 1; the message names the units.
    """
    scaled, factors = dict(areas), {}
    notes: list[Note] = []
    for layer, frame in units.items():
        if "statutory_ha" not in frame:
            continue
        names = frame["name"].astype(str).to_numpy()
        table = adjust_to_statutory(
            areas[layer].set_axis(names), frame["statutory_ha"].astype(float).tolist()
        )
        factor = table.pop(FACTOR).to_numpy()
        scaled[layer] = table.reset_index(drop=True)
        factors[layer] = pd.Series(factor, name=FACTOR)
        least, most = int(np.argmin(factor)), int(np.argmax(factor))
        notes.append(
            Note(
                "verdicts.scaled",
                layer=layer,
                least=factor[least],
                least_name=names[least],
                most=factor[most],
                most_name=names[most],
            )
        )
    return scaled, factors, notes
