"""Media objects: what was taken in, what is known of it, and its life from upload to purge."""

from mediaworks.media.config import MediaConfig
from mediaworks.media.keys import original_key, variant_key
from mediaworks.media.masters import best_source
from mediaworks.media.model import Access, Changes, Media, NewMedia, Page, Processing, Role, Status, Variant, Visibility
from mediaworks.media.service import MediaLibrary
from mediaworks.media.view import Links, MediaView, media_view

__all__ = [
    "Access",
    "Changes",
    "Links",
    "Media",
    "MediaConfig",
    "MediaLibrary",
    "MediaView",
    "NewMedia",
    "Page",
    "Processing",
    "Role",
    "Status",
    "Variant",
    "Visibility",
    "best_source",
    "media_view",
    "original_key",
    "variant_key",
]
