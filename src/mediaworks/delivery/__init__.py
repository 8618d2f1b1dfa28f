"""Giving back: signed addresses, conditional and partial answers, safe headers."""

from mediaworks.delivery.config import DeliveryConfig
from mediaworks.delivery.links import SignedLinks
from mediaworks.delivery.signing import Keyring

__all__ = ["DeliveryConfig", "Keyring", "SignedLinks"]
