"""Giving back: signed addresses, conditional and partial answers, safe headers."""

from mediaworks.delivery.config import DeliveryConfig
from mediaworks.delivery.links import SignedLinks

__all__ = ["DeliveryConfig", "SignedLinks"]
