"""An assessment as one page that needs no network."""
