"""An Emoncms server, as far as it takes inputs: ``/input/post`` with a node, a key and figures as JSON."""

from dataclasses import dataclass, field
import json

from .web import Answer, Request, WebServer


@dataclass(slots=True)
class SimulatedEmoncms:
    """Keeps what came, newest last, and refuses another key as the real one does."""

    key: str = "0123456789abcdef0123456789abcdef"
    inputs: list[tuple[str, dict[str, float]]] = field(default_factory=list)
    refused: int = 0

    def server(self) -> WebServer:
        """The server, to be started."""
        return WebServer({"/input/post": self._post})

    async def _post(self, request: Request) -> Answer:
        if request.query.get("apikey") != self.key:
            self.refused += 1
            return Answer(b"Invalid API key", status=401)
        self.inputs.append((request.query["node"], json.loads(request.query["fulljson"])))
        return Answer(b'{"success": true}')
