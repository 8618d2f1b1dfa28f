"""The page on which a browser asks for a link's password. It has no script and loads nothing."""

from __future__ import annotations

from html import escape

HEADERS = {
    "content-security-policy": "default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    "x-robots-tag": "noindex",
}

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Password needed</title></head>
<body><main><h1>Password needed</h1>
<p role="alert">{problem}</p>
<form method="post"><label>Password of this link
<input type="password" name="password" required autofocus autocomplete="off"></label>
<button>Open</button></form></main></body></html>
"""


def password_page(problem: str) -> str:
    """`problem`: what was wrong with the password before, or nothing."""
    return _PAGE.format(problem=escape(problem))
