"""Certificates are checked for the name that was asked for, although an address is what is connected to."""

from __future__ import annotations

import asyncio
import ssl
import subprocess
from pathlib import Path

import httpx
import pytest

from mediaworks.kit.egress import Egress, EgressConfig
from mediaworks.testing.origin import Origin, always, answer


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for media.example, and its key."""
    folder = tmp_path_factory.mktemp("tls")
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=media.example"]
    command += ["-addext", "subjectAltName=DNS:media.example", "-keyout", "key.pem", "-out", "certificate.pem"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return folder / "certificate.pem", folder / "key.pem"


def ask(url: str, certificate: tuple[Path, Path], trusted: ssl.SSLContext | None) -> tuple[str, list[str | None]]:
    """The answer's text, and the names that the server was asked for (SNI)."""
    asked: list[str | None] = []
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(*certificate)
    tls.sni_callback = lambda _socket, name, _context: asked.append(name)

    async def loopback(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    async def steps() -> str:
        egress = Egress(EgressConfig(allow=("127.0.0.1",)), resolver=loopback, tls=trusted)
        async with Origin(always(answer("200 OK", b"hello")), tls=tls) as origin, egress.client() as client:
            return (await client.get(url.format(port=origin.port))).text

    return asyncio.run(steps()), asked


def test_the_name_is_asked_for_and_its_certificate_accepted(certificate: tuple[Path, Path]) -> None:
    trusted = ssl.create_default_context(cafile=certificate[0])
    assert ask("https://media.example:{port}/", certificate, trusted) == ("hello", ["media.example"])


@pytest.mark.parametrize("host", ["other.example", "127.0.0.1"])
def test_a_certificate_for_another_name_is_refused(certificate: tuple[Path, Path], host: str) -> None:
    trusted = ssl.create_default_context(cafile=certificate[0])
    with pytest.raises(httpx.ConnectError, match=r"(?i)certificate"):
        ask(f"https://{host}:{{port}}/", certificate, trusted)


def test_a_certificate_that_nobody_vouches_for_is_refused(certificate: tuple[Path, Path]) -> None:
    with pytest.raises(httpx.ConnectError, match="self-signed"):
        ask("https://media.example:{port}/", certificate, None)
