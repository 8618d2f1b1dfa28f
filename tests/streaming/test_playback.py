from __future__ import annotations

from uuid import UUID, uuid4

import httpx
import pytest

from mediaworks.accounts.signing import Keyring
from mediaworks.errors import Forbidden
from mediaworks.streaming.playback import PlaybackTokens

OLD, NEW = bytes(32), bytes(range(32))


def token_of(tokens: PlaybackTokens, media_id: UUID, seconds: int = 60) -> str:
    return httpx.URL(tokens.issue(media_id, seconds).hls_url).path.split("/")[2]


def test_an_address_outlives_the_rotation_of_keys_and_not_the_removal_of_its_own() -> None:
    media_id, rings = uuid4(), [Keyring("old", {"old": OLD})]
    tokens = PlaybackTokens(lambda: rings[-1], "https://media.example.org")
    token = token_of(tokens, media_id)
    rings.append(Keyring("new", {"old": OLD, "new": NEW}))
    assert tokens.opened(token) == media_id
    assert token_of(tokens, media_id) != token
    rings.append(Keyring("new", {"new": NEW}))
    with pytest.raises(Forbidden) as refusal:
        tokens.opened(token)
    assert refusal.value.code == "invalid_signature"


def test_an_address_that_has_expired_says_so() -> None:
    tokens = PlaybackTokens(lambda: Keyring("one", {"one": OLD}), "")
    with pytest.raises(Forbidden) as refusal:
        tokens.opened(token_of(tokens, uuid4(), -1))
    assert refusal.value.code == "link_expired"


def test_both_protocols_play_under_the_same_address() -> None:
    playback = PlaybackTokens(lambda: Keyring("one", {"one": OLD}), "https://media.example.org/").issue(uuid4(), 60)
    assert playback.hls_url.startswith("https://media.example.org/v/")
    assert playback.hls_url.removesuffix("hls/playlist.m3u8") == playback.dash_url.removesuffix("dash/manifest.mpd")
