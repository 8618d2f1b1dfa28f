"""What resumable uploads are to be, byte for byte, and a hypothesis machine that compares the service with it.

Operations of several processes come in any order: creations, pieces at right and wrong places, broken lines, right and wrong
checksums, newcomers, terminations, concatenations, restarts, deaths in the middle and after the publishing, expiry and sweeps.
"""

from __future__ import annotations

import asyncio
import hashlib
import random
from collections.abc import Callable, Coroutine
from typing import Any, ClassVar, TypeVar
from uuid import uuid4

import msgspec
from hypothesis import HealthCheck
from hypothesis import settings as extent
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from mediaworks.accounts.model import Role
from mediaworks.errors import (
    ClientGone,
    Conflict,
    Gone,
    NotFound,
    TooLarge,
    TooSlow,
    UnsupportedType,
)
from mediaworks.processing import HEAD_BYTES, sniff
from mediaworks.settings import Settings
from mediaworks.testing import media
from mediaworks.testing.upload_model.expected import Expected, Outcome, Sent, Waiting, outcome
from mediaworks.testing.upload_processes import Processes, processes
from mediaworks.uploads.model import PARTIAL, Labels, Protocol, Upload
from mediaworks.uploads.resumable import Piece

T = TypeVar("T")

PROCESSES = 2
STEPS = 20
SIZES = st.one_of(st.integers(0, 300), st.integers(HEAD_BYTES - 9, HEAD_BYTES + 9), st.integers(9_000, 20_000))
LARGE = st.sampled_from([(1 << 20) + 4097, (2 << 20) - 1])
PROCESS = st.integers(0, PROCESSES - 1)
WHICH = st.sampled_from([0, 0, 0, 0, 1, 1, 2, 5])  # counted from the newest: most operations meet others on one upload
DIGEST = st.sampled_from(["none", "none", "right", "wrong"])


class ResumableUploads(RuleBasedStateMachine):
    """Set `loop` and `running` first. `runs` counts how many have come to their end."""

    loop: ClassVar[asyncio.AbstractEventLoop]
    running: ClassVar[Processes]
    runs: ClassVar[int] = 0
    steps: ClassVar[int] = 0

    def __init__(self) -> None:
        super().__init__()
        self.uploads: list[Expected] = []

    def run(self, steps: Coroutine[Any, Any, T]) -> T:
        type(self).steps += 1
        return self.loop.run_until_complete(steps)

    def pick(self, which: int) -> Expected:
        return self.uploads[-1 - which % len(self.uploads)]

    @initialize()
    def first(self) -> None:
        self.create(0, 5_000, 1, is_text=False, deferred=False, partial=False)

    @rule(
        process=PROCESS, size=SIZES | LARGE, seed=st.integers(0, 1 << 30), is_text=st.sampled_from([False] * 5 + [True]),
        deferred=st.booleans(), partial=st.booleans(),
    )  # fmt: skip
    def create(self, process: int, size: int, seed: int, is_text: bool, deferred: bool, partial: bool) -> None:
        plan = ((b"text " if is_text else media.PDF) + uuid4().bytes + random.Random(seed).randbytes(size))[: size + 1]
        upload = self.run(self._create(process, None if deferred else len(plan), PARTIAL if partial else None))
        self.uploads.append(Expected(upload.id, upload.storage_key, plan, partial, upload.length))

    async def _create(self, process: int, length: int | None, concat: str | None) -> Upload:
        records = self.running[process].records
        caller = self.running.caller
        upload = await records.draw_up(caller, Protocol.TUS, name="a.pdf", length=length, concat=concat)
        await records.begin(upload)
        return upload

    @precondition(lambda self: self.uploads)
    @rule(
        which=WHICH, process=PROCESS, size=SIZES | LARGE, tells=st.sampled_from([False, False, True]),
        declared=st.booleans(), digest=DIGEST, cuts=st.integers(1, 5),
        breaks=st.sampled_from([None, None, ClientGone, TooSlow]),
    )  # fmt: skip
    def append(
        self, which: int, process: int, size: int, tells: bool, declared: bool, digest: str, cuts: int, breaks: Any
    ) -> None:
        upload = self.pick(which)
        self.send(upload, process, self.next_of(upload, size, tells, declared, digest, breaks, cuts))

    @precondition(lambda self: self.uploads)
    @rule(which=WHICH, process=PROCESS, digest=DIGEST, cuts=st.integers(1, 3))
    def append_the_rest(self, which: int, process: int, digest: str, cuts: int) -> None:
        upload = self.pick(which)
        self.send(upload, process, self.next_of(upload, len(upload.plan), True, True, digest, None, cuts))

    @rule(
        pieces=st.lists(st.tuples(PROCESS, SIZES, st.sampled_from([None, ClientGone, "dies"])), min_size=1, max_size=5),
        last=PROCESS, deferred=st.booleans(), partial=st.sampled_from([False, False, True]),
    )  # fmt: skip
    def a_whole_life(self, pieces: list[tuple[int, int, Any]], last: int, deferred: bool, partial: bool) -> None:
        """From the creation to the last byte, by several processes of which some die."""
        self.create(last, 30_000, len(pieces), is_text=False, deferred=deferred, partial=partial)
        for process, size, ends in pieces:
            if ends == "dies":
                self.a_process_dies_while_it_writes(0, size)
            else:
                self.append(0, process, size, False, True, "none", 2, ends)
        self.append_the_rest(0, last, "none", 2)
        self.look(0, 1 - last)

    @precondition(lambda self: self.uploads)
    @rule(which=WHICH, process=PROCESS, shift=st.sampled_from([-4096, -1, 1, 5, 1 << 40]), size=SIZES)
    def append_elsewhere(self, which: int, process: int, shift: int, size: int) -> None:
        upload = self.pick(which)
        offset = max(0, len(upload.received) + shift)
        self.send(upload, process, Sent(offset, upload.plan[offset : offset + size]))

    @precondition(lambda self: self.uploads)
    @rule(which=WHICH, process=PROCESS, more=st.integers(1, 9_000), declared=st.booleans(), digest=DIGEST)
    def append_too_much(self, which: int, process: int, more: int, declared: bool, digest: str) -> None:
        upload = self.pick(which)
        offset = len(upload.received)
        data = upload.plan[offset:] + bytes(more)
        self.send(upload, process, Sent(offset, data, declared, digest=digest, cuts=2, told=len(upload.plan)))

    @precondition(lambda self: self.uploads)
    @rule(which=WHICH, process=PROCESS, wrong=st.sampled_from([-1, 1]))
    def tell_another_length(self, which: int, process: int, wrong: int) -> None:
        upload = self.pick(which)
        if upload.told is not None:
            self.send(upload, process, Sent(len(upload.received), b"", told=upload.told + wrong))

    def next_of(
        self, upload: Expected, size: int, tells: bool, declared: bool, digest: str, breaks: Any, cuts: int
    ) -> Sent:
        offset = len(upload.received)
        told = len(upload.plan) if tells else None
        return Sent(offset, upload.plan[offset : offset + size], declared, told, digest, breaks, cuts)

    def send(self, upload: Expected, process: int, sent: Sent) -> None:
        resumable, before = self.running[process].resumable, len(upload.received)
        expected = upload.append(sent)
        self.expect(expected, lambda: resumable.append(self.running.caller, upload.id, sent.piece()))
        if expected is TooLarge and not sent.declared and sent.digest == "none":
            self._learn_what_was_kept(upload, before, sent)

    def _learn_what_was_kept(self, upload: Expected, before: int, sent: Sent) -> None:
        """Of a piece that was refused in its middle, checkpoints may have kept the beginning."""
        query = "SELECT received, length FROM uploads WHERE id = :id"
        [(received, told)] = self.run(self.running.rows(query, id=upload.id))
        assert before <= received <= len(upload.plan)
        upload.received, upload.told = upload.received + sent.data[: received - before], told

    def expect(self, expected: Outcome, call: Callable[[], Coroutine[Any, Any, T]]) -> T | None:
        """What the call gives, or None when it is refused as expected."""
        return self.run(outcome(expected, call()))

    @precondition(lambda self: self.uploads)
    @rule(which=WHICH, process=PROCESS)
    def look(self, which: int, process: int) -> None:
        upload = self.pick(which)
        expected = upload.settle()
        resumable = self.running[process].resumable
        found = self.expect(expected, lambda: resumable.progress(self.running.caller, upload.id))
        if found is not None:
            assert (found.received, found.state) == (len(upload.received), upload.state)
            assert found.length == upload.told

    @precondition(lambda self: self.uploads)
    @rule(which=WHICH, process=PROCESS)
    def look_at_anothers(self, which: int, process: int) -> None:
        upload, resumable = self.pick(which), self.running[process].resumable
        stranger = msgspec.structs.replace(self.running.caller, user_id=uuid4(), role=Role.USER)
        self.expect(NotFound, lambda: resumable.progress(stranger, upload.id))
        self.expect(NotFound, lambda: resumable.append(stranger, upload.id, Sent(len(upload.received), b"x").piece()))
        self.expect(NotFound, lambda: resumable.abort(stranger, upload.id))

    @precondition(lambda self: self.uploads)
    @rule(which=WHICH, first=PROCESS, second=PROCESS, size=SIZES, after=st.sampled_from(["look", "send", "abort"]))
    def a_newcomer_takes_over(self, which: int, first: int, second: int, size: int, after: str) -> None:
        upload = self.pick(which)
        sent = self.next_of(upload, size, False, False, "none", ClientGone, 2)
        expected = upload.append(sent)
        if expected is not ClientGone:
            self.expect(expected, lambda: self._append(first, upload, sent.piece()))
            return
        then = {"look": self._look, "send": self._send_nothing, "abort": self._abort}[after]
        self.expect(ClientGone, lambda: self._overtaken(upload, sent, first, then(upload, second)))

    async def _append(self, process: int, upload: Expected, piece: Piece) -> None:
        await self.running[process].resumable.append(self.running.caller, upload.id, piece)

    async def _overtaken(self, upload: Expected, sent: Sent, first: int, then: Coroutine[Any, Any, None]) -> None:
        waiting = Waiting()
        task = asyncio.create_task(self._append(first, upload, sent.piece(waiting)))
        await waiting.reached.wait()
        await then
        await task

    async def _look(self, upload: Expected, process: int) -> None:
        expected = upload.settle()
        found = await outcome(expected, self.running[process].resumable.progress(self.running.caller, upload.id))
        assert found is None or (found.received, found.state) == (len(upload.received), upload.state)

    async def _send_nothing(self, upload: Expected, process: int) -> None:
        sent = Sent(len(upload.received), b"")
        expected = upload.append(sent)
        await outcome(expected, self._append(process, upload, sent.piece()))

    async def _abort(self, upload: Expected, process: int) -> None:
        await self.running[process].resumable.abort(self.running.caller, upload.id)
        upload.state = "gone"

    @precondition(lambda self: self.uploads)
    @rule(which=WHICH, process=PROCESS)
    def abort(self, which: int, process: int) -> None:
        upload = self.pick(which)
        expected = {"open": None, "done": Conflict}.get(upload.state, Gone)
        self.expect(expected, lambda: self.running[process].resumable.abort(self.running.caller, upload.id))
        if expected is None:
            upload.state = "gone"

    @precondition(lambda self: any(upload.partial for upload in self.uploads))
    @rule(which=st.lists(WHICH, min_size=1, max_size=4), process=PROCESS)
    def join(self, which: list[int], process: int) -> None:
        partial = [upload for upload in self.uploads if upload.partial]
        parts = [partial[-1 - one % len(partial)] for one in which]
        became = {id(part.became): part.became for part in parts}
        before = parts[0].became if len(became) == 1 else None
        content = b"" if before else self._whole_of(parts)
        expected = None if before else self._judge_whole(parts, content)
        joining = self.running[process].joining
        ids = [part.id for part in parts]
        answer = self.expect(
            expected, lambda: joining.join(self.running.caller, ids, name="w", labels=Labels(), source={})
        )
        if answer is None:
            return
        if before is not None:
            assert answer.upload.id == before.id
            return
        whole = Expected(
            answer.upload.id, answer.upload.storage_key, content, False, len(content), content, "done", is_final=True
        )
        self.uploads.append(whole)
        for part in parts:
            part.state, part.became = "gone", whole

    def _whole_of(self, parts: list[Expected]) -> bytes:
        """All parts are looked at before any is judged, unless one is gone."""
        for part in sorted({part.id: part for part in parts}.values(), key=lambda part: part.id)[1:]:
            if part.settle() is not None:
                return b""
        min(parts, key=lambda part: part.id).settle()
        return b"".join(part.received for part in parts)

    def _judge_whole(self, parts: list[Expected], content: bytes) -> Outcome:
        if any(part.state != "open" for part in parts):
            return Gone
        if not all(part.is_whole for part in parts):
            return Conflict
        return None if sniff(content[:HEAD_BYTES]) else UnsupportedType

    @precondition(lambda self: self.uploads)
    @rule(which=WHICH, junk=SIZES)
    def a_process_dies_while_it_writes(self, which: int, junk: int) -> None:
        """Bytes lie in the storage that no record knows, and the holder of the record lives no more."""
        upload = self.pick(which)
        if upload.state != "open" or upload.is_whole or upload.was_published_by_the_dead:
            return
        path = self.running.temporary(upload.key)
        if path.exists() or not upload.received:
            with path.open("ab") as file:
                file.write(bytes(junk))
        self.run(self.running.hold_dead(upload.id))

    @precondition(lambda self: self.uploads)
    @rule(which=WHICH)
    def a_process_dies_after_it_published(self, which: int) -> None:
        """The whole blob is at its place, and the record knows nothing of it."""
        upload = self.pick(which)
        if upload.state != "open" or upload.is_whole:
            return
        final = self.running.final(upload.key)
        self.running.temporary(upload.key).unlink(missing_ok=True)
        final.parent.mkdir(parents=True, exist_ok=True)
        final.write_bytes(upload.plan)
        upload.was_published_by_the_dead = True
        self.run(self.running.hold_dead(upload.id))

    @rule(process=PROCESS)
    def restart(self, process: int) -> None:
        self.run(self.running.restart(process, checkpoint_seconds=0 if process else 60))

    @rule(process=PROCESS)
    def sweep(self, process: int) -> None:
        """What the dead held is settled; nothing else changes."""
        self.run(self.running[process].sweeper.sweep())
        for upload in self.uploads:
            if upload.was_published_by_the_dead and upload.state == "open":
                upload.settle()

    @precondition(lambda self: self.uploads)
    @rule(which=WHICH, process=PROCESS, swept=st.booleans())
    def expire(self, which: int, process: int, swept: bool) -> None:
        upload = self.pick(which)
        if upload.state != "open":
            return
        query = "UPDATE uploads SET expires_at = now() - interval '1 second' WHERE id = :id"
        self.run(self.running.execute(query, id=upload.id))
        upload.state = "gone"
        if swept:
            self.run(self.running[process].sweeper.expire())

    def teardown(self) -> None:
        """Everything is as it is to be, in the records and in the storage."""
        self.run(self.running[0].sweeper.sweep())
        self.run(self.running[0].sweeper.expire())
        for upload in self.uploads:
            if upload.was_published_by_the_dead and upload.state == "open":
                upload.settle()
        for upload in self.uploads:
            self._compare(upload)
        for upload in self.uploads:
            if upload.state == "open":
                self.run(self._abort(upload, 1))
        assert not list(self.running.temporary("").iterdir())
        type(self).runs += 1

    def _compare(self, upload: Expected) -> None:
        temporary, final = self.running.temporary(upload.key), self.running.final(upload.key)
        if upload.state == "gone":
            assert not temporary.exists()
            assert not final.exists()
        elif upload.state == "done":
            assert final.read_bytes() == upload.received
            query = "SELECT size_bytes, sha256 FROM media_objects WHERE id = :id"
            [(size, sha256)] = self.run(self.running.rows(query, id=upload.id))
            assert (size, sha256) == (len(upload.received), hashlib.sha256(upload.received).hexdigest())
        else:
            blob = final if final.exists() else temporary
            kept = blob.read_bytes() if blob.exists() else b""
            assert kept[: len(upload.received)] == upload.received


def compare(settings: Settings, runs: int) -> tuple[int, int]:
    """Compare service and model so many times; how many runs and operations there were. Raises AssertionError."""
    with asyncio.Runner() as runner:
        world = processes(settings)
        running = runner.run(world.__aenter__())
        try:
            for number in range(PROCESSES):
                runner.run(running.restart(number, checkpoint_seconds=0 if number else 60))
            machine = ResumableUploads
            machine.loop, machine.running, machine.runs, machine.steps = runner.get_loop(), running, 0, 0
            run_state_machine_as_test(machine, settings=_extent(runs))
        finally:
            runner.run(world.__aexit__(None, None, None))
    return machine.runs, machine.steps


def _extent(runs: int) -> extent:
    return extent(
        max_examples=runs,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
