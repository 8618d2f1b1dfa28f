"""What users name is never inside. Real listeners on loopback count who comes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from ipaddress import ip_address
from typing import Any

import httpx
import pytest

from mediaworks.errors import EgressRefused, Invalid
from mediaworks.kit.egress import Egress, EgressConfig, final_url, parse_url
from mediaworks.kit.egress.backend import resolve
from mediaworks.testing.origin import Heard, Origin, always, answer

OK = always(answer("200 OK", b"hello"))
LOOPBACK = ("127.0.0.0/8",)

REACHING_LOOPBACK = [
    "http://127.0.0.1:{port}/",
    "http://127.1:{port}/",
    "http://127.0.1:{port}/",
    "http://2130706433:{port}/",
    "http://0x7f000001:{port}/",
    "http://0x7F.0.1:{port}/",
    "http://017700000001:{port}/",
    "http://0177.1:{port}/",
    "http://localhost:{port}/",
    "http://LOCALHOST:{port}/",
    "http://inside.example.:{port}/",
    "http://[::ffff:127.0.0.1]:{port}/",
    "http://[::ffff:7f00:1]:{port}/",
    "http://127。0。0。1:{port}/",
    "http://127．0．0．1:{port}/",
    "http://inside.example:{port}/",
    "http://mapped.example:{port}/",
    "http://mixed.example:{port}/",
]
NAMES = {
    "inside.example": ["127.0.0.1"],
    "inside.example.": ["127.0.0.1"],
    "mapped.example": ["::ffff:127.0.0.1"],
    "mixed.example": ["127.0.0.1", "93.184.216.34"],
    "linked.example": ["fe80::1%lo"],
    "empty.example": [],
}
INSIDE = [
    "http://0.0.0.0:{port}/",
    "http://0:{port}/",
    "http://[::]:{port}/",
    "http://[::1]:{port}/",
    "http://[::127.0.0.1]:{port}/",
    "http://[::ffff:0:127.0.0.1]:{port}/",
    "http://[64:ff9b::127.0.0.1]:{port}/",
    "http://[64:ff9b::a00:1]:{port}/",
    "http://[64:ff9b:1::127.0.0.1]:{port}/",
    "http://[64:ff9b:1::8.8.8.8]:{port}/",
    "http://[2002:7f00:1::]:{port}/",
    "http://[2002:a9fe:a9fe::1]:{port}/",
    "http://[2001:0:7f00:1::f7f7:f7f7]:{port}/",
    "http://[2001:0:808:808::80ff:fffe]:{port}/",
    "http://[2606:4700::5efe:10.0.0.1]:{port}/",
    "http://[fe80::1]:{port}/",
    "http://[fe80::1%25lo]:{port}/",
    "http://[::1%25lo]:{port}/",
    "http://[2606:4700::1111%25lo]:{port}/",
    "http://[fc00::1]:{port}/",
    "http://[fd00:ec2::254]:{port}/",
    "http://[fec0::1]:{port}/",
    "http://[ff02::1]:{port}/",
    "http://[100::1]:{port}/",
    "http://[2001:db8::1]:{port}/",
    "http://[3fff::1]:{port}/",
    "http://[5f00::1]:{port}/",
    "http://[2001:2::1]:{port}/",
    "http://10.0.0.1:{port}/",
    "http://100.64.0.1:{port}/",
    "http://100.127.255.254:{port}/",
    "http://169.254.169.254/latest/meta-data/",
    "http://2852039166/latest/meta-data/",
    "http://172.16.0.1:{port}/",
    "http://172.31.255.255:{port}/",
    "http://192.0.0.192:{port}/",
    "http://192.0.2.1:{port}/",
    "http://192.88.99.1:{port}/",
    "http://192.168.1.1:{port}/",
    "http://198.18.0.1:{port}/",
    "http://198.51.100.1:{port}/",
    "http://203.0.113.1:{port}/",
    "http://224.0.0.1:{port}/",
    "http://240.0.0.1:{port}/",
    "http://255.255.255.255:{port}/",
    "http://linked.example:{port}/",
]
TRICKS = [
    "http://user@93.184.216.34:{port}/",
    "http://93.184.216.34@127.0.0.1:{port}/",
    "http://93.184.216.34:80@127.0.0.1:{port}/",
    "http://:@127.0.0.1:{port}/",
    "http://93.184.216.34\\@127.0.0.1:{port}/",
    "http://127.0.0.1:{port}\\@93.184.216.34/",
    "http://①②⑦.0.0.1:{port}/",
    "http://127.0.0.1%00.example:{port}/",
    "http://0177.0.0.1:{port}/",
    "http:///etc/passwd",
    "http:127.0.0.1:{port}",
    "http://127.0.0.1:0/",
    "http://127.0.0.1:-1/",
    "http://127.0.0.1:65617/",
    "//127.0.0.1:{port}/",
    "file:///etc/passwd",
    "ftp://127.0.0.1:{port}/",
    "gopher://127.0.0.1:{port}/_GET",
    "unix:///run/docker.sock",
    "ws://127.0.0.1:{port}/",
    "HTTP+unix://%2Frun%2Fdocker.sock/",
]
PUBLIC = [
    "93.184.216.34",
    "8.8.8.8",
    "100.63.255.255",
    "172.32.0.1",
    "2606:4700:4700::1111",
    "::ffff:8.8.8.8",
    "64:ff9b::8.8.8.8",
    "2002:808:808::1",
    "2001:0:808:808::f7f7:f7f7",
]


async def names(host: str, port: int) -> list[str]:
    return NAMES[host] if host in NAMES else await resolve(host, port)


def ask(url: str, origin: Origin, allow: tuple[str, ...] = (), **options: Any) -> httpx.Response:
    """What a guarded client hears when it asks for `url` while `origin` listens."""
    return asyncio.run(_ask(url, origin, allow, options))


async def _ask(url: str, origin: Origin, allow: tuple[str, ...], options: dict[str, Any]) -> httpx.Response:
    async with origin, Egress(EgressConfig(allow=allow), resolver=names).client(idle_seconds=5) as client:
        return await client.get(url.format(port=origin.port), **options)


@pytest.mark.parametrize("url", REACHING_LOOPBACK)
def test_no_notation_of_loopback_reaches_a_listener(url: str) -> None:
    origin = Origin(OK)
    with pytest.raises(EgressRefused, match="MEDIAWORKS_EGRESS_ALLOW") as refused:
        ask(url, origin)
    assert (refused.value.status, refused.value.code, origin.connections) == (400, "address_not_allowed", 0)


@pytest.mark.parametrize("url", REACHING_LOOPBACK[:-1])
def test_every_notation_of_loopback_reaches_it_once_it_is_allowed(url: str) -> None:
    origin = Origin(OK)
    assert ask(url, origin, LOOPBACK).text == "hello"
    assert origin.connections == 1


@pytest.mark.parametrize("url", INSIDE)
def test_no_other_address_of_the_inside_is_tried(url: str) -> None:
    origin = Origin(OK)
    with pytest.raises(EgressRefused, match="MEDIAWORKS_EGRESS_ALLOW"):
        ask(url, origin)
    assert origin.connections == 0


@pytest.mark.parametrize("url", TRICKS)
def test_no_trick_with_the_form_of_an_address_reaches_a_listener(url: str) -> None:
    """Also not where the listener's address is allowed."""
    origin = Origin(OK)
    with pytest.raises((EgressRefused, httpx.InvalidURL, httpx.ConnectError)):
        ask(url, origin, LOOPBACK)
    assert origin.connections == 0


@pytest.mark.parametrize("host", [*PUBLIC, "10.1.2.3"])
def test_public_addresses_are_permitted_and_the_table_can_tell(host: str) -> None:
    assert EgressConfig().permits(ip_address(host)) is (host != "10.1.2.3")


@pytest.mark.parametrize(
    ("allow", "reached"),
    [
        (("localhost",), True),
        (("LocalHost.",), True),
        (("127.0.0.1",), True),
        (("127.0.0.1/32", "::1/128"), True),
        (("127.0.0.2/31",), False),
        (("10.0.0.0/8", "host"), False),
    ],
)
def test_what_the_setting_names_is_reached_and_no_more(allow: tuple[str, ...], reached: bool) -> None:
    origin = Origin(OK)
    if reached:
        assert ask("http://localhost:{port}/", origin, allow).text == "hello"
    else:
        with pytest.raises(EgressRefused):
            ask("http://localhost:{port}/", origin, allow)


@pytest.mark.parametrize("entry", ["127.0.0.0/33", "10.0.0.1/8", "http://host", "a b", "", "1.2.3", "host:80"])
def test_a_setting_that_is_neither_network_nor_name_stops_the_start(entry: str) -> None:
    with pytest.raises(ValueError, match="allow: "):
        EgressConfig(allow=(entry,))


def test_a_name_that_resolves_differently_the_second_time_gains_nothing() -> None:
    answers = [["127.0.0.2"], ["127.0.0.1"]]

    async def rebinding(host: str, port: int) -> list[str]:
        return answers.pop(0)

    async def steps() -> tuple[int, int]:
        async with Origin(OK, host="127.0.0.2") as outside, Origin(OK, port=outside.port) as inside:
            async with Egress(EgressConfig(allow=("127.0.0.2",)), resolver=rebinding).client() as client:
                await client.get(f"http://rebinding.example:{outside.port}/")
                assert len(answers) == 1
                with pytest.raises(EgressRefused):
                    await client.get(f"http://rebinding.example:{outside.port}/")
            return outside.connections, inside.connections

    assert asyncio.run(steps()) == (1, 0)


def redirecting(location: str, status: str = "302 Found") -> Callable[[Heard, asyncio.StreamWriter], Awaitable[None]]:
    return always(answer(status, location=location))


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See", "307 Temporary", "308 Permanent"])
@pytest.mark.parametrize(
    "location", ["http://127.0.0.1:{port}/", "//2130706433:{port}/", "http://[::ffff:127.0.0.1]:{port}/"]
)
def test_a_redirect_to_the_inside_is_refused(status: str, location: str) -> None:
    async def steps() -> tuple[int, int]:
        async with Origin(OK) as inside:
            outside = Origin(redirecting(location.format(port=inside.port), status), host="127.0.0.2")
            async with outside, Egress(EgressConfig(allow=("127.0.0.2",))).client() as client:
                with pytest.raises(EgressRefused):
                    await client.get(outside.url)
            return outside.connections, inside.connections

    assert asyncio.run(steps()) == (1, 0)


@pytest.mark.parametrize(
    "location", ["file:///etc/passwd", "http://a:b@127.0.0.1:{port}/", "http://[::1/", "gopher://x/"]
)
def test_a_redirect_to_what_is_no_web_address_is_refused(location: str) -> None:
    origin = Origin(OK)

    async def respond(heard: Heard, writer: asyncio.StreamWriter) -> None:
        writer.write(answer("302 Found", location=location.format(port=origin.port)))

    origin.respond = respond
    with pytest.raises((EgressRefused, httpx.RemoteProtocolError)):
        ask("http://127.0.0.1:{port}/", origin, LOOPBACK)
    assert origin.connections == 1


def test_five_redirects_are_followed_and_a_sixth_is_not() -> None:
    async def respond(heard: Heard, writer: asyncio.StreamWriter) -> None:
        left = int(heard.target.removeprefix("/"))
        writer.write(answer("302 Found", location=f"/{left - 1}") if left else answer("200 OK", b"there"))

    origin = Origin(respond)
    response = ask("http://127.0.0.1:{port}/5", origin, LOOPBACK)
    assert (response.text, final_url(response).path, origin.connections) == ("there", "/0", 6)
    with pytest.raises(httpx.TooManyRedirects):
        ask("http://127.0.0.1:{port}/6", Origin(respond), LOOPBACK)


HEADERS = {"authorization": "Bearer s", "cookie": "a=b", "x-api-key": "s", "range": "bytes=5-", "host": "inner"}


@pytest.mark.parametrize(("host", "kept"), [("127.0.0.1", True), ("localhost", False)])
def test_secrets_follow_a_redirect_only_within_the_origin(host: str, kept: bool) -> None:
    async def respond(heard: Heard, writer: asyncio.StreamWriter) -> None:
        onward = f"http://{host}:{origin.port}/there"
        writer.write(answer("200 OK") if heard.target == "/there" else answer("307 Go", location=onward))

    origin = Origin(respond)
    ask("http://127.0.0.1:{port}/", origin, LOOPBACK, headers=HEADERS)
    first, second = (heard.headers for heard in origin.heard)
    assert first["host"] == f"127.0.0.1:{origin.port}"
    assert second["host"] == f"{host}:{origin.port}"
    assert second["range"] == "bytes=5-"
    for name in ("authorization", "cookie", "x-api-key"):
        assert first[name] == HEADERS[name]
        assert (name in second) is kept


def test_secrets_do_not_come_back_when_a_redirect_returns_to_the_first_origin() -> None:
    async def respond(heard: Heard, writer: asyncio.StreamWriter) -> None:
        onward = {"/": f"http://localhost:{origin.port}/away", "/away": f"http://127.0.0.1:{origin.port}/back"}
        location = onward.get(heard.target)
        writer.write(answer("302 Found", location=location) if location else answer("200 OK"))

    origin = Origin(respond)
    ask("http://127.0.0.1:{port}/", origin, LOOPBACK, headers=HEADERS)
    assert [("x-api-key" in heard.headers) for heard in origin.heard] == [True, False, False]


def test_a_redirect_of_a_post_is_its_answer() -> None:
    async def steps() -> tuple[int, int]:
        async with Origin(redirecting("/again", "307 Again")) as origin:
            async with Egress(EgressConfig(allow=LOOPBACK)).client() as client:
                response = await client.post(origin.url, content=b"x")
            return response.status_code, origin.connections

    assert asyncio.run(steps()) == (307, 1)


def test_cookies_of_one_answer_are_not_sent_with_the_next_request() -> None:
    async def steps() -> list[Heard]:
        async with Origin(always(answer("200 OK", set_cookie="session=1; Path=/"))) as origin:
            async with Egress(EgressConfig(allow=LOOPBACK)).client() as client:
                await client.get(origin.url)
                await client.get(origin.url)
            return origin.heard

    assert ["cookie" in heard.headers for heard in asyncio.run(steps())] == [False, False]


def test_proxies_and_passwords_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))

    async def steps() -> tuple[int, int, dict[str, str]]:
        async with Origin(OK) as proxy, Origin(OK) as origin:
            for variable in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
                monkeypatch.setenv(variable, proxy.url)
            async with Egress(EgressConfig(allow=LOOPBACK)).client() as client:
                await client.get(origin.url)
            return proxy.connections, origin.connections, origin.heard[0].headers

    proxied, direct, headers = asyncio.run(steps())
    assert (proxied, direct, "authorization" in headers) == (0, 1, False)


def test_the_next_address_is_tried_when_the_first_does_not_answer() -> None:
    async def two(host: str, port: int) -> list[str]:
        return ["127.0.0.3", "127.0.0.1"]

    async def steps() -> str:
        async with Origin(OK) as origin, Egress(EgressConfig(allow=LOOPBACK), resolver=two).client() as client:
            return (await client.get(f"http://two.example:{origin.port}/")).text

    assert asyncio.run(steps()) == "hello"


@pytest.mark.parametrize("host", ["empty.example", "nowhere.invalid", "a" * 70 + ".example"])
def test_a_name_without_address_is_a_failed_connection(host: str) -> None:
    with pytest.raises(httpx.ConnectError, match="the name"):
        ask(f"http://{host}:{{port}}/", Origin(OK))


def test_the_form_of_an_address_can_be_checked_before_anything_is_asked() -> None:
    assert parse_url("https://example.org:8443/a?b").port == 8443
    for wrong in ("ftp://example.org/", "http://me:pw@example.org/", "example.org/a", "", "http://"):
        with pytest.raises(EgressRefused):
            parse_url(wrong)
    for broken in ("http://[::1/", "http://exa\x00mple/", "http://host:port/"):
        with pytest.raises(Invalid) as invalid:
            parse_url(broken)
        assert invalid.value.code == "invalid_url"


def test_an_exchange_ends_with_the_deadline_around_it() -> None:
    async def trickle(heard: Heard, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n")
        while not writer.is_closing():
            writer.write(b"X-More: 1\r\n")
            await writer.drain()
            await asyncio.sleep(0.02)

    async def steps() -> None:
        async with Origin(trickle) as origin, Egress(EgressConfig(allow=LOOPBACK)).client() as client:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.3):
                    await client.get(origin.url)

    asyncio.run(steps())


@pytest.mark.parametrize("name", ["inside.example", "mapped.example", "mixed.example"])
def test_a_name_that_leads_inside_now_is_refused_before_anything_is_asked(name: str) -> None:
    with pytest.raises(EgressRefused, match=name):
        asyncio.run(Egress(EgressConfig(), resolver=_known).check_now(f"https://{name}/"))


def test_a_name_that_leads_nowhere_yet_may_pass() -> None:
    asyncio.run(Egress(EgressConfig(), resolver=_known).check_now("https://empty.example/"))
    asyncio.run(Egress(EgressConfig(allow=LOOPBACK), resolver=_known).check_now("https://inside.example/"))


async def _known(host: str, port: int) -> list[str]:
    return NAMES[host]
