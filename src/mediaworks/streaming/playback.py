"""Addresses that play without a key, for a while: what is played, until when, and a signature, in one part of the path.

So the addresses in playlists, which are relative, carry it along.
"""

from __future__ import annotations

import base64
import binascii
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import parse_qs, urlencode
from uuid import UUID

import msgspec

from mediaworks.accounts.signing import Keyring
from mediaworks.errors import Forbidden

LONGEST_SECONDS = 7 * 24 * 3600
SIX_HOURS = 6 * 3600


class PlaybackRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`expires_in`: seconds, in which the whole recording has to be played."""

    expires_in: Annotated[int, msgspec.Meta(ge=10, le=LONGEST_SECONDS)] = SIX_HOURS


class Playback(msgspec.Struct, frozen=True):
    """Where a player plays a recording without a key until `expires_at`."""

    hls_url: str
    dash_url: str
    expires_at: datetime


class PlaybackTokens:
    def __init__(self, keyring: Callable[[], Keyring], public_url: str) -> None:
        self._keyring = keyring
        self._base = public_url.rstrip("/")

    def issue(self, media_id: UUID, seconds: int) -> Playback:
        expires = int(time.time()) + seconds
        token = self._token(media_id, expires)
        folder = f"{self._base}/v/{token}"
        return Playback(
            f"{folder}/hls/playlist.m3u8", f"{folder}/dash/manifest.mpd", datetime.fromtimestamp(expires, UTC)
        )

    def opened(self, token: str) -> UUID:
        """What the token plays. Raises Forbidden: `invalid_signature`, `link_expired`."""
        coded, _, rest = token.partition(".")
        expires, _, rest = rest.partition(".")
        key, _, signature = rest.partition(".")
        try:
            media_id = UUID(bytes=base64.urlsafe_b64decode(coded + "=="))
        except (ValueError, binascii.Error) as error:
            raise Forbidden("The address is not signed", code="invalid_signature") from error
        query = urlencode({"expires": expires, "key": key, "signature": signature})
        self._keyring().verify(_path(media_id), query, time.time())
        return media_id

    def _token(self, media_id: UUID, expires: int) -> str:
        query = parse_qs(self._keyring().sign(_path(media_id), expires).partition("?")[2])
        coded = base64.urlsafe_b64encode(media_id.bytes).rstrip(b"=").decode()
        return f"{coded}.{expires}.{query['key'][0]}.{query['signature'][0]}"


def _path(media_id: UUID) -> str:
    return f"/v/{media_id}"
