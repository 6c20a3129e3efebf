"""Tasks of the plan as a table, and the townships that they name."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from greencover.ground.data_files import suggestion
from greencover.ground.errors import CampaignError
from greencover.ground.notes import Note

if TYPE_CHECKING:
    from greencover.campaign.model import Settings


def tasks_of(campaign: Settings) -> pd.DataFrame:
    """Tasks of a campaign, a row each."""
    return pd.DataFrame([task.model_dump() for task in campaign.tasks])


def township_names(townships: gpd.GeoDataFrame) -> dict[str, str]:
    """Name of each township by its code."""
    return dict(zip(townships["code"].astype(str), townships["name"].astype(str), strict=True))


def township_codes(townships: gpd.GeoDataFrame) -> dict[str, str]:
    """Code of each township by its code and its names."""
    found: dict[str, str] = {}
    for column in ("name_en", "name", "code"):
        found |= {
            str(name): str(code)
            for name, code in zip(townships[column], townships["code"], strict=True)
            if isinstance(name, str) or pd.notna(name)
        }
    return found


def check_tasks(
    campaign: Settings,
    townships: gpd.GeoDataFrame,
    at: Callable[[tuple[int | str, ...], Note], CampaignError],
) -> None:
    """Refuse a task of a township that the layer lacks."""
    known = township_codes(townships)
    for number, task in enumerate(campaign.tasks):
        if task.township is not None and task.township not in known:
            hint = suggestion(task.township, known)
            wrong = Note("campaign.rule.unit_unknown", given=task.township, hint=hint)
            raise at(("task", number, "township"), wrong)
