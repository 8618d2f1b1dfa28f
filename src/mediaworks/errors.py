"""Every failure that a caller can meet, as a named fact.

    MediaworksError
    ├── Invalid                 400  a field is wrong: its name, what was given, what is allowed
    │   ├── MalformedBody       400  the body does not follow its own format
    │   ├── EmptyFile           400  nothing was sent
    │   └── EgressRefused       400  an address that the service may not speak to
    ├── Unauthenticated         401  no key or token, or one that is unknown, expired, revoked or forged
    │   └── PasswordNeeded      401  a share link wants its password, and this is none
    ├── Forbidden               403  a known caller without the needed scope, role or signature
    ├── NotFound                404  missing, deleted, or somebody else's
    ├── TooSlow                 408  the sender paused or took longer than allowed
    ├── Conflict                409  the state of the resource does not allow it
    │   ├── OffsetMismatch      409  the upload goes on at another byte
    │   └── Duplicate           409  the owner has these very bytes already
    ├── Gone                    410  an upload that was given up or ran out of time
    │   └── LinkOver            410  a share link that expired, was revoked or used up
    ├── PreconditionFailed      412  If-Match named another version
    ├── TooLarge                413  over a limit of size
    │   └── QuotaExceeded       413  over what the owner may keep
    ├── UnsupportedType         415  the content is none of the allowed types
    ├── RangeNotSatisfiable     416  the range lies outside the file
    ├── Unprocessable           422  a media file that cannot be read as what it claims to be
    │   ├── TooManyPixels       422  over the limit of decoded size
    │   ├── InvalidRecipe       422  an operation or output that cannot be, or does not fit the file: its field, what is allowed
    │   └── Refused             422  a check of the installation said no
    ├── KeyReused               422  the Idempotency-Key came before with another request
    ├── FetchFailed             422  a file could not be fetched from the address that was given
    ├── Locked                  423  another request holds the upload and does not let go
    ├── RateLimited             429  an allowance is used up; `retry_after` says when it is there again
    ├── TooManyUploads          429  the key has as many unfinished uploads as it may
    ├── TooManyTries            429  too many wrong passwords for a share link
    ├── ChecksumMismatch        460  the bytes are not those that were sent (tus 1.0, checksum)
    ├── ClientGone              499  the client left before its request was whole; nobody reads the answer
    ├── NotInstalled            501  what was asked for needs an extra that this installation lacks; `extra` names it
    ├── Unavailable             503  a dependency is away; try again later
    ├── TimedOut                504  a job took longer than it may
    ├── StorageFull             507  no space left on the storage
    └── SetupError              (start) the service cannot start: exit code 2

Only the entrances (web, cli, bots) render these. `code` is stable: programs may depend on it.
"""

from __future__ import annotations

from typing import Any, ClassVar


class MediaworksError(Exception):
    """Base of the tree. `detail` is public text; `facts` are machine-readable members beside it."""

    status: ClassVar[int] = 500
    code: str = "internal_error"
    title: ClassVar[str] = "Something went wrong on our side"

    def __init__(self, detail: str = "", *, code: str | None = None, **facts: Any) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.code = code or type(self).code
        self.facts = facts


class Invalid(MediaworksError):
    status, code, title = 400, "invalid", "The request is not valid"


class MalformedBody(Invalid):
    code, title = "malformed_body", "The body does not follow its format"


class EmptyFile(Invalid):
    code, title = "empty_file", "The file is empty"


class EgressRefused(Invalid):
    code, title = "address_not_allowed", "The service may not speak to this address"


class Unauthenticated(MediaworksError):
    """`challenge`: what to send, as WWW-Authenticate says it (RFC 9110 section 11.6.1)."""

    status, code, title = 401, "unauthenticated", "A valid API key or token is needed"
    challenge: ClassVar[str] = 'Bearer realm="mediaworks"'


class PasswordNeeded(Unauthenticated):
    code, title = "password_needed", "The link opens with a password"
    challenge = 'X-Share-Password realm="share link"'


class Forbidden(MediaworksError):
    status, code, title = 403, "forbidden", "This is not allowed"


class NotFound(MediaworksError):
    status, code, title = 404, "not_found", "There is nothing here"


class TooSlow(MediaworksError):
    status, code, title = 408, "too_slow", "The upload took too long"


class Conflict(MediaworksError):
    status, code, title = 409, "conflict", "The state of the resource does not allow this"


class OffsetMismatch(Conflict):
    code, title = "offset_mismatch", "The upload goes on at another byte"


class Duplicate(Conflict):
    code, title = "duplicate", "The owner has this very file already"


class Gone(MediaworksError):
    status, code, title = 410, "upload_gone", "The upload is over"


class LinkOver(Gone):
    code, title = "link_over", "The share link is over"


class PreconditionFailed(MediaworksError):
    status, code, title = 412, "precondition_failed", "The resource has changed meanwhile"


class TooLarge(MediaworksError):
    status, code, title = 413, "too_large", "The upload is too large"


class QuotaExceeded(TooLarge):
    code, title = "quota_exceeded", "The owner's storage quota is used up"


class UnsupportedType(MediaworksError):
    status, code, title = 415, "unsupported_type", "This type of file is not accepted"


class RangeNotSatisfiable(MediaworksError):
    status, code, title = 416, "range_not_satisfiable", "The range lies outside the file"


class Unprocessable(MediaworksError):
    status, code, title = 422, "unreadable_media", "The media file cannot be read"


class TooManyPixels(Unprocessable):
    code, title = "too_many_pixels", "The picture is larger than the decoder may open"


class InvalidRecipe(Unprocessable):
    code, title = "invalid_recipe", "The operations or the output cannot be"


class Refused(Unprocessable):
    code, title = "refused", "A check of this installation refused the file"


class Locked(MediaworksError):
    status, code, title = 423, "upload_busy", "Another request is writing this upload"


class RateLimited(MediaworksError):
    status, code, title = 429, "rate_limited", "Too much in too short a time"


class TooManyUploads(MediaworksError):
    status, code, title = 429, "too_many_uploads", "Too many uploads are unfinished"


class TooManyTries(MediaworksError):
    status, code, title = 429, "too_many_tries", "Too many wrong passwords"


class ChecksumMismatch(MediaworksError):
    status, code, title = 460, "checksum_mismatch", "The bytes are not those that were sent"


class KeyReused(MediaworksError):
    status, code, title = 422, "idempotency_key_reused", "The key belongs to another request"


class FetchFailed(MediaworksError):
    status, code, title = 422, "fetch_failed", "The file could not be fetched from its address"


class ClientGone(MediaworksError):
    status, code, title = 499, "client_gone", "The client left before its request was whole"


class NotInstalled(MediaworksError):
    status, code, title = 501, "not_installed", "This installation lacks what this needs"


class Unavailable(MediaworksError):
    status, code, title = 503, "unavailable", "The service cannot do this right now"


class TimedOut(MediaworksError):
    status, code, title = 504, "job_timeout", "The job took too long"


class StorageFull(MediaworksError):
    status, code, title = 507, "storage_full", "There is no space left on the storage"


class SetupError(MediaworksError):
    code, title = "setup", "The service cannot start"
