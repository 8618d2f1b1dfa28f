"""RFC 9110 sections 13 and 14, decided without a server."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediaworks.media.sending.conditions import Answer, Representation, decide

MOMENT = datetime(2026, 5, 4, 3, 2, 1, 999, tzinfo=UTC)
DATE, EARLIER, LATER = (f"Mon, 04 May 2026 03:02:{s} GMT" for s in ("01", "00", "02"))
FOUND = Representation('"abc"', MOMENT, 1000)
WHOLE = Answer(200, 0, 1000)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, WHOLE),
        ({"if-match": '"abc"'}, WHOLE),
        ({"if-match": "*"}, WHOLE),
        ({"if-match": '"x", "abc"'}, WHOLE),
        ({"if-match": '"x"'}, Answer(412)),
        ({"if-match": 'W/"abc"'}, Answer(412)),
        ({"if-unmodified-since": DATE}, WHOLE),
        ({"if-unmodified-since": EARLIER}, Answer(412)),
        ({"if-unmodified-since": "rubbish"}, WHOLE),
        ({"if-match": '"abc"', "if-unmodified-since": EARLIER}, WHOLE),
        ({"if-none-match": '"abc"'}, Answer(304)),
        ({"if-none-match": 'W/"abc"'}, Answer(304)),
        ({"if-none-match": "*"}, Answer(304)),
        ({"if-none-match": '"x"'}, WHOLE),
        ({"if-none-match": '"x"', "if-modified-since": LATER}, WHOLE),
        ({"if-modified-since": DATE}, Answer(304)),
        ({"if-modified-since": EARLIER}, WHOLE),
        ({"if-match": '"x"', "if-none-match": '"abc"'}, Answer(412)),
        ({"range": "bytes=0-0"}, Answer(206, 0, 1)),
        ({"range": "bytes=10-19"}, Answer(206, 10, 10)),
        ({"range": "bytes=990-"}, Answer(206, 990, 10)),
        ({"range": "bytes=-10"}, Answer(206, 990, 10)),
        ({"range": "bytes=-5000"}, Answer(206, 0, 1000)),
        ({"range": "bytes=0-5000"}, Answer(206, 0, 1000)),
        ({"range": "bytes=1000-"}, Answer(416)),
        ({"range": "bytes=-0"}, Answer(416)),
        ({"range": "bytes=9-3"}, WHOLE),
        ({"range": "bytes=0-1,5-6"}, WHOLE),
        ({"range": "lines=0-1"}, WHOLE),
        ({"range": "bytes=-"}, WHOLE),
        ({"range": "bytes=" + "9" * 40 + "-"}, WHOLE),
        ({"range": "bytes=0-9", "if-range": '"abc"'}, Answer(206, 0, 10)),
        ({"range": "bytes=0-9", "if-range": '"old"'}, WHOLE),
        ({"range": "bytes=0-9", "if-range": 'W/"abc"'}, WHOLE),
        ({"range": "bytes=0-9", "if-range": DATE}, Answer(206, 0, 10)),
        ({"range": "bytes=0-9", "if-range": EARLIER}, WHOLE),
        ({"range": "bytes=0-9", "if-none-match": '"abc"'}, Answer(304)),
    ],
)
def test_the_answer_is_what_the_rfc_says(headers: dict[str, str], expected: Answer) -> None:
    assert decide(headers, FOUND) == expected


@given(st.text(max_size=60), st.integers(0, 2000))
def test_no_range_reaches_outside_the_file(text: str, size: int) -> None:
    answer = decide({"range": "bytes=" + text}, Representation('"a"', MOMENT, size))
    assert answer.status in {200, 206, 416}
    assert 0 <= answer.start <= answer.start + answer.length <= size
