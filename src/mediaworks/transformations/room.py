from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mediaworks.accounts import Accounts
from mediaworks.db import Database
from mediaworks.jobs import Task
from mediaworks.jobs.service import Jobs
from mediaworks.media import MediaLibrary
from mediaworks.media.contents import Contents
from mediaworks.media.versions.service import Versions
from mediaworks.processing import Engine, Faces, Kind, ProcessingConfig, Renderer
from mediaworks.storage import BlobStore
from mediaworks.transformations.config import TransformationsConfig
from mediaworks.transformations.making import Making
from mediaworks.transformations.products import Maker
from mediaworks.transformations.recordings import RecordingMaker
from mediaworks.transformations.service import Transformations
from mediaworks.transformations.srcset.config import SrcsetsConfig
from mediaworks.transformations.srcset.service import Srcsets
from mediaworks.transformations.tasks import TransformationTasks
from mediaworks.transformations.transformer import Transformer


@dataclass(frozen=True, slots=True)
class TransformationsRoom:
    """What requests ask for, and what workers do for them."""

    service: Transformations
    making: TransformationTasks
    srcsets: Srcsets

    def tasks(self) -> tuple[Task, ...]:
        return (*self.making.all(), *self.srcsets.tasks())


def open_transformations(
    database: Database,
    store: BlobStore,
    accounts: Accounts,
    library: MediaLibrary,
    versions: Versions,
    jobs: Jobs,
    renderer: Renderer,
    faces: Faces,
    engines: Mapping[Kind, Engine],
    config: TransformationsConfig,
    srcsets: SrcsetsConfig,
    limits: ProcessingConfig,
) -> TransformationsRoom:
    """`engines` for recordings, by their kind."""
    transformer = Transformer(store, accounts, library, renderer, faces, limits)
    makers: Mapping[Kind, Maker] = {
        Kind.IMAGE: transformer,
        **{kind: RecordingMaker(store, accounts, library, engine) for kind, engine in engines.items()},
    }
    making = Making(database, library, versions, Contents(database, store), makers)
    return TransformationsRoom(
        Transformations(database, library, jobs, makers, making, config),
        TransformationTasks(database, making, config),
        Srcsets(database, store, library, transformer, config, srcsets),
    )
