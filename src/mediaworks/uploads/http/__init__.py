"""The routes of every way in: one file for each protocol."""

from mediaworks.uploads.http import chunked, form, imports, presigned, resource, streaming, tus

ROUTERS = (form.router, resource.router, chunked.router, streaming.router, presigned.router, imports.router)
BEFORE_SEND = (tus.tell_version,)

__all__ = ["BEFORE_SEND", "ROUTERS"]
