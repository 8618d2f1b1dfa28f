"""Files that are fetched from an address: over HTTP, going on after a broken transfer, or out of a `data:` URL."""

from mediaworks.uploads.fetching.data_url import DataFile, is_data_url, read_data_url
from mediaworks.uploads.fetching.exchange import Fetched, FetchStatus, fetch
from mediaworks.uploads.fetching.headers import check_headers
from mediaworks.uploads.fetching.transfer import Begun, NotModified, Transfer

__all__ = [
    "Begun",
    "DataFile",
    "FetchStatus",
    "Fetched",
    "NotModified",
    "Transfer",
    "check_headers",
    "fetch",
    "is_data_url",
    "read_data_url",
]
