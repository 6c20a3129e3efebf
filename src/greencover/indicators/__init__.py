"""Indicators, one file a family: they turn areas and lengths into rates and open no file."""
