"""The name of a file in `Content-Disposition` (RFC 6266)."""

from __future__ import annotations

import re
from urllib.parse import unquote

_PARAMETER = re.compile(r';\s*([\w!#$%&+^`|~.-]+\*?)\s*=\s*("(?:[^"\\]|\\.)*"|[^\s;"]*)')


def name_in(header: str) -> str:
    """`filename*` where it can be read, else `filename`, else ""."""
    parameters = {name.lower(): value for name, value in _PARAMETER.findall(header)}
    return _extended(parameters.get("filename*", "")) or _unquoted(parameters.get("filename", ""))


def _extended(value: str) -> str:
    """An ext-value of RFC 8187: `UTF-8''na%C3%AFve.png`."""
    charset, _, rest = _unquoted(value).partition("'")
    text = rest.partition("'")[2]
    if charset.lower() not in {"utf-8", "iso-8859-1"}:
        return ""
    return unquote(text, encoding=charset.lower())


def _unquoted(value: str) -> str:
    if len(value) < 2 or value[0] != '"':
        return value
    return re.sub(r"\\(.)", r"\1", value[1:-1])
