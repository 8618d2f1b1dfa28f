"""How objects of a bucket are called. Blobs lie under prefix and key; what belongs to a draft but cannot be a part of its
multipart upload lies beside it, under `incoming/KEY/SESSION/`: tails and parts of less than 5 MiB."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, unquote

INCOMING = "incoming/"


@dataclass(frozen=True, slots=True)
class Names:
    prefix: str

    def of(self, key: str) -> str:
        return self.prefix + key

    def key(self, name: str) -> str:
        return name.removeprefix(self.prefix)

    def is_blob(self, name: str) -> bool:
        return not self.key(name).startswith(INCOMING)

    def folder(self, key: str, session: str | None = None) -> str:
        """Where all that lies beside a draft begins, or beside every draft of a key."""
        return f"{self.prefix}{INCOMING}{key}/" + (f"{quote(session, safe='')}/" if session else "")

    def tail(self, key: str, session: str, parts: int) -> str:
        """What follows after so many parts. A tail is never replaced by one that does not begin with it."""
        return f"{self.folder(key, session)}tail-{parts:05}"

    def small_part(self, key: str, session: str, number: int) -> str:
        return f"{self.folder(key, session)}part-{number:05}"

    def owner(self, name: str) -> tuple[str, str]:
        """Key and session to which an object in `incoming/` belongs."""
        key, session, _ = self.key(name).removeprefix(INCOMING).rsplit("/", 2)
        return key, unquote(session)
