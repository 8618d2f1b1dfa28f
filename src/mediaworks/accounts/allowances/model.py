from __future__ import annotations

from enum import StrEnum
from math import ceil
from typing import Annotated

import msgspec

LONGEST_SECONDS = 31 * 24 * 3600


class Resource(StrEnum):
    """What is counted. `bytes`: uploaded; `megapixel_seconds`: megapixels of a picture times the seconds that a decoder
    worked on it; `video_seconds`: seconds of video that were processed."""

    REQUESTS = "requests"
    BYTES = "bytes"
    MEGAPIXEL_SECONDS = "megapixel_seconds"
    VIDEO_SECONDS = "video_seconds"


class Allowance(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A token bucket: `amount` at once, and as much again in `seconds`, little by little."""

    amount: Annotated[int, msgspec.Meta(ge=1, le=2**53)]
    seconds: Annotated[int, msgspec.Meta(ge=1, le=LONGEST_SECONDS)]


class Holder(StrEnum):
    """Whose bucket it is. `role`: what its role's policy gives each user; `group`: one for all of its members."""

    KEY = "key"
    USER = "user"
    ROLE = "role"
    GROUP = "group"


class Allotment(msgspec.Struct, frozen=True):
    """An allowance in the hands of somebody: all that draw on the same `bucket` share it."""

    holder: Holder
    holder_id: str
    resource: Resource
    amount: int
    seconds: int

    @property
    def bucket(self) -> str:
        return f"{self.holder.value}:{self.holder_id}"

    @property
    def name(self) -> str:
        """As it is called in answers: `key-requests`."""
        return f"{self.holder.value}-{self.resource.value.replace('_', '-')}"


class Level(msgspec.Struct, frozen=True):
    """How full a bucket is; a negative number was overdrawn."""

    allotment: Allotment
    available: float

    def seconds_until(self, count: float) -> int:
        """When `count` is there again, in whole seconds; 0 when it is there."""
        missing = min(count, self.allotment.amount) - self.available
        return max(0, ceil(missing * self.allotment.seconds / self.allotment.amount))


class Outcome(msgspec.Struct, frozen=True):
    """What became of an attempt to take from several buckets: from all, or from none."""

    taken: bool
    levels: tuple[Level, ...]
