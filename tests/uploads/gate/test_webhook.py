from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import uuid4

import msgspec
import pytest

from mediaworks.errors import EgressRefused, Unavailable
from mediaworks.kit.egress import EgressConfig
from mediaworks.testing.origin import Answer, Heard, Origin, always, answer
from mediaworks.uploads.gate import ALLOW, Candidate, Decision, GateConfig, Verdict
from mediaworks.uploads.gate.webhook import Webhook, configured

KEY = b"0123456789abcdef0123456789abcdef"
SECRET = "whsec_" + base64.b64encode(KEY).decode()


async def _nothing(start: int, length: int | None) -> AsyncIterator[bytes]:
    raise AssertionError("the webhook needs no bytes")
    yield b""


CANDIDATE = Candidate(
    upload_id=uuid4(),
    user_id=uuid4(),
    name="bär.png",
    mime_type="image/png",
    size_bytes=1234,
    sha256="ab" * 32,
    read=_nothing,
)


def judge(respond: Answer, times: int = 1, **settings: Any) -> tuple[Verdict, Origin]:
    """The verdict on CANDIDATE of a receiver that answers so, and the receiver."""

    async def steps() -> tuple[Verdict, Origin]:
        async with Origin(respond) as origin:
            config = GateConfig(webhook_url=f"{origin.url}/validate", webhook_secret=SECRET, **settings)
            check = configured(config, EgressConfig())
            assert check is not None
            verdicts = [await check.judge(CANDIDATE) for _ in range(times)]
            return verdicts[-1], origin

    return asyncio.run(steps())


def decides(decision: str, **more: object) -> Answer:
    return always(answer("200 OK", msgspec.json.encode({"decision": decision, **more})))


@pytest.mark.parametrize(
    ("respond", "verdict"),
    [
        (decides("allow"), Verdict(Decision.ALLOW, "", "webhook")),
        (decides("allow", reason="fine", more=1), Verdict(Decision.ALLOW, "fine", "webhook")),
        (decides("refuse", reason="no cats"), Verdict(Decision.REFUSE, "no cats", "webhook")),
        (decides("quarantine", reason=None), Verdict(Decision.QUARANTINE, "", "webhook")),
        (decides("refuse", reason="x" * 1000), Verdict(Decision.REFUSE, "x" * 500, "webhook")),
    ],
)
def test_the_receiver_decides(respond: Answer, verdict: Verdict) -> None:
    assert judge(respond)[0] == verdict


def test_the_receiver_is_told_what_is_known_of_the_upload_and_can_verify_who_says_so() -> None:
    _, origin = judge(decides("allow"), times=2)
    heard, again = origin.heard
    assert (heard.method, heard.target, heard.headers["content-type"]) == ("POST", "/validate", "application/json")
    sent_id, sent_at, signature = (heard.headers[f"webhook-{name}"] for name in ("id", "timestamp", "signature"))
    digest = hmac.digest(KEY, f"{sent_id}.{sent_at}.".encode() + heard.body, hashlib.sha256)
    assert signature == "v1," + base64.b64encode(digest).decode()
    assert abs(int(sent_at) - time.time()) < 60
    assert again.headers["webhook-id"] == sent_id
    message = msgspec.json.decode(heard.body)
    assert message.keys() == {"type", "timestamp", "data"}
    assert message["type"] == "upload.validate"
    assert message["data"] == {
        "upload_id": str(CANDIDATE.upload_id),
        "user_id": str(CANDIDATE.user_id),
        "name": "bär.png",
        "mime_type": "image/png",
        "size_bytes": 1234,
        "sha256": "ab" * 32,
    }


async def _silence(heard: Heard, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(60)


async def _trickle(heard: Heard, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while not writer.is_closing():
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.02)


NO_ANSWER: dict[str, Callable[[Heard, asyncio.StreamWriter], Awaitable[None]]] = {
    "silence": _silence,
    "trickling": _trickle,
    "an error": always(answer("500 Oh", b'{"decision": "allow"}')),
    "another success": always(answer("202 Later", b'{"decision": "allow"}')),
    "a redirect": always(answer("307 There", location="/again")),
    "no JSON": always(answer("200 OK", b"allow")),
    "an unknown decision": decides("maybe"),
    "no decision": always(answer("200 OK", b"{}")),
    "too much": always(answer("200 OK", b'{"decision": "allow"}' + b" " * 70_000)),
    "hanging up": always(b""),
}
SILENCES = {"allow": ALLOW, "quarantine": Verdict(Decision.QUARANTINE, "could not be validated", "webhook")}


@pytest.mark.parametrize("kind", NO_ANSWER)
@pytest.mark.parametrize("silence", ["allow", "quarantine", "refuse"])
def test_without_a_usable_answer_the_setting_decides(kind: str, silence: str) -> None:
    settings: dict[str, Any] = {"webhook_silence": silence, "webhook_seconds": 0.3}
    if silence in SILENCES:
        verdict, origin = judge(NO_ANSWER[kind], **settings)
        assert (verdict, origin.connections) == (SILENCES[silence], 1)
    else:
        with pytest.raises(Unavailable, match="could not be validated"):
            judge(NO_ANSWER[kind], **settings)


def test_only_the_host_that_the_installation_names_is_reached_inside() -> None:
    async def steps() -> tuple[int, int]:
        async with Origin(decides("allow")) as origin, Origin(decides("allow"), host="127.0.0.2") as other:
            check = configured(GateConfig(webhook_url=origin.url, webhook_secret=SECRET), EgressConfig())
            assert isinstance(check, Webhook)
            await check.judge(CANDIDATE)
            async with check.egress.client() as client:
                with pytest.raises(EgressRefused):
                    await client.get(other.url)
            return origin.connections, other.connections

    assert asyncio.run(steps()) == (1, 0)
