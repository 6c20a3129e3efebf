"""The form of a field check as one page for a telephone, which needs no network."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd

from greencover.corridor._gaps import chainage_label
from greencover.corridor.field_columns import DRAW, PLACE, MapDatum, blank_form
from greencover.corridor.field_form import FOUND
from greencover.report.labels import BOTH, Label, Lang, Sentence, check_lang
from greencover.report.page.phone_form import REMARKS, Entry, PhoneForm, Question

__all__ = ["write_field_page"]


def write_field_page(
    sample: gpd.GeoDataFrame, path: str | Path, *, lang: Lang = BOTH, datum: MapDatum = "WGS 84"
) -> Path:
    """Write the form of a sample as one HTML file for a telephone.

    It lists the stations, nearest first where the telephone tells its position, takes a finding, a
    photograph's name and a remark for each, keeps them in the browser, and saves a CSV that
    ``read_field_form`` reads. Nothing is loaded from a network.

    Parameters
    ----------
    sample
        What ``field_sample`` returned.
    path
        File to make or to replace.
    lang
        What the page opens in; a switch changes it.
    datum
        Of the coordinates that are shown and handed to the telephone's map: ``"GCJ-02"`` for
        Chinese map services. What the form saves is WGS 84.

    Examples
    --------
    >>> import tempfile
    >>> import greencover as gc
    >>> assessment = gc.assess("campaign.toml")
    >>> sample = gc.field_sample(assessment.roadside, n=60)
    >>> write_field_page(sample, Path(tempfile.mkdtemp()) / "form.html").name
    'form.html'
    """
    check_lang(lang)
    form = blank_form(sample)
    of = "road" if "road" in form else "water"
    entries = [
        Entry(
            number=row["sample_id"],
            name=row[of],
            details=(
                f"{chainage_label(row['from_m'])} – {chainage_label(row['to_m'])}",
                Label(row["side"], "sides"),
                row.get("township") or "",
            ),
            columns={one: row[one] for one in ("sample_id", *PLACE, *DRAW) if one in row},
            lon=row["lon"],
            lat=row["lat"],
        )
        for row in form.to_dict("records")
    ]
    frame, seed = (form[one].iloc[0] for one in ("frame", "seed"))
    page = PhoneForm(
        title=Label("title", "field_page"),
        how=Sentence("field.how_to_fill"),
        entries=entries,
        questions=(
            Question(
                "found",
                "choice",
                Label("found", "form_columns"),
                options=tuple((one, Label(one, "found")) for one in FOUND),
            ),
            *REMARKS,
        ),
        columns=list(form.columns),
        when="checked_on",
        who="checker",
        key=f"greencover-field-{frame}-{seed}",
        file=f"field-form-{frame}.csv",
    )
    return page.write(path, lang, datum)
