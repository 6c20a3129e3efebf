"""The campaign file: validated settings and opened layers."""

from greencover.campaign.model import Campaign

__all__ = ["Campaign"]
