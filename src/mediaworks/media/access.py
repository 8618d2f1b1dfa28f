"""Who may do what with a media object: the one rule, for every way to it."""

from __future__ import annotations

import msgspec

from mediaworks.accounts import Caller, Role
from mediaworks.db import Connection
from mediaworks.errors import Forbidden, NotFound
from mediaworks.media.model import Access, Media, Status, Visibility
from mediaworks.media.sharing import queries


async def admit(
    connection: Connection, caller: Caller, media: Media | None, needed: Access, *, deleted_too: bool = False
) -> Media:
    """The object as the caller may see it, if that is allowed as much as `needed`.

    Raises NotFound for what is missing, deleted (unless `deleted_too`) or none of the caller's business: nobody learns
    which; Forbidden for what the caller may see, but not that.
    """
    if media is None or owns(caller, media):
        return kept(media, deleted_too=deleted_too)
    shared = (await queries.access_to(connection, caller, [media.id])).get(media.id)
    access = _granted(caller, media, shared)
    if access is None:
        raise missing()
    _require(access, needed)
    return shown(media, access)


def owns(caller: Caller, media: Media) -> bool:
    """Whether the caller may do everything with it."""
    return media.user_id == caller.user_id or caller.sees_everybody


def kept(media: Media | None, *, deleted_too: bool = False) -> Media:
    """The owner's object. Raises NotFound when it is missing, or deleted unless `deleted_too`."""
    if media is None or (media.status is Status.DELETED and not deleted_too):
        raise missing()
    return media


def shown(media: Media, access: Access) -> Media:
    """The object without what is its owner's business alone."""
    if access is Access.OWNER:
        return media
    return msgspec.structs.replace(media, access=access, duplicate_of=None, parent_id=None, request_number=None)


def limited(caller: Caller, access: Access) -> Access:
    """Who only looks, edits nothing, whatever was granted."""
    return Access.VIEW if caller.role is Role.VIEWER else access


def missing() -> NotFound:
    return NotFound("There is no such media object")


def _granted(caller: Caller, media: Media, shared: Access | None) -> Access | None:
    if media.status is not Status.ACTIVE:
        return None
    if shared is not None:
        return limited(caller, shared)
    return Access.VIEW if media.visibility is Visibility.PUBLIC else None


def _require(access: Access, needed: Access) -> None:
    if needed is Access.OWNER:
        raise Forbidden("Only the owner of the media object may do this", code="owner_only")
    if needed is Access.EDIT and access is Access.VIEW:
        raise Forbidden("The media object is yours to look at, not to change", code="view_only")
