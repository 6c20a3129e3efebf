"""A campaign at hand: read from its file, its layers opened."""

from __future__ import annotations

from pathlib import Path

from greencover.campaign.layers import OpenedCampaign, open_campaign
from greencover.campaign.model import Settings
from greencover.campaign.reader import read_campaign


class Campaign(Settings):
    """A campaign: the layers, the land cover and the targets to hold them against.

    Build one with :meth:`read`. Paths are absolute or relative to the campaign file's folder.
    """

    @classmethod
    def read(cls, path: str | Path) -> Campaign:
        """Read and validate a campaign file.

        Raises
        ------
        CampaignError
            The file cannot be read or a key is wrong; the message names the key, its meaning and
            the remedy.
        """
        return read_campaign(path, cls)

    def open(self) -> OpenedCampaign:
        """Open the land cover and read the layers; see :class:`OpenedCampaign`."""
        return open_campaign(self)
