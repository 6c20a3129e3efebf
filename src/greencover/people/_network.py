"""Walking distances along a road network."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from greencover.ground.errors import LayerError, MissingExtraError
from greencover.ground.following import followed
from greencover.ground.notes import Note
from greencover.layers import check_geometry

Floats = npt.NDArray[np.float64]
# Roads meet where their points coincide to this many metres.
_JOIN_M = 0.1
# Roads get a point at least this often, so that one reaches them near the right place.
_STEP_M = 20.0
_ENTRANCE_M = 30.0


class Network:
    """Points of a road network in a plane of metres, and the links between them.

    Roads are joined where they share a point. Where they only cross, as at a bridge, they are not.
    """

    def __init__(self, roads: gpd.GeoDataFrame) -> None:
        roads = check_geometry(roads, Note("people.roads"), geometry="line")
        lines = followed(shapely.get_parts(roads.geometry.to_numpy()), _STEP_M)
        xy, line = shapely.get_coordinates(lines, return_index=True)
        nodes, node = np.unique(
            np.round(xy / _JOIN_M).astype(np.int64), axis=0, return_inverse=True
        )
        node = node.ravel()
        follows = line[1:] == line[:-1]
        start, end = node[:-1][follows], node[1:][follows]
        length = np.hypot(*(xy[1:] - xy[:-1])[follows].T)
        apart = start != end
        if not apart.any():
            raise LayerError("people.no_road_length")
        self.xy: Floats = np.asarray(nodes * _JOIN_M, dtype=np.float64)
        self._links = (start[apart], end[apart], length[apart])
        self._tree = shapely.STRtree(np.asarray(shapely.points(self.xy)))

    def nearest(self, shapes: npt.NDArray[Any]) -> tuple[npt.NDArray[np.int64], Floats]:
        """Return the node nearest to each shape, and its distance."""
        found, away = self._tree.query_nearest(shapes, return_distance=True, all_matches=False)
        return np.asarray(found[1]), np.asarray(away)

    def gates(self, shapes: npt.NDArray[Any]) -> tuple[npt.NDArray[np.int64], Floats]:
        """Return the nodes from which each shape may be entered, and how far off they lie.

        They are the nearest node and those hardly farther, since the way may end at any of them.
        """
        _, away = self.nearest(shapes)
        shape, node = self._tree.query(shapes, predicate="dwithin", distance=away + _ENTRANCE_M)
        return node, np.asarray(shapely.distance(shapes[shape], shapely.points(self.xy[node])))

    def distances(self, sources: npt.NDArray[np.int64], access_m: Floats, limit_m: float) -> Floats:
        """Shortest way from every node to its nearest source, infinite beyond the limit.

        A source lies some metres off the network, with which its way begins.
        """
        csr_array, dijkstra = _scipy()
        start, end, length = self._links
        count = len(self.xy)
        # An extra node stands for all sources at once.
        rows = np.concatenate([start, np.full(len(sources), count)])
        columns = np.concatenate([end, sources])
        # A stored zero would be no link at all.
        weights = np.maximum(np.concatenate([length, access_m]), 1e-9)
        order = np.lexsort((weights, columns, rows))
        rows, columns, weights = rows[order], columns[order], weights[order]
        first = np.r_[True, (rows[1:] != rows[:-1]) | (columns[1:] != columns[:-1])]
        # Ways are looked for with indices of 32 bits.
        ends = (rows[first].astype(np.int32), columns[first].astype(np.int32))
        graph = csr_array((weights[first], ends), shape=(count + 1, count + 1))
        # Links are walked both ways, each at its shorter length.
        found = dijkstra(graph, directed=False, indices=count, limit=limit_m)
        return np.asarray(found[:count])


def _scipy() -> tuple[Any, Any]:
    # Asked for by name, so that a type checker does not need the package either.
    try:
        sparse = import_module("scipy.sparse")
        graph = import_module("scipy.sparse.csgraph")
    except ImportError as error:
        raise MissingExtraError("people.scipy_missing", extra="network") from error
    return sparse.csr_array, graph.dijkstra
