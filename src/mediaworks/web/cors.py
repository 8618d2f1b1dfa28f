"""Which web pages of other origins may speak to the service."""

from __future__ import annotations

from collections.abc import Sequence

from litestar.config.cors import CORSConfig

READABLE = [
    "Location", "ETag", "Retry-After", "X-Request-Id", "Content-Range", "Tus-Resumable", "Tus-Version", "Tus-Extension",
    "Tus-Max-Size", "Tus-Checksum-Algorithm", "Upload-Offset", "Upload-Length", "Upload-Defer-Length",
    "Upload-Metadata", "Upload-Concat", "Upload-Expires", "Upload-Complete", "Upload-Incomplete", "Upload-Limit",
    "Upload-Media-Id", "Upload-Draft-Interop-Version", "Idempotency-Replayed", "RateLimit", "RateLimit-Policy",
    "X-Result-Width", "X-Result-Height", "X-Result-Duration", "X-Warning",
]  # fmt: skip
PREFLIGHT_SECONDS = 3600


def cross_origin(origins: Sequence[str]) -> CORSConfig | None:
    """None when no other origin may: browsers then keep other pages out by themselves."""
    if not origins:
        return None
    return CORSConfig(
        allow_origins=list(origins),
        allow_methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"],
        allow_headers=["*"],
        expose_headers=READABLE,
        max_age=PREFLIGHT_SECONDS,
    )
