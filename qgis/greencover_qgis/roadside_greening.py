"""Greening of both sides of roads, and the gaps, from a road layer and a land cover."""

from __future__ import annotations

from pathlib import Path

from qgis.core import (
    QgsProcessing,
    QgsProcessingOutputHtml,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterField,
    QgsProcessingParameterFolderDestination,
    QgsProcessingParameterMultipleLayers,
    QgsProcessingParameterString,
)

from .algorithm import Algorithm, show_layers
from .words import said

#: Field of the dialog -> option of the program.
COLUMNS = {
    "NAME": "--name",
    "GRADE": "--grade",
    "GRADES": "--grades",
    "BRIDGE": "--bridge",
    "TUNNEL": "--tunnel",
}


class RoadsideGreening(Algorithm):
    """``greencover roadside`` in the toolbox."""

    def name(self):
        """Return the second half of the algorithm's id."""
        return "roadside_greening"

    def initAlgorithm(self, configuration=None):  # noqa: N802, ARG002
        """State what is asked for and what comes out."""
        lines, polygons = QgsProcessing.TypeVectorLine, QgsProcessing.TypeVectorPolygon
        field, layer = QgsProcessingParameterField, QgsProcessingParameterFeatureSource
        rasters = QgsProcessingParameterMultipleLayers(
            "COVER", said("cover"), QgsProcessing.TypeRaster
        )
        for parameter in (
            layer("ROADS", said("roads"), [lines]),
            rasters,
            QgsProcessingParameterString("LEGEND", said("legend"), "worldcover"),
            field("NAME", said("road_name"), None, "ROADS", optional=True),
            field("GRADE", said("road_grade"), None, "ROADS", optional=True),
            QgsProcessingParameterString("GRADES", said("road_grades"), optional=True),
            field("BRIDGE", said("road_bridge"), None, "ROADS", optional=True),
            field("TUNNEL", said("road_tunnel"), None, "ROADS", optional=True),
            layer("UNITS", said("units"), [polygons], optional=True),
            field("UNIT", said("code"), None, "UNITS", optional=True),
            QgsProcessingParameterFolderDestination("OUT", said("folder_out")),
        ):
            self.addParameter(parameter)
        self.addOutput(QgsProcessingOutputHtml("PAGE", said("page")))

    def processAlgorithm(self, parameters, context, feedback):  # noqa: N802
        """Run the program; gaps and sides come onto the map, styled."""
        out = Path(self.parameterAsString(parameters, "OUT", context))
        roads, layer = self.layer_words(parameters, "ROADS", context, feedback)
        words = ["roadside", roads, *self.raster_paths(parameters, "COVER", context), *layer]
        words += self.option(parameters, "LEGEND", context, "--legend")
        for name, flag in COLUMNS.items():
            words += self.option(parameters, name, context, flag)
        if parameters.get("UNITS") is not None:
            units, layer = self.layer_words(
                parameters, "UNITS", context, feedback, layer="--units-layer"
            )
            words += ["--units", units, *layer, *self.option(parameters, "UNIT", context, "--unit")]
        self.run_program([*words, "--out", str(out)], feedback)
        show_layers(str(out / "gaps.gpkg"), context)
        return {"OUT": str(out), "PAGE": str(out / "report.html")}
