"""Background work: durable, enqueued in the transaction that it belongs to."""

from mediaworks.jobs.batches import end_item, enqueue_batch, open_batch, work_through, work_through_prepared
from mediaworks.jobs.config import JobsConfig
from mediaworks.jobs.model import Item, ItemState, Job, Priority, State
from mediaworks.jobs.queue import enqueue, enqueue_many, withdraw
from mediaworks.jobs.running import RunningJob, Superseded
from mediaworks.jobs.schedule import Schedule, repeat
from mediaworks.jobs.task import Task
from mediaworks.jobs.tickets import worker_is_alive
from mediaworks.jobs.worker import Worker

__all__ = [
    "Item",
    "ItemState",
    "Job",
    "JobsConfig",
    "Priority",
    "RunningJob",
    "Schedule",
    "State",
    "Superseded",
    "Task",
    "Worker",
    "end_item",
    "enqueue",
    "enqueue_batch",
    "enqueue_many",
    "open_batch",
    "repeat",
    "withdraw",
    "work_through",
    "work_through_prepared",
    "worker_is_alive",
]
