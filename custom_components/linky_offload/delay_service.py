"""The delay service of LinkyTop: over HTTP, ``GET /delay`` answers how long the box may sleep, and nothing else.

It answers only while a LinkyTop is a source of ours and only to credentials of its own; without one the path does not
exist. What is refused is counted, and answered less and less: no request makes it fail.
"""

import base64
import binascii
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
import hashlib
import hmac
from http import HTTPStatus
import secrets
from typing import Final, Self

from aiohttp import hdrs, web
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.http import HomeAssistantView
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN

PATH: Final = "/delay"
USER: Final = "linkytop"

CONF_USER: Final = "user"
CONF_DIGEST: Final = "digest"

RIGHT_BURST: Final = 10
RIGHT_EVERY_S: Final = 0.5
"""A box in real time asks once a round, which takes it more than a second."""

WRONG_BURST: Final = 5
WRONG_EVERY_S: Final = 10.0

_LONGEST_HEADER: Final = 512


class Asked(StrEnum):
    """What became of a request."""

    ANSWERED = "answered"
    TOO_OFTEN = "too_often"
    NO_CREDENTIALS = "no_credentials"
    MALFORMED = "malformed"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who may ask. Only a digest of them is kept: they are long and random, so that it tells nothing."""

    user: str
    digest: str

    @classmethod
    def make(cls) -> tuple[Self, str]:
        """New ones, and the password, which nobody can tell any more afterwards."""
        password = secrets.token_hex(16)
        return cls(USER, _digest(f"{USER}:{password}".encode()).hex()), password

    @classmethod
    def read(cls, data: Mapping[str, str] | None) -> Self | None:
        """From the options of an entry; None where there are none."""
        return None if data is None else cls(data[CONF_USER], data[CONF_DIGEST])

    @property
    def data(self) -> dict[str, str]:
        """For the options of an entry."""
        return {CONF_USER: self.user, CONF_DIGEST: self.digest}

    def match(self, digest: bytes) -> bool:
        """Compare, in a time that tells nothing."""
        return hmac.compare_digest(digest, bytes.fromhex(self.digest))


def _digest(pair: bytes) -> bytes:
    return hashlib.sha256(pair).digest()


class Allowance:
    """So many at once, and one more every ``every_s`` seconds."""

    def __init__(self, burst: int, every_s: float) -> None:
        self._burst = float(burst)
        self._every_s = every_s
        self._left = float(burst)
        self._at: float | None = None

    def take(self, now: float) -> bool:
        """Take one at ``now``, monotonic seconds; False when none is left."""
        if self._at is not None:
            self._left = min(self._burst, self._left + (now - self._at) / self._every_s)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True


@dataclass(frozen=True, slots=True)
class Served:
    """One box: who may ask, None while nobody may, and what is answered."""

    credentials: Callable[[], Credentials | None]
    answer: Callable[[], str]


class DelayService:
    """All boxes that are served. ``counts``: what became of the requests since the start."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.counts: Counter[Asked] = Counter()
        self._clock = clock
        self._served: dict[str, Served] = {}
        self._right: dict[str, Allowance] = {}
        self._wrong = Allowance(WRONG_BURST, WRONG_EVERY_S)

    @callback
    def async_serve(self, key: str, served: Served) -> CALLBACK_TYPE:
        """Serve a box until the returned function is called."""
        self._served[key] = served
        self._right[key] = Allowance(RIGHT_BURST, RIGHT_EVERY_S)

        @callback
        def stop() -> None:
            del self._served[key], self._right[key]

        return stop

    def respond(self, authorization: str | None) -> tuple[HTTPStatus, str]:
        """Status and text for a request with this header."""
        known = {key: found for key, served in self._served.items() if (found := served.credentials()) is not None}
        if not known:
            return HTTPStatus.NOT_FOUND, "404: Not Found"
        pair = _pair(authorization)
        if isinstance(pair, Asked):
            return self._refuse(pair)
        digest = _digest(pair)
        # All are compared, whichever matches.
        right = [key for key, credentials in known.items() if credentials.match(digest)]
        if not right:
            return self._refuse(Asked.WRONG)
        if not self._right[right[0]].take(self._clock()):
            self.counts[Asked.TOO_OFTEN] += 1
            return HTTPStatus.TOO_MANY_REQUESTS, ""
        self.counts[Asked.ANSWERED] += 1
        return HTTPStatus.OK, self._served[right[0]].answer()

    def _refuse(self, why: Asked) -> tuple[HTTPStatus, str]:
        self.counts[why] += 1
        if self._wrong.take(self._clock()):
            return HTTPStatus.UNAUTHORIZED, ""
        return HTTPStatus.TOO_MANY_REQUESTS, ""


def _pair(authorization: str | None) -> bytes | Asked:
    """User and password of a header, joined by a colon, or why there are none."""
    if authorization is None:
        return Asked.NO_CREDENTIALS
    scheme, _, coded = authorization.partition(" ")
    if scheme.lower() != "basic" or len(coded) > _LONGEST_HEADER:
        return Asked.MALFORMED
    try:
        return base64.b64decode(coded.strip(), validate=True)
    except binascii.Error, ValueError:
        return Asked.MALFORMED


class DelayView(HomeAssistantView):
    """The door. Wrong credentials are not handed to Home Assistant's own ban of addresses.

    A box with an old password would have the address of the home's reverse proxy banned.
    """

    url = PATH
    name = f"{DOMAIN}:delay"
    requires_auth = False

    def __init__(self, service: DelayService) -> None:
        self._service = service

    @callback
    def get(self, request: web.Request) -> web.Response:
        """Answer a box."""
        status, text = self._service.respond(request.headers.get(hdrs.AUTHORIZATION))
        headers = {hdrs.CACHE_CONTROL: "no-store"}
        if status is HTTPStatus.UNAUTHORIZED:
            headers[hdrs.WWW_AUTHENTICATE] = 'Basic realm="LinkyTop"'
        return web.Response(status=status, text=text, headers=headers)


SERVICE: HassKey[DelayService] = HassKey(f"{DOMAIN}_delay_service")


@callback
def async_delay_service(hass: HomeAssistant) -> DelayService:
    """The service of this Home Assistant; its door is made when the first box is there, and cannot be unmade."""
    if (service := hass.data.get(SERVICE)) is None:
        service = hass.data[SERVICE] = DelayService(hass.loop.time)
        hass.http.register_view(DelayView(service))
    return service
