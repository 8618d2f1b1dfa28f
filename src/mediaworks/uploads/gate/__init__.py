"""The gate between durable bytes and an active media object (see docs/gate.md)."""

from mediaworks.uploads.gate.config import GateConfig
from mediaworks.uploads.gate.gate import Gate, open_gate
from mediaworks.uploads.gate.port import ALLOW, Candidate, Check, Decision, Verdict

__all__ = ["ALLOW", "Candidate", "Check", "Decision", "Gate", "GateConfig", "Verdict", "open_gate"]
