"""A whole campaign: every indicator, held against its targets, with all documents."""

from __future__ import annotations

from pathlib import Path

from qgis.core import (
    QgsProcessingOutputHtml,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFile,
    QgsProcessingParameterFolderDestination,
)

from .algorithm import Algorithm, show_layers
from .words import said

#: Languages of the documents, in the order of the dialog.
LANGUAGES = ["both", "zh", "en"]


class AssessCampaign(Algorithm):
    """``greencover assess`` in the toolbox."""

    def name(self):
        """Return the second half of the algorithm's id."""
        return "assess_campaign"

    def initAlgorithm(self, configuration=None):  # noqa: N802, ARG002
        """State what is asked for and what comes out."""
        languages = [said(f"language_{one}") for one in LANGUAGES]
        for parameter in (
            QgsProcessingParameterFile("CAMPAIGN", said("campaign"), extension="toml"),
            QgsProcessingParameterEnum("LANGUAGE", said("language"), languages, defaultValue=0),
            QgsProcessingParameterFolderDestination("OUT", said("folder_out")),
        ):
            self.addParameter(parameter)
        self.addOutput(QgsProcessingOutputHtml("PAGE", said("page")))

    def processAlgorithm(self, parameters, context, feedback):  # noqa: N802
        """Run the program; what it judged comes onto the map, styled."""
        campaign = self.parameterAsFile(parameters, "CAMPAIGN", context)
        out = Path(self.parameterAsString(parameters, "OUT", context))
        lang = LANGUAGES[self.parameterAsEnum(parameters, "LANGUAGE", context)]
        self.run_program(["assess", campaign, "--lang", lang, "--out", str(out)], feedback)
        show_layers(str(out / "gaps.gpkg"), context)
        return {"OUT": str(out), "PAGE": str(out / "report.html")}
