"""The plugin that brings greencover into QGIS; the program itself runs in a Python of its own."""

from __future__ import annotations


def classFactory(iface):  # noqa: N802 - QGIS asks for this name
    """Return the plugin; QGIS calls this when the plugin is switched on."""
    from .plugin import Plugin

    return Plugin(iface)
