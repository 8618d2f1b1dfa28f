"""`mediaworks upload` against a real service."""

from __future__ import annotations

import json
import re
import signal
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from mediaworks.testing import media
from mediaworks.testing.service import Service, wait_until

if TYPE_CHECKING:
    from tests.cli.conftest import Shell

pytestmark = pytest.mark.long


def test_a_folder_is_uploaded_file_by_file(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "trip" / "deep").mkdir(parents=True)
    (tmp_path / "trip" / "a.jpg").write_bytes(media.image())
    (tmp_path / "trip" / "deep" / "b.png").write_bytes(media.image(".png"))
    (tmp_path / "trip" / ".hidden.jpg").write_bytes(media.image())
    items = shell.call("upload", "trip").json["items"]
    assert [item["original_name"] for item in items] == ["a.jpg", "b.png"]


def test_quoted_patterns_are_expanded_by_us(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "c1.pdf").write_bytes(media.PDF)
    (tmp_path / "c2.pdf").write_bytes(media.PDF)
    items = shell.call("upload", "c*.pdf").json["items"]
    assert [item["original_name"] for item in items] == ["c1.pdf", "c2.pdf"]


def test_tags_visibility_and_metadata_go_with_the_file(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(media.PDF)
    given = ("--tag", "sea", "--tag", "a, b", "--visibility", "public", "--metadata", '{"camera": "Mü3"}')
    item = shell.call("upload", "a.pdf", *given).json["items"][0]
    assert (item["tags"], item["visibility"], item["metadata"]) == (["sea", "a, b"], "public", {"camera": "Mü3"})


def test_names_survive_quotes_unicode_and_markup(shell: Shell, tmp_path: Path) -> None:
    names = ['sa"y.pdf', "größe 日本.pdf", "[red]x[bold].pdf"]
    for name in names:
        (tmp_path / name).write_bytes(media.PDF)
    items = shell.call("upload", *names).json["items"]
    assert [item["original_name"] for item in items] == names


def test_standard_input_is_streamed_under_the_name_given(shell: Shell) -> None:
    content = media.PDF + bytes(range(256)) * 3000
    item = shell.feed(content, "upload", "-", "--name", "piped.pdf").json["items"][0]
    assert (item["original_name"], item["size_bytes"]) == ("piped.pdf", len(content))


def test_a_refused_file_does_not_stop_the_others_but_the_exit_code_tells(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "bad.jpg").write_bytes(b"MZ" + bytes(100))
    (tmp_path / "good.jpg").write_bytes(media.image())
    done = shell.call("upload", "bad.jpg", "good.jpg", "--parallel", "1")
    bad, good = json.loads(done.out)["items"]
    assert done.code == 1
    assert (bad["name"], bad["error"]["code"]) == ("bad.jpg", "unsupported_type")
    assert bad["error"]["detail"]
    assert good["original_name"] == "good.jpg"


def test_a_file_over_the_limit_is_refused_in_the_services_words(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "big.pdf").write_bytes(media.PDF + bytes(34 << 20))
    done = shell.call("upload", "big.pdf")
    error = json.loads(done.out)["items"][0]["error"]
    assert (done.code, error["code"]) == (1, "too_large")
    assert "32 MiB" in error["detail"]


def test_on_a_terminal_each_result_is_a_line_with_a_link_that_works(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "[bold]a.pdf").write_bytes(media.PDF)
    (tmp_path / "bad.exe").write_bytes(b"MZ" + bytes(100))
    done = shell.on_terminal("upload", "[[]bold]a.pdf", "bad.exe")
    shown = done.text
    link = re.search(r"http\S+", shown)
    assert done.code == 1
    assert "✓ [bold]a.pdf" in shown
    assert "refused bad.exe" in shown
    assert link is not None
    assert httpx.get(link[0], trust_env=False).content == media.PDF


def test_an_interrupted_upload_leaves_nothing_on_the_service(shell: Shell, service: Service) -> None:
    before = arriving(service)
    with shell.start("upload", "-", "--name", "a.pdf") as process:
        assert process.stdin is not None
        assert process.stderr is not None
        with suppress(BrokenPipeError):
            process.stdin.write(media.PDF + bytes(1 << 20))
            wait_until(lambda: arriving(service) - before)
            process.send_signal(signal.SIGINT)
            while process.poll() is None:
                process.stdin.write(bytes(1 << 16))
        told = process.stderr.read()
    assert process.returncode not in {0, None}
    assert b"Traceback" not in told
    assert shell.call("ls").json["items"] == []
    wait_until(lambda: not arriving(service) - before)


def arriving(service: Service) -> set[Path]:
    """Uploads that are not whole yet."""
    return {path for path in (service.data_dir / "blobs" / "incoming").iterdir() if not path.name.startswith(".check-")}
