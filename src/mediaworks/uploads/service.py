"""The ways in, wired to each other. Follow an upload: a route of `http/` → one of these → `Finishing.finish` → media."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mediaworks.accounts import Accounts
from mediaworks.accounts.signing import Keyring
from mediaworks.db import Database
from mediaworks.db.presence import Presence
from mediaworks.kit.egress import Egress
from mediaworks.media import MediaLibrary
from mediaworks.processing import ProcessingConfig, Sandbox
from mediaworks.storage import BlobStore
from mediaworks.uploads.batches import UploadBatches
from mediaworks.uploads.chunks import Chunked
from mediaworks.uploads.config import UploadsConfig
from mediaworks.uploads.finishing import Finishing
from mediaworks.uploads.gate import Gate
from mediaworks.uploads.importing import Imports
from mediaworks.uploads.joining import Joining
from mediaworks.uploads.leases import Leases
from mediaworks.uploads.ordering import ImportOrders
from mediaworks.uploads.pace import Paces
from mediaworks.uploads.parts import Parts
from mediaworks.uploads.planning import Planned
from mediaworks.uploads.presigning import Presigned
from mediaworks.uploads.records import Records
from mediaworks.uploads.resumable import Resumable
from mediaworks.uploads.shared import Shared
from mediaworks.uploads.slots import Slots
from mediaworks.uploads.sweeping import Sweeper
from mediaworks.uploads.whole import WholeFiles


@dataclass(frozen=True, slots=True)
class Uploads:
    config: UploadsConfig
    records: Records
    leases: Leases
    whole: WholeFiles
    resumable: Resumable
    joining: Joining
    planned: Planned
    chunked: Chunked
    presigned: Presigned
    slots: Slots
    imports: Imports
    orders: ImportOrders
    batches: UploadBatches
    finishing: Finishing
    sweeper: Sweeper


def open_uploads(
    database: Database,
    store: BlobStore,
    accounts: Accounts,
    library: MediaLibrary,
    sandbox: Sandbox,
    presence: Presence,
    gate: Gate,
    egress: Egress,
    keyring: Callable[[], Keyring],
    config: UploadsConfig,
    limits: ProcessingConfig,
) -> Uploads:
    """All ways in. To be called before `presence.start`, because uploads listen to other processes."""
    me = presence.process_id
    records = Records(database, accounts, config)
    leases = Leases(database, presence, config.lock_seconds)
    finishing = Finishing(database, store, library, sandbox, records, limits, gate, me)
    shared = Shared(database, store, records, leases, finishing, Paces(), me)
    whole, batches, parts = WholeFiles(shared, accounts), UploadBatches(shared), Parts(shared)
    planned = Planned(shared, parts)
    resumable = Resumable(shared, planned)
    return Uploads(
        config=config,
        records=records,
        leases=leases,
        whole=whole,
        resumable=resumable,
        planned=planned,
        joining=Joining(shared, resumable, planned),
        chunked=Chunked(shared, parts),
        presigned=Presigned(shared, parts, keyring),
        slots=Slots(shared, batches, keyring),
        imports=Imports(shared, egress),
        orders=ImportOrders(shared, whole, batches, egress),
        batches=batches,
        finishing=finishing,
        sweeper=Sweeper(shared, resumable),
    )
