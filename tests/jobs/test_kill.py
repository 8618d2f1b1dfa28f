"""kill -9 of real workers under load: every job ends once in effect."""

from __future__ import annotations

import pytest

from mediaworks.testing.service import Service
from mediaworks.testing.worker_process import (
    LEFT_IN_THE_QUEUE,
    NOT_SUCCEEDED,
    RUN_AGAIN,
    TOLD_TWICE,
    crash_workers,
    rows,
)

pytestmark = pytest.mark.long


def test_whatever_kills_the_workers_every_job_ends_once(own_service: Service) -> None:
    own_service.arguments, own_service.settings = ("--no-worker",), {"MEDIAWORKS_JOBS_STALLED_AFTER": "2"}
    own_service.start()
    crash_workers(own_service, 3, pictures=12, seconds=0.3)
    url = own_service.database_url
    assert rows(url, TOLD_TWICE) == []
    assert rows(url, NOT_SUCCEEDED) == []
    assert rows(url, LEFT_IN_THE_QUEUE) == []
    assert len(rows(url, "SELECT id FROM jobs")) == 3 * (12 + 1)
    assert rows(url, RUN_AGAIN)
