"""The group of algorithms in the toolbox, and the setting that names the program."""

from __future__ import annotations

from pathlib import Path

from processing.core.ProcessingConfig import ProcessingConfig, Setting
from qgis.core import QgsProcessingProvider
from qgis.PyQt.QtGui import QIcon

from .assess_campaign import AssessCampaign
from .class_areas import ClassAreas
from .open_results import OpenResults
from .program import SETTING
from .roadside_greening import RoadsideGreening
from .words import said

ICON = str(Path(__file__).with_name("icon.svg"))


class Provider(QgsProcessingProvider):
    """The algorithms of greencover."""

    def load(self):
        """Show the setting in the options of Processing, then the algorithms."""
        ProcessingConfig.settingIcons[self.name()] = self.icon()
        setting = Setting(self.name(), SETTING, said("program_setting"), "", valuetype=Setting.FILE)
        ProcessingConfig.addSetting(setting)
        ProcessingConfig.readSettings()
        self.refreshAlgorithms()
        return True

    def unload(self):
        """Take the setting away again."""
        ProcessingConfig.removeSetting(SETTING)

    def loadAlgorithms(self):  # noqa: N802
        """Offer each algorithm."""
        for algorithm in (ClassAreas, RoadsideGreening, AssessCampaign, OpenResults):
            self.addAlgorithm(algorithm())

    def id(self):
        """Return the first half of every algorithm's id."""
        return "greencover"

    def name(self):
        """Return the group's name in the toolbox."""
        return "greencover"

    def icon(self):
        """Return the group's picture in the toolbox."""
        return QIcon(ICON)

    def svgIconPath(self):  # noqa: N802
        """Return the file of that picture."""
        return ICON
