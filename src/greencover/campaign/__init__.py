"""The campaign file: validated settings and opened layers."""

from greencover.campaign.campaign import Campaign

__all__ = ["Campaign"]
