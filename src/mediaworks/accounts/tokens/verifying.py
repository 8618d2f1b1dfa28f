"""Whether a token is what it says: signed by who may, for us, now."""

from __future__ import annotations

from typing import Any, Protocol

import jwt
from jwt.exceptions import (
    ExpiredSignatureError,
    ImmatureSignatureError,
    InvalidAudienceError,
    InvalidIssuerError,
    MissingRequiredClaimError,
    PyJWTError,
)

from mediaworks.accounts.outsiders.model import Outsider
from mediaworks.accounts.tokens.claims import outsider_of
from mediaworks.accounts.tokens.config import TokensConfig
from mediaworks.errors import Unauthenticated

LONGEST_TOKEN = 16_384
MISSING = {"exp": "token_expired", "aud": "token_audience", "iss": "token_issuer"}


class Keys(Protocol):
    """Where the keys of the other service come from."""

    async def key(self, kid: str | None, algorithm: str) -> jwt.PyJWK | bytes:
        """The key to verify with. Raises Unauthenticated when there is none such, Unavailable."""


class Secret:
    """The one key that is shared with the other service."""

    def __init__(self, text: str) -> None:
        self._secret = text.encode()

    async def key(self, kid: str | None, algorithm: str) -> bytes:
        return self._secret


class Tokens:
    def __init__(self, config: TokensConfig, keys: Keys) -> None:
        self._config = config
        self._keys = keys

    async def verify(self, token: str) -> Outsider:
        """Whom `token` names. Raises Unauthenticated with a code of its own for each way to be wrong, and Unavailable while
        the keys of the other service cannot be had."""
        algorithm, kid = self._header(token)
        key = await self._keys.key(kid, algorithm)
        return outsider_of(self._claims(token, key, algorithm), self._config)

    def _header(self, token: str) -> tuple[str, str | None]:
        """Algorithm and key id; neither is believed before the signature was verified with a key meant for them."""
        if len(token) > LONGEST_TOKEN:
            raise _invalid()
        try:
            header = jwt.get_unverified_header(token)
        except (PyJWTError, ValueError) as error:
            raise _invalid() from error
        algorithm, kid = header.get("alg"), header.get("kid")
        if algorithm not in self._config.allowed:
            raise Unauthenticated("The token is signed in a way that is not taken here", code="token_algorithm")
        if "crit" in header or "b64" in header:
            raise Unauthenticated("The token asks for extensions that are not known here", code="token_extension")
        if kid is not None and not isinstance(kid, str):
            raise _invalid()
        return algorithm, kid

    def _claims(self, token: str, key: jwt.PyJWK | bytes, algorithm: str) -> dict[str, Any]:
        try:
            return jwt.decode(
                token,
                key,
                algorithms=[algorithm],
                audience=self._config.audience,
                issuer=self._config.issuer,
                leeway=self._config.leeway_seconds,
                options={"require": ["exp", "iss", "aud"], "enforce_minimum_key_length": True},
            )
        except ExpiredSignatureError as error:
            raise Unauthenticated("The token has expired", code="token_expired") from error
        except ImmatureSignatureError as error:
            raise Unauthenticated("The token is not valid yet", code="token_not_yet") from error
        except InvalidAudienceError as error:
            raise Unauthenticated("The token is not meant for this service", code="token_audience") from error
        except InvalidIssuerError as error:
            raise Unauthenticated("The token comes from somebody else", code="token_issuer") from error
        except MissingRequiredClaimError as error:
            raise Unauthenticated(f"The token lacks {error.claim}", code=MISSING[error.claim]) from error
        except (PyJWTError, ValueError, TypeError) as error:
            raise _invalid() from error


def _invalid() -> Unauthenticated:
    return Unauthenticated("The token is not valid", code="token_invalid")
