"""The client against a server that answers what a test wants."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from mediaworks.cli.client import ServiceError, answer_of, connected
from mediaworks.cli.options import ServiceOptions
from mediaworks.errors import SetupError

Serve = Callable[[int, str, bytes], str]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts a server whose every answer is the given one; returns its address."""
    servers: list[ThreadingHTTPServer] = []

    def start(status: int, content_type: str, body: bytes) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(status)
                self.send_header("content-type", content_type)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None: ...

        servers.append(ThreadingHTTPServer(("127.0.0.1", 0), Handler))
        Thread(target=servers[-1].serve_forever).start()
        return f"http://127.0.0.1:{servers[-1].server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    ("content_type", "body", "code", "detail"),
    [
        ("application/problem+json", b'{"code":"too_late","detail":"It is over"}', "too_late", "It is over"),
        ("application/problem+json", b'{"code":"too_late","title":"Over"}', "too_late", "Over"),
        ("text/html", b"<h1>Bad gateway</h1>", "service_error", "127.0.0.1 answered 502 Bad Gateway"),
        ("application/json", b'["no", "problem"]', "service_error", "127.0.0.1 answered 502 Bad Gateway"),
        ("application/json", b'{"code"', "service_error", "127.0.0.1 answered 502 Bad Gateway"),
    ],
)
def test_a_refusal_keeps_the_services_code_and_words(
    serve: Serve, content_type: str, body: bytes, code: str, detail: str
) -> None:
    with (
        pytest.raises(ServiceError) as refusal,
        connected(ServiceOptions(serve(502, content_type, body), "key", None)) as client,
    ):
        answer_of(client.get("/"))
    assert (refusal.value.code, refusal.value.detail) == (code, detail)


def test_a_server_that_is_not_mediaworks_is_told_apart(serve: Serve) -> None:
    with (
        pytest.raises(ServiceError, match="is it Mediaworks"),
        connected(ServiceOptions(serve(200, "text/html", b"<h1>Welcome</h1>"), "key", None)) as client,
    ):
        answer_of(client.get("/"))


def test_the_key_of_this_folder_is_not_sent_to_another_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mediaworks-data").mkdir()
    (tmp_path / "mediaworks-data" / "admin.key").write_text("mw_secret")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MEDIAWORKS_API_KEY", raising=False)
    with (
        pytest.raises(SetupError, match="this machine only"),
        connected(ServiceOptions("http://media.example.org", None, None)),
    ):
        pass
    with connected(ServiceOptions("http://localhost:8083", None, None)) as client:
        assert client.headers["x-api-key"] == "mw_secret"
