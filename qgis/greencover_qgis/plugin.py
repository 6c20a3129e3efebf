"""Registers the algorithms with QGIS, in its window as in ``qgis_process``."""

from __future__ import annotations

from qgis.core import QgsApplication

from .provider import Provider


class Plugin:
    """What QGIS holds while the plugin is switched on."""

    def __init__(self, iface):
        self.iface = iface
        self.provider = None

    def initProcessing(self):  # noqa: N802
        """Add the algorithms to Processing; all that ``qgis_process`` calls."""
        self.provider = Provider()
        QgsApplication.processingRegistry().addProvider(self.provider)

    def initGui(self):  # noqa: N802
        """Add the algorithms to Processing, in the window."""
        self.initProcessing()

    def unload(self):
        """Take them away again."""
        if self.provider is not None:
            QgsApplication.processingRegistry().removeProvider(self.provider)
