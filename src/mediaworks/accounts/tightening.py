"""Nobody gives a key more than they have: what may be asked of a key whose maker is no administrator."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from mediaworks.accounts.model import ApiKey, KeyChanges
from mediaworks.accounts.policy import Policy
from mediaworks.errors import Forbidden
from mediaworks.kit.peers import Network, parse_networks


def check_tightening(key: ApiKey, changes: KeyChanges) -> None:
    """Raise Forbidden, naming the field, when a change would let `key` do more than it may."""
    if changes.scopes is not msgspec.UNSET and not set(changes.scopes) <= set(key.scopes):
        raise _more("scopes")
    if changes.expires_at is not msgspec.UNSET and _later(changes.expires_at, key.expires_at):
        raise _more("expires_at")
    if changes.policy is not msgspec.UNSET and not _is_tighter(changes.policy, key.policy):
        raise _more("policy")
    if changes.allowed_origins is not msgspec.UNSET and _wider(changes.allowed_origins, key.allowed_origins):
        raise _more("allowed_origins")
    if changes.allowed_addresses is not msgspec.UNSET and _beyond(changes.allowed_addresses, key.allowed_addresses):
        raise _more("allowed_addresses")


def _later(asked: datetime | None, limit: datetime | None) -> bool:
    return limit is not None and (asked is None or asked > limit)


def _wider(asked: Sequence[str], limit: Sequence[str]) -> bool:
    return bool(limit) and (not asked or not set(asked) <= set(limit))


def _beyond(asked: Sequence[str], limit: Sequence[str]) -> bool:
    if not limit:
        return False
    allowed = parse_networks(limit)
    return not asked or not all(_lies_in(network, allowed) for network in parse_networks(asked))


def _lies_in(network: Network, allowed: Sequence[Network]) -> bool:
    within = (network.subnet_of(each) for each in allowed if each.version == network.version)  # type: ignore[arg-type]
    return any(within)


def _is_tighter(asked: Policy, limit: Policy) -> bool:
    if asked.within(limit) != asked:
        return False
    given = dict(asked.allowances())
    return all(
        resource in given
        and given[resource].amount <= allowance.amount
        and given[resource].amount * allowance.seconds <= allowance.amount * given[resource].seconds
        for resource, allowance in limit.allowances()
    )


def _more(field: str) -> Forbidden:
    return Forbidden(
        f"{field}: only an administrator may let a key do more than before", code="only_tighter", field=field
    )
