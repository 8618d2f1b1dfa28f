"""The application's own judgement: a webhook that is asked before an upload becomes active, and waited for."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import httpx
import msgspec
import structlog

from mediaworks.errors import Invalid, Unavailable
from mediaworks.kit import clock
from mediaworks.kit.egress import Egress, EgressConfig, parse_url
from mediaworks.kit.webhooks import StandardWebhook
from mediaworks.uploads.gate.config import GateConfig
from mediaworks.uploads.gate.port import ALLOW, Candidate, Check, Decision, Verdict

NAME = "webhook"
EVENT = "upload.validate"
ANSWER_BYTES = 64 * 1024
REASON_LENGTH = 500
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Upload:
    upload_id: UUID
    user_id: UUID
    name: str
    mime_type: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class _Message:
    type: str
    timestamp: datetime
    data: _Upload


@dataclass(frozen=True, slots=True)
class _Answer:
    decision: Decision
    reason: str | None = None


class Webhook:
    """POSTs what is known of an upload, signed (Standard Webhooks), and takes `{"decision": …, "reason": …}`."""

    def __init__(self, config: GateConfig, egress: Egress) -> None:
        self._config = config
        self.egress = egress
        self._signer = StandardWebhook(config.webhook_secret)

    async def judge(self, candidate: Candidate) -> Verdict:
        """The receiver's decision. Without a usable one in time: Unavailable, quarantine or allow as configured."""
        try:
            async with asyncio.timeout(self._config.webhook_seconds):
                answer = await self._ask(candidate)
        except (TimeoutError, httpx.HTTPError, msgspec.MsgspecError, Invalid) as failure:
            return self._without_answer(candidate, failure)
        return Verdict(answer.decision, (answer.reason or "")[:REASON_LENGTH], NAME)

    async def _ask(self, candidate: Candidate) -> _Answer:
        at = clock.now()
        body = msgspec.json.encode(_Message(EVENT, at, _told(candidate)))
        headers = self._signer.headers(f"validate_{candidate.upload_id}", at, body)
        headers |= {"content-type": "application/json", "accept-encoding": "identity"}
        async with (
            self.egress.client(idle_seconds=self._config.webhook_seconds) as client,
            client.stream("POST", self._config.webhook_url, content=body, headers=headers) as response,
        ):
            if response.status_code != 200:
                raise httpx.HTTPError(f"answered with status {response.status_code}")
            return msgspec.json.decode(await _bounded(response), type=_Answer)

    def _without_answer(self, candidate: Candidate, failure: Exception) -> Verdict:
        silence = self._config.webhook_silence
        _log.warning("gate_webhook_silent", upload=str(candidate.upload_id), error=repr(failure), then=silence)
        if silence == "refuse":
            raise Unavailable("The upload could not be validated just now; try again later") from failure
        return ALLOW if silence == "allow" else Verdict(Decision.QUARANTINE, "could not be validated", NAME)


def _told(candidate: Candidate) -> _Upload:
    return _Upload(
        upload_id=candidate.upload_id,
        user_id=candidate.user_id,
        name=candidate.name,
        mime_type=candidate.mime_type,
        size_bytes=candidate.size_bytes,
        sha256=candidate.sha256,
    )


async def _bounded(response: httpx.Response) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > ANSWER_BYTES:
            raise httpx.HTTPError(f"answered with more than {ANSWER_BYTES} bytes")
    return bytes(body)


def configured(config: GateConfig, egress: EgressConfig) -> Check | None:
    """The host that the installation names here is reached by this check although it may stand inside; no other."""
    if not config.webhook_url:
        return None
    host = parse_url(config.webhook_url).host
    return Webhook(config, Egress(EgressConfig(allow=(*egress.allow, host))))
