from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryConfig:
    """`link_seconds`: how long a signed link is good for at least. `public_url`: the address under which callers reach
    the service; without one, links are paths. `inline_types`: what a browser may show in place; all else is saved."""

    link_seconds: int = 3600
    public_url: str = ""
    inline_types: tuple[str, ...] = (
        "image/jpeg", "image/png", "image/webp", "image/gif", "image/avif", "image/heif", "image/heic", "image/bmp",
        "image/tiff", "video/mp4", "video/webm", "video/quicktime", "video/x-matroska", "audio/mpeg", "audio/mp4",
        "audio/aac", "audio/flac", "audio/wav", "audio/x-wav", "audio/ogg", "audio/opus",
    )  # fmt: skip

    def __post_init__(self) -> None:
        if self.link_seconds < 10:
            raise ValueError("link_seconds: must be at least 10")
        if self.public_url and not self.public_url.startswith(("http://", "https://")):
            raise ValueError("public_url: must begin with http:// or https://")
