"""Raster bands in: where their cells lie, how they are read, and what their headers tell."""
