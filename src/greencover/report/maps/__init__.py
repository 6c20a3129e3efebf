"""Maps of an assessment, one file a map."""
