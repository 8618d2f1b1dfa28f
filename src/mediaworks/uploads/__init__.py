"""The ways in: every upload ends as a durable, verified media object or leaves nothing behind."""

from mediaworks.uploads.config import UploadsConfig
from mediaworks.uploads.service import Uploads, open_uploads

__all__ = ["Uploads", "UploadsConfig", "open_uploads"]
