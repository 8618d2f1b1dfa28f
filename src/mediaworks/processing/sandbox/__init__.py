"""Child processes behind walls, the only place where foreign bytes meet native code."""

from mediaworks.processing.sandbox.pool import Sandbox, Task

__all__ = ["Sandbox", "Task"]
