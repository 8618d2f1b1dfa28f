from __future__ import annotations

from collections.abc import Sequence

from mediaworks.errors import Refused
from mediaworks.kit.egress import EgressConfig
from mediaworks.uploads.gate import clamd, webhook
from mediaworks.uploads.gate.config import GateConfig
from mediaworks.uploads.gate.port import Candidate, Check, Decision

CHECKS = (clamd.configured, webhook.configured)


class Gate:
    """Checks in their order: the first that does not allow decides, and those after it are not asked."""

    def __init__(self, checks: Sequence[Check] = ()) -> None:
        self._checks = tuple(checks)

    async def judge(self, candidate: Candidate) -> str | None:
        """Why the file is to be quarantined, None when it may become active.

        Raises Refused when a check says no, Unavailable when one cannot tell now and is not to let pass.
        """
        for check in self._checks:
            verdict = await check.judge(candidate)
            if verdict.decision is Decision.REFUSE:
                raise Refused(f"file: {verdict.reason or 'refused'}", check=verdict.check)
            if verdict.decision is Decision.QUARANTINE:
                return f"{verdict.check}: {verdict.reason or 'no reason given'}"
        return None


def open_gate(config: GateConfig, egress: EgressConfig) -> Gate:
    """The gate with the checks that are configured."""
    return Gate([check for make in CHECKS if (check := make(config, egress)) is not None])
