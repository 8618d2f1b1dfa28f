"""Published keys: asked for seldom and with care, and no reason to be away when their service is."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass

import pytest

from mediaworks.accounts.tokens.jwks import OLD_SECONDS, PAUSE_SECONDS, RETRY_SECONDS, Jwks
from mediaworks.errors import Unauthenticated, Unavailable
from mediaworks.kit.egress import Egress, EgressConfig
from mediaworks.testing.auth_service import AuthService
from mediaworks.testing.waiting import until


@dataclass
class Clock:
    time: float = 1000.0

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def auth() -> Iterator[AuthService]:
    with AuthService() as service:
        yield service


@pytest.fixture
def clock() -> Clock:
    return Clock()


def keys_of(auth: AuthService, clock: Clock, *allow: str) -> Jwks:
    return Jwks(Egress(EgressConfig(allow=allow or ("127.0.0.1",))), auth.url, clock=clock)


def run(steps: Callable[[], Awaitable[None]]) -> None:
    async def whole() -> None:
        await steps()

    asyncio.run(whole())


def test_keys_are_asked_for_once_by_however_many(auth: AuthService, clock: Clock) -> None:
    keys = keys_of(auth, clock)

    async def steps() -> None:
        await asyncio.gather(*(keys.key("first", "ES256") for _ in range(50)))
        assert auth.asked == 1

    run(steps)


@pytest.mark.parametrize(
    ("cache_control", "seconds"),
    [("max-age=600", 600), ("max-age=1", 30), ("public, max-age=99999999", 86_400), ("no-store", 30), ("", 300)],
)
def test_keys_are_kept_as_long_as_their_service_says_within_bounds(
    auth: AuthService, clock: Clock, cache_control: str, seconds: float
) -> None:
    auth.headers = {"cache-control": cache_control}
    keys = keys_of(auth, clock)

    async def steps() -> None:
        await keys.key("first", "ES256")
        clock.time += seconds - 1
        await keys.key("first", "ES256")
        assert auth.asked == 1
        clock.time += 2
        await keys.key("first", "ES256")
        assert auth.asked == 2

    run(steps)


def test_a_key_that_is_new_is_found_at_once_and_the_old_one_opens_nothing_any_more(
    auth: AuthService, clock: Clock
) -> None:
    keys = keys_of(auth, clock)

    async def steps() -> None:
        await keys.key("first", "ES256")
        auth.rotate("second")
        assert (await keys.key("second", "ES256")).key_id == "second"
        with pytest.raises(Unauthenticated):
            await keys.key("first", "ES256")

    run(steps)


def test_keys_that_nobody_has_are_asked_for_seldom(auth: AuthService, clock: Clock) -> None:
    keys = keys_of(auth, clock)

    async def steps() -> None:
        for number in range(20):
            with pytest.raises(Unauthenticated):
                await keys.key(f"forged-{number}", "ES256")
        assert auth.asked == 2
        clock.time += PAUSE_SECONDS
        with pytest.raises(Unauthenticated):
            await keys.key("forged", "ES256")
        assert auth.asked == 3

    run(steps)


def test_known_keys_go_on_while_their_service_is_away_but_not_for_ever(auth: AuthService, clock: Clock) -> None:
    keys = keys_of(auth, clock)

    async def steps() -> None:
        await keys.key("first", "ES256")
        auth.status = 500
        clock.time += 3600
        await keys.key("first", "ES256")
        await keys.key("first", "ES256")
        assert auth.asked == 2
        clock.time += OLD_SECONDS
        with pytest.raises(Unavailable):
            await keys.key("first", "ES256")

    run(steps)


def test_while_new_keys_are_asked_for_others_go_on_with_the_old(auth: AuthService, clock: Clock) -> None:
    keys = keys_of(auth, clock)

    async def steps() -> None:
        await keys.key("first", "ES256")
        auth.seconds = 1.0
        clock.time += 3600
        asking = asyncio.create_task(keys.key("first", "ES256"))
        await until(lambda: auth.asked == 2)
        await keys.key("first", "ES256")
        assert not asking.done()
        await asking
        assert auth.asked == 2

    run(steps)


def test_without_any_keys_the_service_says_that_it_cannot_tell(auth: AuthService, clock: Clock) -> None:
    auth.status = 503
    keys = keys_of(auth, clock)

    async def steps() -> None:
        for _ in range(5):
            with pytest.raises(Unavailable) as refusal:
                await keys.key("first", "ES256")
            assert refusal.value.code == "jwks_unavailable"
        assert auth.asked == 1
        auth.status = 200
        clock.time += RETRY_SECONDS
        await keys.key("first", "ES256")

    run(steps)


def test_a_redirect_is_not_followed(auth: AuthService, clock: Clock) -> None:
    with AuthService() as elsewhere:
        auth.status, auth.headers = 302, {"location": elsewhere.url}

        async def steps() -> None:
            with pytest.raises(Unavailable, match="redirects are not followed"):
                await keys_of(auth, clock).fetch()
            assert (auth.asked, elsewhere.asked) == (1, 0)

        run(steps)


def test_an_address_that_points_inside_is_not_asked(auth: AuthService, clock: Clock) -> None:
    async def steps() -> None:
        with pytest.raises(Unavailable, match="MEDIAWORKS_EGRESS_ALLOW"):
            await keys_of(auth, clock, "198.51.100.1").fetch()
        assert auth.asked == 0

    run(steps)


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{}", b"[]", b'{"keys": {}}', b'{"keys": []}', b"\xff", b"x" * 300_000,
        b'{"keys": [{"kty": "oct", "k": "c2VjcmV0", "kid": "first"}]}',
        b'{"keys": [{"kty": "RSA", "use": "enc", "kid": "first"}]}',
    ],
)  # fmt: skip
def test_an_answer_that_has_no_keys_is_no_answer(auth: AuthService, clock: Clock, body: bytes) -> None:
    auth.body = body

    async def steps() -> None:
        with pytest.raises(Unavailable):
            await keys_of(auth, clock).key("first", "ES256")

    run(steps)
