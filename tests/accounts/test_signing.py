from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediaworks.accounts.signing import Keyring
from mediaworks.errors import Forbidden, SetupError

RING = Keyring("new", {"old": b"o" * 32, "new": b"n" * 32})
PATH = "/f/0190/a.jpg"
SIGNED = RING.sign(PATH, 2_000_000_000).partition("?")[2]
NOW = 1_900_000_000


def test_what_was_signed_is_accepted_until_it_expires() -> None:
    RING.verify(PATH, SIGNED, NOW)
    RING.verify(PATH, SIGNED, 2_000_000_000)
    with pytest.raises(Forbidden, match="expired"):
        RING.verify(PATH, SIGNED, 2_000_000_001)


def test_an_older_key_goes_on_verifying_after_rotation() -> None:
    query = Keyring("old", RING.secrets).sign(PATH, 2_000_000_000).partition("?")[2]
    RING.verify(PATH, query, NOW)
    with pytest.raises(Forbidden):
        Keyring("new", {"new": b"n" * 32}).verify(PATH, query, NOW)


@given(st.integers(0, len(SIGNED) * 8 - 1))
def test_every_bit_counts(bit: int) -> None:
    flipped = bytearray(SIGNED.encode())
    flipped[bit // 8] ^= 1 << bit % 8
    with pytest.raises(Forbidden):
        RING.verify(PATH, flipped.decode("latin-1"), NOW)


@pytest.mark.parametrize(
    "query",
    [
        "",
        SIGNED + "&x=1",
        "x=1&" + SIGNED,
        SIGNED + "&",
        "&".join(reversed(SIGNED.split("&"))),
        SIGNED + "&expires=2100000000",
        SIGNED.replace("expires=2000000000", "expires=02000000000"),
        SIGNED.replace("expires=2000000000", "expires=%32000000000"),
        SIGNED.replace("key=new", "key=old"),
        SIGNED.replace("key=new", "key="),
        SIGNED.rpartition("=")[0] + "=",
        SIGNED + "=",
    ],
)
def test_another_spelling_is_refused(query: str) -> None:
    with pytest.raises(Forbidden):
        RING.verify(PATH, query, NOW)


def test_a_signature_is_good_for_its_own_path_only() -> None:
    with pytest.raises(Forbidden):
        RING.verify(PATH + "/", SIGNED, NOW)


@pytest.mark.parametrize("secrets", [{}, {"new": b""}, {"new": b"short"}, {"other": b"o" * 32}])
def test_there_is_no_ring_without_a_good_key(secrets: dict[str, bytes]) -> None:
    with pytest.raises(SetupError):
        Keyring("new", secrets)
