"""Viruses: what clamd knows goes into quarantine."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import structlog

from mediaworks.errors import Unavailable
from mediaworks.kit.egress import EgressConfig
from mediaworks.uploads.gate.address import parse_address
from mediaworks.uploads.gate.config import GateConfig
from mediaworks.uploads.gate.instream import ClamdAway, signature_in
from mediaworks.uploads.gate.port import ALLOW, Candidate, Check, Decision, Verdict

NAME = "clamd"
_log = structlog.get_logger()


class Clamd:
    """Has clamd scan every byte. What spans more than the overlap of two windows of a large file is not seen whole."""

    def __init__(self, config: GateConfig) -> None:
        self._config = config
        self._address = parse_address(config.clamd)

    async def judge(self, candidate: Candidate) -> Verdict:
        """Quarantine with the signature's name. When clamd is away or too slow: Unavailable, or allow as configured."""
        try:
            signature = await self._scan(candidate)
        except ClamdAway as away:
            silence = self._config.clamd_silence
            _log.warning("clamd_away", upload=str(candidate.upload_id), reason=away.detail, then=silence)
            if silence == "refuse":
                raise Unavailable("The upload could not be scanned for viruses just now; try again later") from away
            return ALLOW
        return Verdict(Decision.QUARANTINE, f"found {signature}", NAME) if signature else ALLOW

    async def _scan(self, candidate: Candidate) -> str | None:
        try:
            async with asyncio.timeout(self._config.clamd_seconds) as running:
                return await self._signature(candidate)
        except TimeoutError as slow:
            if not running.expired():
                raise
            raise ClamdAway(f"clamd took longer than {self._config.clamd_seconds:g} s") from slow

    async def _signature(self, candidate: Candidate) -> str | None:
        for start, length in windows(candidate.size_bytes, self._config.clamd_window, self._config.clamd_overlap):
            if signature := await signature_in(self._address, candidate.read(start, length)):
                return signature
        return None


def windows(size: int, width: int, overlap: int) -> Iterator[tuple[int, int]]:
    """Start and length of pieces that cover `size` bytes; whatever is at most `overlap` + 1 long lies whole in one."""
    start = 0
    while start + width < size:
        yield start, width
        start += width - overlap
    yield start, size - start


def configured(config: GateConfig, egress: EgressConfig) -> Check | None:
    return Clamd(config) if config.clamd else None
