"""Results that were written before, opened with their styles; the program is not needed."""

from __future__ import annotations

from pathlib import Path

from qgis.core import (
    QgsProcessingException,
    QgsProcessingOutputNumber,
    QgsProcessingParameterFile,
)

from .algorithm import Algorithm, show_layers
from .words import said


class OpenResults(Algorithm):
    """The layers of a results folder on the map."""

    def name(self):
        """Return the second half of the algorithm's id."""
        return "open_results"

    def initAlgorithm(self, configuration=None):  # noqa: N802, ARG002
        """State what is asked for and what comes out."""
        folder = QgsProcessingParameterFile.Folder
        self.addParameter(QgsProcessingParameterFile("FOLDER", said("folder_in"), folder))
        self.addOutput(QgsProcessingOutputNumber("LAYERS", said("layers_opened")))

    def processAlgorithm(self, parameters, context, feedback):  # noqa: N802
        """Open each layer of the folder's GeoPackages."""
        folder = Path(self.parameterAsFile(parameters, "FOLDER", context))
        files = sorted(folder.glob("*.gpkg"))
        if not files:
            raise QgsProcessingException(said("no_results", folder=folder))
        shown = [name for file in files for name in show_layers(str(file), context)]
        for name in shown:
            feedback.pushInfo(name)
        return {"LAYERS": len(shown)}
