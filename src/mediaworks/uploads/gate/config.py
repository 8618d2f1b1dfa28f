from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from mediaworks.errors import Invalid
from mediaworks.kit.egress import parse_url
from mediaworks.kit.quantities import Bytes
from mediaworks.kit.webhooks import read_secret
from mediaworks.uploads.gate.address import parse_address

CLAMD_SILENCE = ("refuse", "allow")
WEBHOOK_SILENCE = ("refuse", "quarantine", "allow")


@dataclass(frozen=True, slots=True, kw_only=True)
class GateConfig:
    """Checks of every upload before it becomes active; a check without address does not take place.

    `clamd`: `unix:/run/clamav/clamd.ctl` or `tcp://host:3310`. Larger files are scanned in windows of `clamd_window`
    that overlap by `clamd_overlap`. `clamd_seconds`: the longest scan of one file; `webhook_seconds`: the longest wait
    for an answer. `…_silence`: what happens when there is none: `refuse` answers 503 so that the sender tries again.
    """

    clamd: str = ""
    clamd_window: Bytes = Bytes(24 << 20)
    clamd_overlap: Bytes = Bytes(1 << 20)
    clamd_seconds: float = 600
    clamd_silence: str = "refuse"
    webhook_url: str = ""
    webhook_secret: str = field(default="", repr=False)
    webhook_seconds: float = 10
    webhook_silence: str = "refuse"

    def __post_init__(self) -> None:
        if self.clamd:
            _explain("clamd", lambda: parse_address(self.clamd))
        if self.clamd_window < 1 << 16:
            raise ValueError("clamd_window: must be at least 64 KiB")
        if not 0 <= self.clamd_overlap <= self.clamd_window // 2:
            raise ValueError("clamd_overlap: must lie between 0 and half of clamd_window")
        if self.clamd_seconds <= 0:
            raise ValueError("clamd_seconds: must be more than 0")
        if self.clamd_silence not in CLAMD_SILENCE:
            raise ValueError(f"clamd_silence: must be {' or '.join(CLAMD_SILENCE)}")
        self._check_webhook()

    def _check_webhook(self) -> None:
        if self.webhook_url:
            _explain("webhook_url", lambda: parse_url(self.webhook_url))
        if self.webhook_url or self.webhook_secret:
            _explain("webhook_secret", lambda: read_secret(self.webhook_secret))
        if self.webhook_seconds <= 0:
            raise ValueError("webhook_seconds: must be more than 0")
        if self.webhook_silence not in WEBHOOK_SILENCE:
            raise ValueError(f"webhook_silence: must be one of {', '.join(WEBHOOK_SILENCE)}")


def _explain(name: str, check: Callable[[], object]) -> None:
    try:
        check()
    except (ValueError, Invalid) as error:
        raise ValueError(f"{name}: {error}") from error
