"""`mediaworks import` against a real service."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING

from mediaworks.testing import media
from mediaworks.testing.service import Service

if TYPE_CHECKING:
    from tests.cli.conftest import Shell

DATA = "data:application/pdf;base64," + base64.b64encode(media.PDF).decode()


def test_an_import_is_an_upload_that_can_be_followed(shell: Shell) -> None:
    (item,) = shell.call("import", DATA).json["items"]
    assert (item["protocol"], item["state"] in {"open", "done"}) == ("import", True)


def test_with_wait_it_is_the_media_object(shell: Shell) -> None:
    (item,) = shell.call("import", DATA, "--wait").json["items"]
    assert item["sha256"] == hashlib.sha256(media.PDF).hexdigest()


def test_an_address_that_must_not_be_fetched_is_refused_in_the_services_words(shell: Shell) -> None:
    done = shell.call("import", "http://127.0.0.1:9/a.jpg", "--wait")
    assert done.code == 1
    assert "error" in json.loads(done.out)["items"][0] if done.out else "error" in done.err


def test_addresses_are_fetched_with_the_headers_given(fetching: Service, stray_shell: Shell) -> None:
    at = ("--server", fetching.url, "--data-dir", str(fetching.data_dir))
    content = media.image()
    with origin(content) as address:
        asked = ("import", f"{address}/a.jpg", f"{address}/b.jpg", "--header", "X-Pass: open sesame", "--wait")
        items = stray_shell.call(*asked, *at).json["items"]
        refused = stray_shell.call("import", f"{address}/a.jpg", "--wait", *at)
    assert [(item["original_name"], item["size_bytes"]) for item in items] == [
        ("a.jpg", len(content)),
        ("b.jpg", len(content)),
    ]
    assert refused.code == 1
    assert "error" in json.loads(refused.out)["items"][0]


def test_on_a_terminal_a_waited_for_import_is_a_line_with_its_link(shell: Shell) -> None:
    shown = shell.on_terminal("import", DATA, "--wait").text
    assert "✓" in shown
    assert "http://" in shown


@contextmanager
def origin(content: bytes) -> Iterator[str]:
    """A server that gives `content` to whoever knows the word."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            knows = self.headers["x-pass"] == "open sesame"
            self.send_response(200 if knows else 403)
            self.send_header("content-length", str(len(content) if knows else 0))
            self.end_headers()
            self.wfile.write(content if knows else b"")

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
