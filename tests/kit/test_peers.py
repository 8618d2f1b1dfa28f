"""Where requests come from: believed only as far as trusted proxies said it."""

from __future__ import annotations

from typing import Any

import pytest

from mediaworks.kit.peers import client_address, is_within, parse_networks

PROXIES = parse_networks(["10.0.0.0/8", "fd00::/8"])


def scope(peer: str | None, *forwarded: str) -> dict[str, Any]:
    headers = [(b"x-forwarded-for", line.encode()) for line in forwarded]
    return {"client": None if peer is None else (peer, 4711), "headers": headers}


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("198.51.100.7", [], "198.51.100.7"),
        ("198.51.100.7", ["203.0.113.1"], "198.51.100.7"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", ["203.0.113.1"], "203.0.113.1"),
        ("10.0.0.1", ["1.1.1.1, 203.0.113.1, 10.0.0.2"], "203.0.113.1"),
        ("10.0.0.1", ["1.1.1.1", "203.0.113.1"], "203.0.113.1"),
        ("10.0.0.1", ["203.0.113.1:8080"], "203.0.113.1"),
        ("fd00::1", ["[2001:db8::5]:443"], "2001:db8::5"),
        ("10.0.0.1", ["203.0.113.1, unknown"], "10.0.0.1"),
        ("10.0.0.1", ["203.0.113.1, unknown, 10.0.0.9"], "10.0.0.9"),
        ("::ffff:10.0.0.1", ["203.0.113.1"], "203.0.113.1"),
        (None, ["203.0.113.1"], None),
    ],
)
def test_the_client_is_the_last_whom_no_trusted_proxy_is(peer: str | None, forwarded: list[str], client: str) -> None:
    assert client_address(scope(peer, *forwarded), PROXIES) == client


def test_without_trusted_proxies_nobody_is_believed() -> None:
    assert client_address(scope("10.0.0.1", "203.0.113.1"), ()) == "10.0.0.1"


def test_a_mapped_address_counts_as_what_it_maps() -> None:
    assert is_within("::ffff:10.2.3.4", PROXIES)
    assert not is_within("::ffff:11.2.3.4", PROXIES)
    assert not is_within(None, PROXIES)
    assert not is_within("localhost", PROXIES)
