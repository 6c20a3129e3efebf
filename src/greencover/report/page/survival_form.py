"""The form of survival checks as one page for a telephone, which needs no network."""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from greencover.accuracy.survival import TO_FILL
from greencover.corridor._gaps import chainage_label
from greencover.corridor.chainage import chainage_km
from greencover.corridor.field_columns import MapDatum
from greencover.ground.notes import Note
from greencover.layers.tables import as_text, require_columns
from greencover.report.labels import BOTH, Label, Lang, Sentence, check_lang
from greencover.report.page.phone_form import REMARKS, Entry, PhoneForm, Question

__all__ = ["write_survival_page"]

#: What tells a plot from others, where the sample has it.
_PLOT = ("township", "village", "road", "from_km", "to_km", "side", "compartment", "species",
         "responsible", "trees")  # fmt: skip
#: The first of these that a plot has is what it is called.
_NAMES = ("village", "road", "compartment", "township")
_WITH_LABEL = ("compartment", "responsible", "trees")
_SIDES = ("left", "right")


def write_survival_page(
    sample: pd.DataFrame, path: str | Path, *, lang: Lang = BOTH, datum: MapDatum = "WGS 84"
) -> Path:
    """Write the form of a sample of plots as one HTML file for a telephone.

    It lists the plots with what is known of them, takes the trees counted and those alive, which
    are no more, a photograph's name and a remark for each, keeps them in the browser, and saves a
    CSV that ``[tables.survival]`` of a campaign reads. Nothing is loaded from a network.

    Parameters
    ----------
    sample
        What ``survival_sample`` returned. Plots that have a geometry can be sorted by nearness.
    path
        File to make or to replace.
    lang
        What the page opens in; a switch changes it.
    datum
        Of the coordinates that are handed to the telephone's map: ``"GCJ-02"`` for Chinese map
        services.

    Raises
    ------
    LayerError
        The sample lacks the number of a plot.

    Examples
    --------
    >>> import tempfile
    >>> from greencover.accuracy import survival_sample
    >>> plots = pd.DataFrame({"township": ["A"] * 8 + ["B"] * 2, "trees": 100})
    >>> path = Path(tempfile.mkdtemp()) / "survival-form.html"
    >>> write_survival_page(survival_sample(plots, 5), path).name
    'survival-form.html'
    """
    check_lang(lang)
    require_columns(sample, ["plot"], Note("accuracy.survival_form"))
    form = _blank(sample)
    rows = form.to_dict("records")
    digest = hashlib.sha256(
        form.to_csv(index=False, encoding="utf-8", lineterminator="\n").encode()
    ).hexdigest()[:12]
    entries = [
        Entry(row["plot"], _name(row), _details(row, stretch), row, lon, lat)
        for row, stretch, (lon, lat) in zip(rows, _stretches(form), _places(sample), strict=True)
    ]
    page = PhoneForm(
        title=Label("title", "survival_page"),
        how=Sentence("survival.how_to_fill"),
        entries=entries,
        questions=(
            Question(
                "counted",
                "number",
                Label("counted", "survival_page"),
                least=1,
                fault=Sentence("survival.counted_fault"),
            ),
            Question(
                "alive",
                "number",
                Label("alive", "survival_page"),
                most="counted",
                fault=Sentence("survival.alive_fault"),
            ),
            *REMARKS,
        ),
        columns=[*form.columns, *TO_FILL, "note"],
        when="date",
        who="inspector",
        key=f"greencover-survival-{digest}",
        file=f"survival-form-{digest}.csv",
    )
    return page.write(path, lang, datum)


def _blank(sample: pd.DataFrame) -> pd.DataFrame:
    """What is known of the plots, as text, in columns that the reader of forms knows."""
    known = [column for column in ("plot", *_PLOT) if column in sample]
    form = pd.DataFrame({column: as_text(sample[column]) for column in known})
    if "area_ha" in sample:
        form["area"] = as_text(sample["area_ha"])
        form["unit"] = "ha"
    elif {"area", "unit"} <= set(sample):
        form = form.assign(area=as_text(sample["area"]), unit=as_text(sample["unit"]))
    return form


def _places(sample: pd.DataFrame) -> list[tuple[float, float]]:
    """Longitude and latitude of the middle of each plot, NaN where it has no place."""
    if "geometry" not in sample:
        return [(float("nan"), float("nan"))] * len(sample)
    middle = gpd.GeoSeries(sample["geometry"]).to_crs(4326).representative_point()
    return list(zip(middle.x.round(7), middle.y.round(7), strict=True))


def _name(row: Mapping[Hashable, Any]) -> str:
    return next((row[column] for column in _NAMES if row.get(column)), "")


def _stretches(form: pd.DataFrame) -> list[str]:
    """Where along its road each plot lies, "" where that is not known."""
    if not {"from_km", "to_km"} <= set(form):
        return [""] * len(form)
    where = Note("accuracy.survival_form")
    ends = [chainage_km(form[one].replace("", None), where) for one in ("from_km", "to_km")]
    return [
        "" if np.isnan(km).any() else " – ".join(chainage_label(1000.0 * one) for one in km)
        for km in np.column_stack(ends)
    ]


def _details(row: Mapping[Hashable, Any], stretch: str) -> tuple[object, ...]:
    """What stands below the name of a plot: where it is, and what is known of it."""
    side = row.get("side", "")
    name = _name(row)
    plain = (row.get(column, "") for column in ("township", "village", "road", "species"))
    return (
        *(text for text in plain if text != name),
        stretch,
        Label(side, "sides") if side in _SIDES else side,
        *(
            Sentence("survival.known", column=column, value=row[column])
            for column in _WITH_LABEL
            if row.get(column) and row[column] != name
        ),
    )
