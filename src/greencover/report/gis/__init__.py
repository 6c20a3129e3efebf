"""An assessment as layers for a GIS and for the field."""
