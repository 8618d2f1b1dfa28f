"""Whatever is asked, the audit log answers: with rows, or with what is wrong."""

from __future__ import annotations

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

NAMES = ("limit", "cursor", "user", "action", "status", "since", "until", "since", "x")
ODD = st.one_of(
    st.text(max_size=60),
    st.integers().map(str),
    st.sampled_from(["", "0", "-1", "1e9", "NaN", "null", "\0", "9" * 400, "2026-13-01T00:00:00Z", "0001-01-01T00:00:00Z"]),
)  # fmt: skip
quickly = settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


@quickly
@given(st.dictionaries(st.sampled_from(NAMES), ODD, max_size=3))
def test_an_odd_filter_is_an_answer(admin: httpx.Client, wanted: dict[str, str]) -> None:
    answer = admin.get("/api/v1/audit", params=_sendable(wanted))
    assert answer.status_code in {200, 400}, answer.text


@quickly
@given(ODD | st.from_regex(r"[0-9]{1,18}:[0-9a-f]{64}", fullmatch=True))
def test_an_odd_head_is_an_answer(admin: httpx.Client, noted: str) -> None:
    answer = admin.get("/api/v1/audit/verify", params=_sendable({"since": noted}))
    assert answer.status_code in {200, 400}, answer.text


def _sendable(query: dict[str, str]) -> dict[str, str]:
    return {name: value.encode("utf-8", "replace").decode() for name, value in query.items()}


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"action": "\0"}, 400),
        ({"status": str(1 << 40)}, 400),
        ({"limit": str(1 << 70)}, 400),
        ({"since": "0001-01-01T00:00:00+14:00"}, 400),
        ({"until": "9999-12-31T23:59:59-14:00"}, 400),
        ({"cursor": "9" * 18}, 200),
    ],
)
def test_what_no_row_can_have_is_refused(admin: httpx.Client, query: dict[str, str], status: int) -> None:
    assert admin.get("/api/v1/audit", params=query).status_code == status
