"""curl: what a shell script does."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator

from conformance.checks import Check
from conformance.programs import answer_of, output_of, require
from conformance.world import World

QUIET = ("curl", "--silent", "--show-error", "--fail-with-body", "--noproxy", "*")
TUS = ("-H", "Tus-Resumable: 1.0.0")


def checks() -> Iterator[Check]:
    yield Check("curl", "form", _form)
    yield Check("curl", "tus by hand, two requests", _tus)
    yield Check("curl", "one request with Upload-Complete: ?1 (IETF)", _ietf)
    yield Check("curl", "presigned PUT", _presigned)


def _form(world: World) -> None:
    require("curl")
    file = world.file("form.pdf")
    media = answer_of(*QUIET, *_key(world), "-F", f"file=@{file}", f"{world.url}/api/v1/media/upload")
    world.require_same(media["id"], file)


def _tus(world: World) -> None:
    require("curl")
    file = world.file("by-hand.pdf")
    size = file.stat().st_size
    created = _headers(
        *_key(world), *TUS, "-X", "POST", "-H", f"Upload-Length: {size}",
        "-H", f"Upload-Metadata: filename {b64encode(file.name.encode()).decode()}", f"{world.url}/api/v1/uploads",
    )  # fmt: skip
    location = created["location"] if "://" in created["location"] else world.url + created["location"]
    half = file.with_suffix(".half")
    for start, stop in ((0, size // 2), (size // 2, size)):
        half.write_bytes(file.read_bytes()[start:stop])
        answer = _headers(*_key(world), *TUS, "-X", "PATCH", *_append(start), "--data-binary", f"@{half}", location)
        assert int(answer["upload-offset"]) == stop
    world.require_same(answer["upload-media-id"], file)


def _ietf(world: World) -> None:
    require("curl")
    file = world.file("ietf.pdf")
    answer = _headers(
        *_key(world), "-X", "POST", "-H", "Upload-Draft-Interop-Version: 8", "-H", "Upload-Complete: ?1",
        "-H", f'Content-Disposition: attachment; filename="{file.name}"', "-H", "Content-Type: application/pdf",
        "--data-binary", f"@{file}", f"{world.url}/api/v1/uploads",
    )  # fmt: skip
    world.require_same(answer["upload-media-id"], file)


def _presigned(world: World) -> None:
    require("curl")
    file = world.file("presigned.pdf")
    wish = {"filename": file.name, "fileType": "application/pdf", "sizeBytes": file.stat().st_size}
    slot = world.ask("POST", "/api/v1/media/presign", json=wish)
    headers = [part for name, value in slot["headers"].items() for part in ("-H", f"{name}: {value}")]
    output_of(*QUIET, "-T", str(file), *headers, slot["uploadUrl"])
    world.require_same(world.ask("POST", f"/api/v1/media/presign/{slot['id']}/confirm")["id"], file)


def _append(offset: int) -> tuple[str, ...]:
    return "-H", f"Upload-Offset: {offset}", "-H", "Content-Type: application/offset+octet-stream"


def _key(world: World) -> tuple[str, str]:
    return "-H", f"X-API-Key: {world.key}"


def _headers(*arguments: str) -> dict[str, str]:
    """The headers of the last answer, by lower-case name."""
    shown = output_of(*QUIET, "-D", "-", "-o", "/dev/null", *arguments)
    last = shown.strip().split("\r\n\r\n")[-1] if "\r\n\r\n" in shown else shown
    pairs = (line.partition(":") for line in last.splitlines() if ":" in line)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}
