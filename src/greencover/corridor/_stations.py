"""Chains in flat arrays, cut into stations of equal length."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from greencover.corridor._chains import Chain
from greencover.overlay.compiled import FLOAT, INT, compiled, filled, given

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

# Breaks closer than this are the same place written twice.
_SAME_PLACE_M = 1e-3
# Chainages of forms are written to the decimetre.
_WRITTEN_M = 0.05


@dataclass(frozen=True)
class Network:
    """Chains one behind the other.

    Attributes
    ----------
    chains
        The chains.
    first
        First vertex of each chain, and the number of vertices; one more than there are chains.
    lonlat, distance
        Vertices in degrees, and metres from the start of their chain.
    piece
        Row of the layer under the segment that starts at each vertex; at the last vertex of a
        chain, under the one that ends there.
    closed
        Whether each chain ends where it starts.
    """

    chains: list[Chain]
    first: Ints
    lonlat: Floats
    distance: Floats
    piece: Ints
    closed: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, chains: list[Chain]) -> Network:
        """Put chains one behind the other."""
        sizes = [len(chain.lonlat) for chain in chains]
        return cls(
            chains,
            np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
            np.vstack([chain.lonlat for chain in chains]),
            np.concatenate([chain.distance for chain in chains]),
            np.concatenate([np.append(c.piece, c.piece[-1]) for c in chains]).astype(np.int64),
            np.array([chain.is_loop for chain in chains]),
        )

    @property
    def chain(self) -> Ints:
        """Number of the chain that each vertex belongs to."""
        return np.asarray(np.repeat(np.arange(len(self.chains)), np.diff(self.first)))

    @property
    def length_m(self) -> Floats:
        """Length of each chain."""
        return self.distance[self.first[1:] - 1]

    def vertex_at(self, chain: Ints, distance: Floats) -> Ints:
        """Vertex at which the segment under each place starts."""
        vertex = np.empty(len(chain), dtype=np.int64)
        _find_vertices(self.first, self.distance, chain, distance, vertex)
        return vertex


@dataclass(frozen=True)
class Stations:
    """Stations of a network, by chain and growing distance.

    Attributes
    ----------
    chain
        Number of the chain.
    from_m, to_m
        Distances from the start of the chain.
    piece
        Row of the layer under the middle of the station.
    stretch
        Number of the stretch between two breaks that holds the station.
    first
        First station of each chain, and the number of stations.
    stretch_chain, stretch_middle_m
        By stretch: its chain, and the distance of its middle.
    whole
        Number that the station had before it was split, see :meth:`split`.
    """

    chain: Ints
    from_m: Floats
    to_m: Floats
    piece: Ints
    stretch: Ints
    first: Ints
    stretch_chain: Ints
    stretch_middle_m: Floats
    whole: Ints

    @classmethod
    def cut(cls, network: Network, step_m: float, breaks: tuple[Ints, Floats]) -> Stations:
        """Cut every stretch between two breaks into equal stations of about ``step_m``.

        Equal stations read the same from either end, so that the direction in which a road was
        drawn has no say in the result.

        Parameters
        ----------
        network
            The chains.
        step_m
            Length that stations come as near to as their number allows.
        breaks
            Chain and distance of the places at which a station must end, such as the head of a
            bridge.
        """
        count = len(network.chains)
        length = network.length_m
        chain, at = breaks
        inside = (at > _SAME_PLACE_M) & (at < length[chain] - _SAME_PLACE_M)
        chain = np.concatenate([np.arange(count), np.arange(count), chain[inside]])
        at = np.concatenate([np.zeros(count), length, at[inside]])
        order = np.lexsort((at, chain))
        chain, at = chain[order], at[order]
        new = np.concatenate([[True], (np.diff(chain) != 0) | (np.diff(at) > _SAME_PLACE_M)])
        chain, at = chain[new], at[new]
        start = np.flatnonzero(chain[:-1] == chain[1:])
        low, high = at[start], at[start + 1]
        number = np.maximum(np.floor((high - low) / step_m + 0.5), 1.0).astype(np.int64)
        stretch = np.repeat(np.arange(len(start)), number)
        turn = np.arange(len(stretch)) - (np.cumsum(number) - number)[stretch]
        share = (high - low)[stretch] / number[stretch]
        from_m = low[stretch] + share * turn
        to_m = np.where(
            turn + 1 == number[stretch], high[stretch], low[stretch] + share * (turn + 1)
        )
        owner = chain[start][stretch]
        return cls(
            chain=owner,
            from_m=from_m,
            to_m=to_m,
            piece=network.piece[network.vertex_at(owner, (from_m + to_m) / 2.0)],
            stretch=stretch,
            first=np.searchsorted(owner, np.arange(count + 1)).astype(np.int64),
            stretch_chain=chain[start],
            stretch_middle_m=(low + high) / 2.0,
            whole=np.arange(len(stretch)),
        )

    def split(self, network: Network, places: tuple[Ints, Floats]) -> Stations:
        """Split the stations that hold a place, given by chain and distance; no other one moves."""
        chain, at = places
        if not len(chain):
            return self
        apart = max(float(self.to_m.max()), float(at.max())) + 1.0
        starts = self.chain * apart + self.from_m
        number = np.maximum(np.searchsorted(starts, chain * apart + at, side="right") - 1, 0)
        inside = (self.chain[number] == chain) & (at - self.from_m[number] > _WRITTEN_M)
        inside &= self.to_m[number] - at > _WRITTEN_M
        if not inside.any():
            return self
        number, at = number[inside], at[inside]
        order = np.lexsort((at, number))
        number, at = number[order], at[order]
        new = np.append(True, (np.diff(number) != 0) | (np.diff(at) > _WRITTEN_M))
        whole = np.concatenate([self.whole, number[new]])
        from_m = np.concatenate([self.from_m, at[new]])
        order = np.lexsort((from_m, whole))
        whole, from_m = whole[order], from_m[order]
        last = np.append(np.diff(whole) != 0, True)
        to_m = np.where(last, self.to_m[whole], np.append(from_m[1:], 0.0))
        owner = self.chain[whole]
        return replace(
            self,
            chain=owner,
            from_m=from_m,
            to_m=to_m,
            piece=network.piece[network.vertex_at(owner, (from_m + to_m) / 2.0)],
            stretch=self.stretch[whole],
            first=np.searchsorted(owner, np.arange(len(self.first))).astype(np.int64),
            whole=whole,
        )

    def __len__(self) -> int:
        return len(self.chain)


@compiled(given(INT), given(FLOAT), given(INT), given(FLOAT), filled(INT))
def _find_vertices(first: Ints, distance: Floats, chain: Ints, at: Floats, found: Ints) -> None:
    for i in range(len(at)):
        low, high = first[chain[i]], first[chain[i] + 1] - 2
        while low < high:
            middle = (low + high + 1) // 2
            if distance[middle] <= at[i]:
                low = middle
            else:
                high = middle - 1
        found[i] = low
