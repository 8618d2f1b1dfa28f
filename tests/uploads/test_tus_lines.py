"""Lines that break, senders that come back before they were missed, and processes that die: nothing acknowledged is lost."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from sqlalchemy import create_engine, make_url, text

from mediaworks.testing import media
from mediaworks.testing.sending import Sending
from mediaworks.testing.service import Service, running, wait_until
from mediaworks.testing.tus import Tus, checksum

pytestmark = pytest.mark.long

PDF = media.PDF + os.urandom(3 << 20)
SENT = 100_000  # less than goes past the page cache, where nobody sees it before it is a whole block
MIB = 1 << 20


@pytest.fixture
def tus(client: httpx.Client) -> Tus:
    return Tus(client)


@pytest.fixture
def two(new_database: Callable[[], str], tmp_path: Path) -> Iterator[tuple[Service, Service]]:
    """Two services over one database and one storage folder, as on two machines that share them."""
    storage = {"MEDIAWORKS_STORAGE_URL": f"file://{tmp_path}/blobs", "MEDIAWORKS_PROCESSING_DECODERS": "1"}
    first = Service(tmp_path / "a", database_url=new_database(), arguments=("--no-worker",), settings=storage)
    second = replace(first, data_dir=tmp_path / "b")
    with running(first), running(second):
        yield first, second


def began(tus: Tus, service: Service, *, size: int | None = len(PDF)) -> tuple[str, Sending]:
    """An upload, and a PATCH of it that has sent a piece and then says nothing."""
    address = tus.create(len(PDF))
    sending = tus.sending(service, address, 0, size)
    if size is None:
        sending.send_chunked(PDF[:SENT])
    else:
        sending.send(PDF[:SENT])
    wait_until(lambda: (held(service, address), stored(service, address) == SENT) == (True, True))
    return address, sending


def held(service: Service, address: str) -> bool:
    """Whether a process writes the upload just now."""
    engine = create_engine(make_url(service.database_url).set(drivername="postgresql+psycopg"))
    query = text("SELECT holder IS NOT NULL FROM uploads WHERE id = :id")
    with engine.connect() as connection:
        found = connection.execute(query, {"id": address.rpartition("/")[2]}).scalar_one()
    engine.dispose()
    return bool(found)


def stored(service: Service, address: str) -> int:
    """How many bytes of the upload the storage folder has, durable or not."""
    folder = Path(service.settings.get("MEDIAWORKS_STORAGE_URL", f"file://{service.data_dir}/blobs")[len("file://") :])
    return sum(path.stat().st_size for path in folder.glob(f"incoming/*{address.rpartition('/')[2]}"))


def finish(tus: Tus, address: str, offset: int) -> None:
    answer = tus.patch(address, offset, PDF[offset:])
    assert answer.status_code == 204, answer.text
    found = tus.client.get(f"/api/v1/media/{answer.headers['upload-media-id']}").json()
    assert found["sha256"] == hashlib.sha256(PDF).hexdigest()
    assert tus.content(address) == PDF


@pytest.mark.parametrize("size", [len(PDF), None])
def test_what_came_before_the_line_broke_is_kept(tus: Tus, service: Service, size: int | None) -> None:
    address, sending = began(tus, service, size=size)
    sending.break_off()
    wait_until(lambda: not held(service, address))
    assert tus.offset(address) == SENT
    finish(tus, address, SENT)


def test_much_that_came_fast_is_kept_to_its_last_byte(tus: Tus, service: Service) -> None:
    address = tus.create(len(PDF))
    with tus.sending(service, address, 0, len(PDF)) as sending:
        sending.send(PDF[: 2 * MIB + 12_345])
    wait_until(lambda: tus.client.get(address).json()["offset"] == 2 * MIB + 12_345)
    finish(tus, address, 2 * MIB + 12_345)


def test_the_bytes_of_a_line_that_only_half_closed_are_kept_too(tus: Tus, service: Service) -> None:
    address, sending = began(tus, service)
    sending.end()
    wait_until(lambda: not held(service, address))
    finish(tus, address, tus.offset(address))


def test_a_piece_with_a_checksum_that_broke_off_counts_for_nothing(tus: Tus, service: Service) -> None:
    address = tus.create(len(PDF))
    with tus.sending(service, address, 0, len(PDF), upload_checksum=checksum("sha1", PDF)) as sending:
        sending.send(PDF[:SENT])
        wait_until(lambda: held(service, address))
    wait_until(lambda: not held(service, address))
    assert tus.offset(address) == 0
    finish(tus, address, 0)


def test_bytes_of_a_long_request_are_durable_on_the_way(idle_service: Service) -> None:
    idle_service.settings = {"MEDIAWORKS_UPLOADS_CHECKPOINT_SECONDS": "0"}
    idle_service.start()
    with idle_service.client() as client:
        tus = Tus(client)
        address, sending = began(tus, idle_service)
        sending.send(PDF[SENT : 2 * SENT])
        wait_until(lambda: client.get(address).json()["offset"] == 2 * SENT)
        idle_service.kill()
        idle_service.start()
        assert tus.offset(address) == 2 * SENT
        finish(tus, address, 2 * SENT)


def test_head_makes_a_running_patch_let_go_and_its_bytes_are_kept(tus: Tus, service: Service) -> None:
    address, sending = began(tus, service)
    assert tus.offset(address) == SENT
    assert sending.answer().status == 499
    finish(tus, address, SENT)


def test_a_new_patch_makes_the_running_one_let_go(tus: Tus, service: Service) -> None:
    address, sending = began(tus, service)
    finish(tus, address, SENT)
    assert sending.answer().status == 499


def test_a_termination_makes_the_running_patch_let_go(tus: Tus, service: Service) -> None:
    address, sending = began(tus, service)
    assert tus.delete(address).status_code == 204
    assert sending.answer().status in {410, 499}
    assert tus.head(address).status_code == 410
    assert stored(service, address) == 0


def test_of_many_at_once_each_either_counts_or_is_told_the_offset(tus: Tus, service: Service) -> None:
    address = tus.create(len(PDF))

    def send(_: int) -> int:
        with service.client(tus.client.headers["x-api-key"]) as own:
            return Tus(own).patch(address, 0, PDF).status_code

    with ThreadPoolExecutor(6) as threads:
        statuses = sorted(threads.map(send, range(6)))
    assert set(statuses) <= {204, 409, 423, 499}
    if 204 not in statuses:
        finish(tus, address, tus.offset(address))
    assert statuses.count(204) <= 1
    assert tus.content(address) == PDF


def test_the_processes_of_one_service_make_each_other_let_go(idle_service: Service) -> None:
    idle_service.workers = 2
    idle_service.start()
    with idle_service.client() as client:
        tus = Tus(client)
        for _ in range(4):
            address, sending = began(tus, idle_service)
            with idle_service.client() as other:
                assert Tus(other).offset(address) == SENT
            assert sending.answer().status == 499
            with idle_service.client() as other:
                finish(Tus(other), address, SENT)


def test_two_services_make_each_other_let_go(two: tuple[Service, Service]) -> None:
    first, second = two
    with first.client() as here, second.client(first.admin_key) as there:
        address, sending = began(Tus(here), first)
        assert Tus(there).offset(address) == SENT
        assert sending.answer().status == 499
        again = Tus(there).sending(second, address, SENT, len(PDF) - SENT).send(PDF[SENT : 2 * SENT])
        wait_until(lambda: stored(first, address) == 2 * SENT)
        finish(Tus(here), address, 2 * SENT)
        assert again.answer().status == 499


def test_another_service_goes_on_where_a_dead_one_stopped(two: tuple[Service, Service]) -> None:
    first, second = two
    with first.client() as here, second.client(first.admin_key) as there:
        address, _ = began(Tus(here), first)
        first.kill()
        offset = Tus(there).offset(address)
        assert 0 <= offset <= SENT
        finish(Tus(there), address, offset)


def test_after_kill_9_in_the_middle_of_a_patch_the_bytes_are_right_in_the_end(idle_service: Service) -> None:
    idle_service.start()
    with idle_service.client() as client:
        tus = Tus(client)
        address = tus.create(len(PDF))
        assert tus.patch(address, 0, PDF[:SENT]).status_code == 204
        sending = tus.sending(idle_service, address, SENT, len(PDF) - SENT).send(PDF[SENT : 2 * SENT])
        wait_until(lambda: stored(idle_service, address) == 2 * SENT)
        idle_service.kill()
        sending.break_off()
        idle_service.start()
        offset = tus.offset(address)
        assert SENT <= offset <= 2 * SENT
        finish(tus, address, offset)


def test_a_pause_longer_than_allowed_ends_the_request_and_keeps_its_bytes(idle_service: Service) -> None:
    idle_service.settings = {"MEDIAWORKS_UPLOADS_IDLE_SECONDS": "0.5"}
    idle_service.start()
    with idle_service.client() as client:
        tus = Tus(client)
        address, sending = began(tus, idle_service)
        assert sending.answer().status == 408
        assert tus.offset(address) == SENT
        finish(tus, address, SENT)
