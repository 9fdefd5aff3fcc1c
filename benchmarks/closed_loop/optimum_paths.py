"""All that a load can do while its plug is switched minute by minute, drawn as a graph.

Its own thermostat or cycle (`appliances`, not a copy) decides when it asks, so that the times at which it asks depend
on what was withheld before: a heater that waited asks longer and comes back later. A node is the load at the beginning
of a minute; the arc ``on`` leads to what it is one minute later with its plug on, ``off`` to what it is with the plug
off. A plug that went off stays off for `MINIMUM_OFF` minutes. States that waited almost equally long in all
(`ALIKE_S`), and ask or do not, are taken for one: the first found stands for them, whose waits came as early as they
could. Nodes with the same future are then merged, so that a load that asks throughout is a chain.
"""

from collections.abc import Sequence
from copy import copy
from typing import Final, NamedTuple

from benchmarks.closed_loop.appliances import STEP_S, Live

MINUTE_S: Final = 60
ALIKE_S: Final = 120
"""Waits that differ by less are taken for one."""
MINIMUM_OFF: Final = 3
"""Minutes. What our loads have by default; a minimum time on does not stand in the way when a trip is foreseen."""


class Arc(NamedTuple):
    """One minute: the share of it in which the load draws, the seconds withheld, the node of the next layer."""

    share: float
    withheld_s: float
    to: int


class Node(NamedTuple):
    """A load at the beginning of a minute.

    ``off`` is None where it asks for nothing during the minute, ``on`` where its plug has to stay off.
    """

    on: Arc | None
    off: Arc | None


type Paths = list[list[Node]]
"""One layer of nodes a minute; the first has one node, and so has the one after the last."""


class _State(NamedTuple):
    """``off``: minutes for which the plug has been off, no more than `MINIMUM_OFF`."""

    live: Live
    waited_s: float
    off: int


class _Layer:
    """The states of a load at one minute."""

    def __init__(self) -> None:
        self.states: list[_State] = []
        self._places: dict[tuple[int, bool, int], int] = {}

    def place(self, live: Live, waited_s: float, off: int) -> int:
        """Return the place of a state, or of the one that stands for it."""
        key = (int(waited_s / ALIKE_S), live.asks, off)
        if key not in self._places:
            self._places[key] = len(self.states)
            self.states.append(_State(live, waited_s, off))
        return self._places[key]


def paths_of(live: Live, second: int, minutes: int, *, most_s: float, off: int = 0) -> Paths:
    """Draw what a load can do in the ``minutes`` from ``second``, a whole minute whose step it has made.

    Its plug has been off for the last ``off`` minutes. It is not cut any more once it has waited for ``most_s``.
    """
    layer = _Layer()
    layer.place(live, 0.0, min(off, MINIMUM_OFF))
    layers: Paths = []
    for begins in range(second, second + minutes * MINUTE_S, MINUTE_S):
        after = _Layer()
        ons = [_on(state, begins, after) for state in layer.states]
        nodes = []
        for on, state in zip(ons, layer.states, strict=True):
            idle = on is not None and (not on.share or state.waited_s >= most_s)
            nodes.append(Node(on, None if idle else _off(state, begins, after)))
        layers.append(nodes)
        layer = after
    return _merged(layers, len(layer.states))


def followed(paths: Paths, wishes: Sequence[int]) -> bytearray:
    """Return a 1 for each minute in which the plug is off when ``wishes`` are followed where there is a choice."""
    off, place = bytearray(len(paths)), 0
    for minute, layer in enumerate(paths):
        node = layer[place]
        arc = node.off if node.on is None or (wishes[minute] and node.off is not None) else node.on
        assert arc is not None
        off[minute] = arc is node.off
        place = arc.to
    return off


def _on(state: _State, begins: int, after: _Layer) -> Arc | None:
    if 0 < state.off < MINIMUM_OFF:
        return None
    fed = _minute(state.live, begins, on=True)
    return Arc(fed.asked_s / MINUTE_S, 0.0, after.place(fed.live, state.waited_s, 0))


def _off(state: _State, begins: int, after: _Layer) -> Arc:
    starved = _minute(state.live, begins, on=False)
    waited_s = state.waited_s + starved.asked_s
    return Arc(0.0, starved.asked_s, after.place(starved.live, waited_s, min(state.off + 1, MINIMUM_OFF)))


class _Minute(NamedTuple):
    live: Live
    asked_s: float


def _minute(live: Live, begins: int, *, on: bool) -> _Minute:
    """Let a copy of a load live through one minute, fed all the while or not at all."""
    child, asked_s = copy(live), 0.0
    for second in range(begins + STEP_S, begins + MINUTE_S + 1, STEP_S):
        asks = child.asks
        asked_s += STEP_S if asks else 0.0
        child.step(second, STEP_S if asks and on else 0.0)
    return _Minute(child, asked_s)


def _merged(layers: Paths, last: int) -> Paths:
    """Merge nodes with the same arcs, from the end to the beginning."""
    paths: Paths = []
    places = [0] * last
    for layer in reversed(layers):
        nodes: dict[Node, int] = {}
        own = []
        for node in layer:
            on, off = (None if arc is None else arc._replace(to=places[arc.to]) for arc in node)
            own.append(nodes.setdefault(Node(on, off), len(nodes)))
        places = own
        paths.append(list(nodes))
    paths.reverse()
    return paths
