from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest

from mediaworks.errors import Refused
from mediaworks.kit.egress import EgressConfig
from mediaworks.uploads.gate import ALLOW, Candidate, Decision, Gate, GateConfig, Verdict, open_gate
from mediaworks.uploads.gate.gate import CHECKS

SECRET = "whsec_" + "A" * 32


class Says:
    """A check that always says the same and counts how often it was asked."""

    def __init__(self, verdict: Verdict) -> None:
        self.verdict = verdict
        self.asked = 0

    async def judge(self, candidate: Candidate) -> Verdict:
        self.asked += 1
        return self.verdict


async def _nothing(start: int, length: int | None) -> AsyncIterator[bytes]:
    yield b""


def candidate() -> Candidate:
    return Candidate(upload_id=uuid4(), user_id=uuid4(), name="", mime_type="", size_bytes=0, sha256="", read=_nothing)


QUARANTINE = Verdict(Decision.QUARANTINE, "found it", "clamd")


@pytest.mark.parametrize(
    ("decisive", "outcome"),
    [(QUARANTINE, "clamd: found it"), (Verdict(Decision.QUARANTINE, "", "webhook"), "webhook: no reason given")],
)
def test_the_first_check_that_does_not_allow_decides(decisive: Verdict, outcome: str) -> None:
    checks = [Says(ALLOW), Says(decisive), Says(Verdict(Decision.REFUSE))]
    assert asyncio.run(Gate(checks).judge(candidate())) == outcome
    assert [check.asked for check in checks] == [1, 1, 0]


def test_a_refusal_tells_its_reason_and_whose_it_is() -> None:
    checks = [Says(Verdict(Decision.REFUSE, "no cats", "webhook")), Says(QUARANTINE)]
    with pytest.raises(Refused, match="no cats") as refused:
        asyncio.run(Gate(checks).judge(candidate()))
    assert (refused.value.status, refused.value.facts, checks[1].asked) == (422, {"check": "webhook"}, 0)


def test_without_settings_nothing_is_checked() -> None:
    assert asyncio.run(open_gate(GateConfig(), EgressConfig()).judge(candidate())) is None


@pytest.mark.parametrize(
    "settings",
    [
        {"clamd": "unix:/run/clamav/clamd.ctl"},
        {"clamd": "tcp://clamav:3310", "clamd_silence": "allow"},
        {"clamd": "tcp://[::1]:3310"},
        {"webhook_url": "http://app.internal:3000/validate", "webhook_secret": SECRET, "webhook_silence": "quarantine"},
    ],
)
def test_settings_that_make_sense_make_a_check(settings: dict[str, Any]) -> None:
    checks = [make(GateConfig(**settings), EgressConfig()) for make in CHECKS]
    assert [check is not None for check in checks] == ["clamd" in settings, "webhook_url" in settings]


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"clamd": "clamav:3310"}, "clamd"),
        ({"clamd": "unix:relative"}, "clamd"),
        ({"clamd": "tcp://clamav"}, "clamd"),
        ({"clamd": "tcp://clamav:port"}, "clamd"),
        ({"clamd": "tcp://clamav:3310/path"}, "clamd"),
        ({"clamd_window": 1}, "clamd_window"),
        ({"clamd_overlap": -1}, "clamd_overlap"),
        ({"clamd_overlap": 13 << 20}, "clamd_overlap"),
        ({"clamd_seconds": 0}, "clamd_seconds"),
        ({"clamd_silence": "quarantine"}, "clamd_silence"),
        ({"webhook_url": "ftp://host/", "webhook_secret": SECRET}, "webhook_url"),
        ({"webhook_url": "http://me:pw@host/", "webhook_secret": SECRET}, "webhook_url"),
        ({"webhook_url": "http://host/"}, "webhook_secret"),
        ({"webhook_url": "http://host/", "webhook_secret": "short"}, "webhook_secret"),
        ({"webhook_seconds": 0}, "webhook_seconds"),
        ({"webhook_silence": "perhaps"}, "webhook_silence"),
    ],
)
def test_settings_that_make_none_stop_the_start_and_are_named(settings: dict[str, Any], named: str) -> None:
    with pytest.raises(ValueError, match=f"^{named}: "):
        GateConfig(**settings)


def test_the_secret_is_not_shown() -> None:
    assert SECRET not in repr(GateConfig(webhook_url="http://host/", webhook_secret=SECRET))
