"""What files are called by their servers."""

from __future__ import annotations

import httpx
import pytest

from mediaworks.uploads.fetching.headers import file_name, strong_validator

NAMED = [
    ("attachment; filename=plain.png", "plain.png"),
    ('attachment; filename="with space.png"', "with space.png"),
    ('attachment; filename="a\\"b;c.png"; x=y', 'a"b;c.png'),
    ("inline;FILENAME=upper.png", "upper.png"),
    ("attachment; filename*=UTF-8''na%C3%AFve%20%E2%82%AC.png", "naïve €.png"),
    ("attachment; filename*=iso-8859-1'en'%A3.png", "£.png"),
    ("attachment; filename=\"euro.png\"; filename*=utf-8''%e2%82%ac.png", "€.png"),
    ("attachment; filename*=utf-8''%e2%82%ac.png; filename=euro.png", "€.png"),
    ("attachment; filename*=koi8-r''%c1.png; filename=a.png", "a.png"),
    ('attachment; filename="../../etc/passwd"', "passwd"),
    ('attachment; filename="C:\\\\dir\\\\a.png"', "a.png"),
    ("attachment; filename*=UTF-8''..%2F..%2Fa%0d%0a.png", "a.png"),
    ('attachment; filename="unended', "from path.jpg"),
    ("attachment; name=other", "from path.jpg"),
    ('attachment; filename=""', "from path.jpg"),
    ("", "from path.jpg"),
]


@pytest.mark.parametrize(("disposition", "name"), NAMED)
def test_a_file_is_called_as_its_content_disposition_says(disposition: str, name: str) -> None:
    headers = httpx.Headers({"content-disposition": disposition} if disposition else {})
    assert file_name(headers, httpx.URL("http://h/x/from%20path.jpg?name=no.png")) == name


@pytest.mark.parametrize(
    ("url", "name"),
    [("http://h/", ""), ("http://h/a/..%2Fb.png", "b.png"), ("http://h/%E2%82%AC", "€"), ("http://h/%FF", "�")],
)
def test_else_it_is_called_like_the_last_part_of_its_path(url: str, name: str) -> None:
    assert file_name(httpx.Headers(), httpx.URL(url)) == name


CHANGED = "Mon, 02 Nov 2026 10:00:00 GMT"


@pytest.mark.parametrize(
    ("headers", "validator"),
    [
        ({"etag": '"a"', "last-modified": CHANGED}, '"a"'),
        ({"etag": 'W/"a"', "last-modified": CHANGED, "date": "Mon, 02 Nov 2026 11:00:00 GMT"}, None),
        ({"last-modified": CHANGED, "date": "Mon, 02 Nov 2026 10:00:01 GMT"}, CHANGED),
        ({"last-modified": CHANGED, "date": CHANGED}, None),
        ({"last-modified": CHANGED}, None),
        ({"last-modified": "yesterday", "date": CHANGED}, None),
        ({}, None),
    ],
)
def test_only_what_surely_names_these_bytes_is_a_validator(headers: dict[str, str], validator: str | None) -> None:
    assert strong_validator(httpx.Headers(headers)) == validator
