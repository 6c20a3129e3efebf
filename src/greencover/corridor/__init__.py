"""Roads and waters with their greenery: stations, strips, status, rates, gaps, planting."""
