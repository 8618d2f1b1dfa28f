"""Background work: durable, enqueued in the transaction that it belongs to."""

from mediaworks.jobs.config import JobsConfig
from mediaworks.jobs.queue import enqueue, worker_is_alive
from mediaworks.jobs.worker import Schedule, Task, Worker, repeat

__all__ = ["JobsConfig", "Schedule", "Task", "Worker", "enqueue", "repeat", "worker_is_alive"]
