"""Hectares of every land-cover class in every polygon of a layer."""

from __future__ import annotations

from qgis.core import (
    QgsProcessing,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterField,
    QgsProcessingParameterMultipleLayers,
    QgsProcessingParameterString,
    QgsProcessingParameterVectorDestination,
)

from .algorithm import Algorithm
from .words import said


class ClassAreas(Algorithm):
    """``greencover areas`` in the toolbox."""

    def name(self):
        """Return the second half of the algorithm's id."""
        return "class_areas"

    def initAlgorithm(self, configuration=None):  # noqa: N802, ARG002
        """State what is asked for and what comes out."""
        polygons, raster = QgsProcessing.TypeVectorPolygon, QgsProcessing.TypeRaster
        for parameter in (
            QgsProcessingParameterFeatureSource("ZONES", said("zones"), [polygons]),
            QgsProcessingParameterMultipleLayers("COVER", said("cover"), raster),
            QgsProcessingParameterString("LEGEND", said("legend"), "worldcover"),
            QgsProcessingParameterField("CODE", said("code"), None, "ZONES", optional=True),
            QgsProcessingParameterVectorDestination("OUT", said("areas_out")),
        ):
            self.addParameter(parameter)

    def processAlgorithm(self, parameters, context, feedback):  # noqa: N802
        """Run the program; the layer that it wrote comes onto the map."""
        out = self.parameterAsOutputLayer(parameters, "OUT", context)
        zones, layer = self.layer_words(parameters, "ZONES", context, feedback)
        words = ["areas", zones, *self.raster_paths(parameters, "COVER", context), *layer]
        words += self.option(parameters, "LEGEND", context, "--legend")
        words += self.option(parameters, "CODE", context, "--id")
        self.run_program([*words, "--out", out], feedback)
        return {"OUT": out}
