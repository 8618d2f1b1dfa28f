"""Requests that bear a key: each has its effect once, however often it is sent."""

from mediaworks.events.idempotency.config import IdempotencyConfig
from mediaworks.events.idempotency.model import Answer, Kept, Running
from mediaworks.events.idempotency.service import Idempotency

__all__ = ["Answer", "Idempotency", "IdempotencyConfig", "Kept", "Running"]
