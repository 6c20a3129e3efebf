"""The ground floor: errors, ellipsoid, safe writing, data files, paths, threads."""
