"""The headers on every byte that a user uploaded, so that no file can act in the name of the service."""

from __future__ import annotations

from urllib.parse import quote

SAFETY = {
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; sandbox",
    "cross-origin-resource-policy": "cross-origin",
    "referrer-policy": "no-referrer",
}


def content_disposition(name: str, *, inline: bool) -> str:
    """RFC 6266: the name for old readers in ASCII, the true one as `filename*` (RFC 8187). Never splits a header."""
    kind = "inline" if inline else "attachment"
    plain = "".join(c if 32 <= ord(c) < 127 and c not in '"\\%' else "_" for c in name)
    if plain == name:
        return f'{kind}; filename="{plain}"'
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name.encode('utf-8', 'replace'), safe='')}"
