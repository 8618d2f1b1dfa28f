"""What several of these commands take."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer

PATH = "/api/v1/webhooks"

WebhookId = Annotated[UUID, typer.Argument(help="Id of the webhook.")]
