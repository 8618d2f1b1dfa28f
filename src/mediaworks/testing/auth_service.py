"""A real service that vouches for its users: it publishes keys (JWKS) on loopback and signs tokens with them."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

ISSUER = "https://auth.example.org/"
AUDIENCE = "mediaworks"


@dataclass(frozen=True)
class SigningKey:
    """A private key with its id and the algorithm that it is for."""

    kid: str
    algorithm: str
    private: Any

    @property
    def public(self) -> dict[str, Any]:
        """The half that is published."""
        encode = jwt.get_algorithm_by_name(self.algorithm).to_jwk
        published = encode(self.private.public_key(), as_dict=True)
        return {**published, "kid": self.kid, "alg": self.algorithm, "use": "sig"}


def new_key(kid: str, algorithm: str = "ES256") -> SigningKey:
    match algorithm:
        case "RS256":
            return SigningKey(kid, algorithm, rsa.generate_private_key(65537, 2048))
        case "EdDSA":
            return SigningKey(kid, algorithm, ed25519.Ed25519PrivateKey.generate())
        case _:
            return SigningKey(kid, "ES256", ec.generate_private_key(ec.SECP256R1()))


@dataclass
class AuthService:
    """`with AuthService() as auth:`; `asked` counts what was asked for. `status`, `headers` and `body` (None: the keys) are
    the answer, for tests of bad ones; it comes after so many `seconds`."""

    keys: list[SigningKey] = field(default_factory=lambda: [new_key("first")])
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    seconds: float = 0.0
    asked: int = 0
    port: int = 0
    _server: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/jwks.json"

    def settings(self, **more: str) -> dict[str, str]:
        """The environment with which a service takes the tokens of this one: `roles="ops=admin"`."""
        tokens = {"jwks_url": self.url, "issuer": ISSUER, "audience": AUDIENCE, **more}
        named = {f"MEDIAWORKS_TOKENS_{name.upper()}": value for name, value in tokens.items()}
        return named | {"MEDIAWORKS_EGRESS_ALLOW": "127.0.0.1"}

    def token(self, subject: str = "ada", *, key: SigningKey | None = None, header: Any = None, **claims: Any) -> str:
        """A token as this service signs it, good for a minute; a claim that is None is left out."""
        signer = key or self.keys[-1]
        usual = {"sub": subject, "iss": ISSUER, "aud": AUDIENCE, "exp": int(time.time()) + 60}
        told = {name: value for name, value in (usual | claims).items() if value is not None}
        headers = {name: value for name, value in ({"kid": signer.kid} | (header or {})).items() if value is not None}
        return jwt.encode(told, signer.private, algorithm=signer.algorithm, headers=headers)

    def rotate(self, kid: str) -> None:
        """Publish and sign with a new key instead of those before."""
        self.keys = [new_key(kid)]

    def __enter__(self) -> AuthService:
        handler = type("Handler", (_Handler,), {"auth": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), handler)
        self.port = self._server.server_address[1]
        Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *problem: object) -> None:
        """Be away; the next `with` answers on the same port again."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    auth: AuthService

    def do_GET(self) -> None:
        self.auth.asked += 1
        time.sleep(self.auth.seconds)
        published = {"keys": [key.public for key in self.auth.keys]}
        body = json.dumps(published).encode() if self.auth.body is None else self.auth.body
        self.send_response(self.auth.status)
        for name, value in self.auth.headers.items():
            self.send_header(name, value)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: Any) -> None:
        """Say nothing."""
