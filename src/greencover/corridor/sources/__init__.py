"""Sources that see more of a roadside than a land cover does, one file a source.

Each of them judges station sides as ``greencover.corridor.evidence`` asks for. Places beside roads,
stretches of roadsides and surveyed extents are what they have in common.
"""
