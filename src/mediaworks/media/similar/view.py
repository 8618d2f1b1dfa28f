from __future__ import annotations

from typing import TypedDict

from mediaworks.media.similar.model import BITS, Found, Group, Groups, Near
from mediaworks.media.view import Links, MediaView, media_view


class NearView(MediaView):
    """A media object with the number of bits, of 64, that its fingerprint differs in, and how alike it is, 0 to 1."""

    distance: int
    similarity: float


class FoundView(TypedDict):
    """The nearest first. `phash` of the picture asked about; null, and nothing found, where it has none (yet)."""

    phash: str | None
    items: list[NearView]


class GroupView(TypedDict):
    """Nearly the same pictures: the one to `keep` first, then the others by their distance to it; `more`: there are others."""

    keep: str
    items: list[NearView]
    more: bool


class GroupsView(TypedDict):
    """One page, which may be empty before the last."""

    items: list[GroupView]
    next_cursor: str | None


def found_view(found: Found, links: Links) -> FoundView:
    return {"phash": found.phash, "items": [near_view(near, links) for near in found.items]}


def groups_view(groups: Groups, links: Links) -> GroupsView:
    return {"items": [_group_view(group, links) for group in groups.items], "next_cursor": groups.next_cursor}


def near_view(near: Near, links: Links) -> NearView:
    shown = media_view(near.media, links)
    return {**shown, "distance": near.distance, "similarity": round(1 - near.distance / BITS, 4)}


def _group_view(group: Group, links: Links) -> GroupView:
    items = [near_view(near, links) for near in group.items]
    return {"keep": str(group.items[0].media.id), "items": items, "more": group.more}
