"""The published keys of another service (JWKS, RFC 7517): fetched with care, kept for a while."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable
from typing import Any

import httpx
import jwt
import msgspec
import structlog
from jwt.exceptions import PyJWTError

from mediaworks.errors import MediaworksError, Unauthenticated, Unavailable
from mediaworks.kit.egress import Egress

log = structlog.get_logger(__name__)

FETCH_SECONDS = 5.0
LARGEST = 256 * 1024
MOST_KEYS = 100
USUAL_AGE, LEAST_AGE, MOST_AGE = 300.0, 30.0, 24 * 3600.0
PAUSE_SECONDS = 30.0  # between two requests for a key that is not known
RETRY_SECONDS = 5.0  # after an answer that was no set of keys
OLD_SECONDS = 24 * 3600.0  # so long the keys go on while the address is away
_MAX_AGE = re.compile(r"max-age\s*=\s*\"?(\d{1,9})", re.IGNORECASE)


class Jwks:
    """Keys by their id. One process asks at most once at a time; the others of its requests wait, or use what is there."""

    def __init__(self, egress: Egress, url: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._egress = egress
        self._url = url
        self._clock = clock
        self._lock = asyncio.Lock()
        self._keys: tuple[dict[str, Any], ...] = ()
        self._fetched_at = self._stale_at = self._tried_at = self._paused_until = float("-inf")

    async def key(self, kid: str | None, algorithm: str) -> jwt.PyJWK:
        """Raises Unauthenticated when no key of that id is for that algorithm, Unavailable when there are no keys at all."""
        if self._clock() >= self._stale_at:
            await self._refresh()
        found = self._find(kid, algorithm)
        if found is None and self._clock() >= self._paused_until:
            self._paused_until = self._clock() + PAUSE_SECONDS
            await self._refresh(known=self._keys)
            found = self._find(kid, algorithm)
        if found is None:
            raise Unauthenticated("The token is signed with a key that is not known here", code="token_unknown_key")
        return found

    async def fetch(self) -> int:
        """How many keys the address has now. Raises Unavailable with the reason."""
        keys, _ = await self._fetched()
        return len(keys)

    def _find(self, kid: str | None, algorithm: str) -> jwt.PyJWK | None:
        """The key of this id; a token without one means the only key there is for its algorithm."""
        named = [data for data in self._keys if kid is None or data.get("kid") == kid]
        fitting = [key for data in named if (key := _usable(data, algorithm)) is not None]
        return fitting[0] if len(fitting) == 1 else None

    async def _refresh(self, known: tuple[dict[str, Any], ...] | None = None) -> None:
        """Ask anew, unless another request just did. Raises Unavailable when there are no keys to go on with."""
        if self._lock.locked() and self._keys and known is None:
            return
        async with self._lock:
            if self._is_settled(known):
                return
            self._tried_at = self._clock()
            try:
                keys, age = await self._fetched()
            except Unavailable as away:
                self._go_on_with_old(away)
                return
            self._keys, self._fetched_at = keys, self._clock()
            self._stale_at = self._fetched_at + age

    def _is_settled(self, known: tuple[dict[str, Any], ...] | None) -> bool:
        """Whether asking again is of no use now."""
        if known is not None:
            return self._keys is not known
        if self._clock() >= self._tried_at + RETRY_SECONDS:
            return False
        self._require_keys("asked a moment ago")
        return True

    def _go_on_with_old(self, away: Unavailable) -> None:
        log.warning("jwks_unavailable", url=self._url, reason=away.detail)
        self._require_keys(away.detail)
        self._stale_at = max(self._stale_at, self._clock() + PAUSE_SECONDS)

    def _require_keys(self, reason: str) -> None:
        if self._clock() >= self._fetched_at + OLD_SECONDS:
            self._keys = ()
        if not self._keys:
            raise Unavailable(
                "The keys that tokens are verified with cannot be had", code="jwks_unavailable", retry_after=5
            )

    async def _fetched(self) -> tuple[tuple[dict[str, Any], ...], float]:
        """The keys and how long they hold, in seconds. Raises Unavailable with the reason."""
        try:
            async with (
                asyncio.timeout(FETCH_SECONDS),
                self._egress.direct_client() as client,
                client.stream("GET", self._url, headers={"accept": "application/json"}) as response,
            ):
                return _keys_in(response, await _body(response)), _age(response.headers.get("cache-control", ""))
        except Unavailable:
            raise
        except MediaworksError as error:
            raise Unavailable(error.detail, code="jwks_unavailable") from error
        except (httpx.HTTPError, OSError, TimeoutError) as error:
            raise Unavailable(f"{type(error).__name__}: {error}", code="jwks_unavailable") from error


async def _body(response: httpx.Response) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > LARGEST:
            raise Unavailable(f"the answer is longer than {LARGEST} bytes", code="jwks_unavailable")
    return bytes(body)


def _keys_in(response: httpx.Response, body: bytes) -> tuple[dict[str, Any], ...]:
    if response.is_redirect:
        raise Unavailable(f"answered {response.status_code}: redirects are not followed", code="jwks_unavailable")
    if response.status_code != 200:
        raise Unavailable(f"answered {response.status_code}", code="jwks_unavailable")
    try:
        keys = msgspec.json.decode(body)["keys"]
    except (msgspec.DecodeError, KeyError, TypeError) as error:
        raise Unavailable("answered no JSON with `keys`", code="jwks_unavailable") from error
    found = tuple(key for key in keys[:MOST_KEYS] if _is_public(key)) if isinstance(keys, list) else ()
    if not found:
        raise Unavailable("published no key that tokens could be verified with", code="jwks_unavailable")
    return found


def _is_public(key: Any) -> bool:
    """Whether `key` is one for signatures, and none that is meant to be secret."""
    if not isinstance(key, dict) or key.get("kty") not in {"RSA", "EC", "OKP"}:
        return False
    operations = key.get("key_ops")
    return key.get("use") in {None, "sig"} and (not isinstance(operations, list) or "verify" in operations)


def _usable(data: dict[str, Any], algorithm: str) -> jwt.PyJWK | None:
    """The key, when it is one for this algorithm: the token does not choose what a key is used for."""
    if data.get("alg") not in {None, algorithm}:
        return None
    try:
        return jwt.PyJWK(data, algorithm=algorithm)
    except (PyJWTError, ValueError, TypeError):
        return None


def _age(cache_control: str) -> float:
    """How long the keys may be kept, in seconds, within bounds of our own."""
    if "no-store" in cache_control.lower() or "no-cache" in cache_control.lower():
        return LEAST_AGE
    found = _MAX_AGE.search(cache_control)
    return USUAL_AGE if found is None else min(max(float(found[1]), LEAST_AGE), MOST_AGE)
