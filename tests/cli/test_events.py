"""`mediaworks events …` and `mediaworks plugins` against a real service."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import httpx

from mediaworks.testing.service import wait_until

if TYPE_CHECKING:
    from tests.cli.conftest import BadLine, Shell


def test_events_are_shown_as_they_happen_until_it_is_interrupted(
    shell: Shell, client: httpx.Client, uploaded: Callable[..., str]
) -> None:
    first = uploaded(b"%PDF-1.7 a")
    since = wait_until(lambda: _history(client))[-1]["id"]
    process = shell.start("events", "tail", "--types", "media.*", "--since", since)
    found = _lines(process.stdout)
    wait_until(lambda: len(found) >= 1)
    second = uploaded(b"%PDF-1.7 b")
    wait_until(lambda: second in {event["subject"] for event in found})
    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 0
    assert [event["type"] for event in found if event["subject"] == first] == ["media.ready"]


def test_a_broken_line_leaves_no_gap(
    shell: Shell, client: httpx.Client, uploaded: Callable[..., str], bad_line: BadLine
) -> None:
    with bad_line(back=1200) as line:
        process = shell.start("events", "tail", "--types", "media.uploaded", "--server", line.address)
        found = _lines(process.stdout)
        wait_until(lambda: len(line.connections) == 1)
        expected = [uploaded(b"%PDF-1.7 " + str(number).encode()) for number in range(6)]
        wait_until(lambda: {event["subject"] for event in found} >= set(expected))
        process.send_signal(signal.SIGINT)
        process.wait(20)
    assert len(line.connections) > 1
    assert list(dict.fromkeys(event["subject"] for event in found)) == expected


def test_what_has_happened_is_listed_with_the_newest_first(shell: Shell, uploaded: Callable[..., str]) -> None:
    media_id = uploaded(b"%PDF-1.7 c")
    items = shell.call("events", "ls", "--types", "media.uploaded").json["items"]
    assert [item["subject"] for item in items] == [media_id]
    shown = shell.on_terminal("events", "ls", "--types", "media.uploaded").text
    assert media_id in shown


def test_a_type_that_is_not_there_is_an_error(shell: Shell) -> None:
    done = shell.call("events", "tail", "--types", "media.eaten")
    assert done.code == 1
    assert "media.eaten" in done.err


def test_sinks_are_for_administrators(shell: Shell, admin: httpx.Client) -> None:
    assert shell.call("events", "sinks").code == 1
    items = shell.call("events", "sinks", MEDIAWORKS_API_KEY=admin.headers["x-api-key"]).json["items"]
    assert {"webhooks"} <= {item["name"] for item in items}


def test_plugins_are_listed_with_the_package_that_brings_them(stray_shell: Shell) -> None:
    items = stray_shell.call("plugins").json["items"]
    found = {(item["group"], item["name"]): item for item in items}
    assert found["mediaworks.sinks", "redis"]["package"].startswith("mediaworks ")
    assert found["mediaworks.sinks", "nats"]["state"] == "ok"


def test_a_sink_that_nobody_knows_stops_the_start(stray_shell: Shell) -> None:
    done = stray_shell.call("serve", "--port", "0", MEDIAWORKS_EVENTS_SINKS="carrier-pigeon://loft")
    assert done.code == 2
    assert "carrier-pigeon" in done.err
    assert "nats" in done.err


def _history(client: httpx.Client) -> list[dict[str, Any]]:
    answer = client.get("/api/v1/events/history", params={"types": "media.uploaded"})
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def _lines(stdout: Any) -> list[dict[str, Any]]:
    """What a command prints, line by line, as it comes."""
    found: list[dict[str, Any]] = []

    def read() -> None:
        for line in iter(stdout.readline, b""):
            found.append(json.loads(line))

    threading.Thread(target=read, daemon=True).start()
    return found
