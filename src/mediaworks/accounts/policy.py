"""What a role, a user, a group or a key may send at most."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, TypeVar

import msgspec

from mediaworks.accounts.allowances.model import Allowance, Resource

T = TypeVar("T", int, float)

AtLeastOne = Annotated[int, msgspec.Meta(ge=1)]


class Policy(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Limits on uploads; None is no limit beyond the settings'.

    Sizes in bytes; `allowed_types` as MIME types; `quota_bytes`: all that the owner keeps; `uploads_at_once`: unfinished
    ones; `retention_days`: after so many days what was uploaded is deleted. The last four are allowances, each counted for
    itself (docs/identity.md).
    """

    max_file_size: AtLeastOne | None = None
    allowed_types: tuple[str, ...] | None = None
    quota_bytes: AtLeastOne | None = None
    uploads_at_once: AtLeastOne | None = None
    bytes_per_second: AtLeastOne | None = None
    retention_days: Annotated[float, msgspec.Meta(gt=0)] | None = None
    requests: Allowance | None = None
    bytes: Allowance | None = None
    megapixel_seconds: Allowance | None = None
    video_seconds: Allowance | None = None

    def within(self, other: Policy) -> Policy:
        """Both at once: of each limit the tighter. Of allowances, which count apart, the one that stands first."""
        return Policy(
            max_file_size=_least(self.max_file_size, other.max_file_size),
            allowed_types=_common(self.allowed_types, other.allowed_types),
            quota_bytes=_least(self.quota_bytes, other.quota_bytes),
            uploads_at_once=_least(self.uploads_at_once, other.uploads_at_once),
            bytes_per_second=_least(self.bytes_per_second, other.bytes_per_second),
            retention_days=_least(self.retention_days, other.retention_days),
            requests=self.requests or other.requests,
            bytes=self.bytes or other.bytes,
            megapixel_seconds=self.megapixel_seconds or other.megapixel_seconds,
            video_seconds=self.video_seconds or other.video_seconds,
        )

    def allowances(self) -> Iterator[tuple[Resource, Allowance]]:
        for resource in Resource:
            allowance: Allowance | None = getattr(self, resource.value)
            if allowance is not None:
                yield resource, allowance


NO_LIMITS = Policy()


def _least(one: T | None, other: T | None) -> T | None:
    given = [limit for limit in (one, other) if limit is not None]
    return min(given, default=None)


def _common(one: tuple[str, ...] | None, other: tuple[str, ...] | None) -> tuple[str, ...] | None:
    if one is None or other is None:
        return one if other is None else other
    return tuple(mime for mime in one if mime in other)
