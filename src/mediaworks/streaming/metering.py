"""To whose allowance encoding counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from mediaworks.accounts import Accounts
from mediaworks.accounts.allowances.model import Resource
from mediaworks.processing import AnyRendition, VideoRendition
from mediaworks.streaming.model import Playable


class Meter(Protocol):
    async def require(self, playable: Playable, rendition: AnyRendition) -> None:
        """Raise RateLimited when nothing is left for encoding it."""

    async def count(self, playable: Playable, rendition: AnyRendition, *, seconds: float) -> None:
        """So many seconds of it were encoded."""


@dataclass(frozen=True, slots=True)
class OwnersAllowance:
    """Pictures count to the owner's `video_seconds`, whoever watches; sound counts for nothing."""

    accounts: Accounts

    async def require(self, playable: Playable, rendition: AnyRendition) -> None:
        if isinstance(rendition, VideoRendition):
            await self.accounts.require_left(playable.user_id, Resource.VIDEO_SECONDS)

    async def count(self, playable: Playable, rendition: AnyRendition, *, seconds: float) -> None:
        if isinstance(rendition, VideoRendition):
            await self.accounts.note_use(playable.user_id, None, {Resource.VIDEO_SECONDS: seconds})
