"""The one way out to addresses that users name: nothing inside the own network can be reached by it (see docs/egress.md)."""

from mediaworks.kit.egress.client import Egress, final_url, parse_url
from mediaworks.kit.egress.config import EgressConfig

__all__ = ["Egress", "EgressConfig", "final_url", "parse_url"]
