"""What the algorithms share: their words, how the program is run, how results come onto the map."""

from __future__ import annotations

import os
from pathlib import Path

from processing.core.ProcessingConfig import ProcessingConfig
from qgis.core import (
    QgsProcessingAlgorithm,
    QgsProcessingContext,
    QgsProcessingException,
    QgsVectorLayer,
)
from qgis.PyQt.QtGui import QIcon

from .program import SETTING, ProgramError, command_of, run, surroundings
from .results import feature_layers
from .words import language, said

#: Formats that the program reads as well as QGIS; a layer of another is handed over as GeoPackage.
READ_BY_BOTH = ["gpkg", "shp", "geojson", "json", "fgb"]


class Algorithm(QgsProcessingAlgorithm):
    """An algorithm whose words stand in words.json under its own name."""

    def createInstance(self):  # noqa: N802
        """Return a new one; QGIS keeps none."""
        return type(self)()

    def displayName(self):  # noqa: N802
        """Return the name in the toolbox."""
        return said(self.name())

    def shortHelpString(self):  # noqa: N802
        """Return what stands beside the dialog."""
        return said(f"{self.name()}_help")

    def icon(self):
        """Return the picture in the toolbox."""
        return QIcon(str(Path(__file__).with_name("icon.svg")))

    def run_program(self, words, feedback):
        """Run the program with these words, its lines in the log; its sentence where it fails."""
        start = command_of(ProcessingConfig.getSetting(SETTING), os.environ)
        if start is None:
            raise QgsProcessingException(said("no_program"))
        environment = surroundings(os.environ, language())
        try:
            run(
                [*start, *words],
                environment,
                heard=feedback.pushInfo,
                cancelled=feedback.isCanceled,
            )
        except (ProgramError, OSError) as error:
            raise QgsProcessingException(str(error)) from error

    def layer_words(self, parameters, name, context, feedback, *, layer="--layer"):
        """Return the path of a layer, and the words that name the layer inside its file."""
        path, inside = self.parameterAsCompatibleSourceLayerPathAndLayerName(
            parameters, name, context, READ_BY_BOTH, "gpkg", feedback
        )
        return path, [layer, inside] if inside else []

    def raster_paths(self, parameters, name, context):
        """Return the files of raster layers."""
        layers = self.parameterAsLayerList(parameters, name, context)
        if not layers:
            raise QgsProcessingException(said("no_raster"))
        paths = [layer.source() for layer in layers]
        strange = [path for path in paths if not Path(path).is_file()]
        if strange:
            raise QgsProcessingException(said("raster_without_file", raster=strange[0]))
        return paths

    def option(self, parameters, name, context, flag):
        """Return the flag with the text of a parameter, nothing where it is empty."""
        text = self.parameterAsString(parameters, name, context).strip()
        return [flag, text] if text else []


def show_layers(path, context):
    """Bring every layer of a GeoPackage onto the map, styled as the file says; return their names.

    Tables without geometry are left in the file.
    """
    shown = []
    for name in feature_layers(path):
        layer = QgsVectorLayer(f"{path}|layername={name}", name, "ogr")
        if not layer.isValid():
            raise QgsProcessingException(said("unreadable_layer", layer=name, path=path))
        context.temporaryLayerStore().addMapLayer(layer)
        details = QgsProcessingContext.LayerDetails(name, context.project(), name)
        context.addLayerToLoadOnCompletion(layer.id(), details)
        shown.append(name)
    return shown
