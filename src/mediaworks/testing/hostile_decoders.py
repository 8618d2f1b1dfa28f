"""The decoders as they are, and beside them tasks that break a child: for tests of what others notice of that."""

from __future__ import annotations

from mediaworks.processing.tasks import TASKS as DECODERS
from mediaworks.testing.hostile import TASKS as HOSTILE

TASKS = {**DECODERS, **HOSTILE}
