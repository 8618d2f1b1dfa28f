"""An original on its way from the service: in pieces when the connection breaks, and whole or not at all."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from typing import Any, BinaryIO

import httpx

from mediaworks.cli.client import Unreachable, problem_of
from mediaworks.cli.output import readable
from mediaworks.cli.progress import transfer_progress
from mediaworks.errors import MediaworksError, SetupError

PAUSES = (0.1, 0.4, 1.6, 3.2)
AWAY = frozenset({502, 503, 504})


class Damaged(MediaworksError):
    code, title = "damaged", "What arrived is not what is stored"


def download(client: httpx.Client, media: dict[str, Any], file: BinaryIO) -> None:
    """Write the original of `media` to `file`. Raises Unreachable, Damaged, and what the service refuses with."""
    with transfer_progress() as progress:
        bar = progress.add_task(readable(media["original_name"]), total=media["size_bytes"])
        Transfer(client, media, file, lambda count: progress.advance(bar, count)).run()


class Transfer:
    """`arrived` hears the size of each piece. After a break it asks for the rest, as long as some tries bring more."""

    def __init__(
        self, client: httpx.Client, media: dict[str, Any], file: BinaryIO, arrived: Callable[[int], None]
    ) -> None:
        self._client = client
        self._media = media
        self._file = file
        self._arrived = arrived
        self._digest = hashlib.sha256()
        self._got = 0

    def run(self) -> None:
        pauses = iter(PAUSES)
        while not self._is_whole():
            if self._ask_for_the_rest():
                pauses = iter(PAUSES)
            elif pause := next(pauses, None):
                time.sleep(pause)
            else:
                raise Unreachable(f"The connection broke; {self._got} of {self._media['size_bytes']} bytes arrived")
        if self._digest.hexdigest() != self._media["sha256"]:
            raise Damaged("The SHA-256 of what arrived is not that of the original")

    def _is_whole(self) -> bool:
        return self._got >= int(self._media["size_bytes"])

    def _ask_for_the_rest(self) -> bool:
        """Whether it brought anything."""
        before = self._got
        headers = {"accept-encoding": "identity"}
        if before:
            headers |= {"range": f"bytes={before}-", "if-match": f'"{self._media["sha256"]}"'}
        try:
            with self._client.stream("GET", f"/api/v1/media/{self._media['id']}/download", headers=headers) as answer:
                self._take(answer)
        except httpx.TransportError:
            pass
        return self._got > before

    def _take(self, answer: httpx.Response) -> None:
        if answer.status_code in AWAY:
            return
        if answer.status_code != (206 if self._got else 200):
            answer.read()
            raise problem_of(answer)
        for chunk in answer.iter_raw():
            self._file.write(chunk)
            self._digest.update(chunk)
            self._got += len(chunk)
            self._arrived(len(chunk))


def target_of(output: str | None, name: str, *, force: bool) -> Path:
    """Where to write; of a name that the service gives only the last part counts, so nothing lands in other folders."""
    own = Path(name.replace("\\", "/")).name or "download"
    target = Path(own) if output is None else Path(output)
    if output is not None and target.is_dir():
        target = target / own
    if target.exists() and not force:
        raise SetupError(
            f"{readable(target)} is there already: choose another name with -o, or write over it with --force"
        )
    return target


@contextmanager
def whole_file(target: Path, force: bool) -> Iterator[BinaryIO]:
    """A file that appears as `target` when the block ends well, and leaves nothing behind when it does not.

    Raises SetupError when it cannot be written, or when `target` appeared meanwhile and not `force`.
    """
    unfinished = target.with_name(f".mediaworks-{token_hex(8)}")
    try:
        with unfinished.open("xb") as file:
            yield file
        unfinished.replace(target) if force else _publish(unfinished, target)
    except OSError as error:
        raise SetupError(f"{readable(target)} cannot be written: {error.strerror}") from error
    finally:
        unfinished.unlink(missing_ok=True)


def _publish(unfinished: Path, target: Path) -> None:
    """Give the file its name unless somebody else has it by now."""
    try:
        os.link(unfinished, target)
    except FileExistsError:
        raise
    except OSError:
        if target.exists():
            raise
        unfinished.replace(target)  # a file system without hard links
