"""Jobs as people read them."""

from __future__ import annotations

from typing import Any


def progress_of(job: dict[str, Any]) -> str:
    """Such as `40 %  fetching  (12 s left)`."""
    parts = ["" if job["percent"] is None else f"{job['percent']:.0f} %", job["stage"] or ""]
    if job["eta_seconds"] is not None:
        parts.append(f"({job['eta_seconds']:.0f} s left)")
    return "  ".join(filter(None, parts))


def outcome_of(job: dict[str, Any]) -> str:
    """Why it failed, and how the items of a batch went."""
    parts = [job["error"]["detail"]] if job["error"] and job["state"] != "succeeded" else []
    if job["items"]:
        counts = job["items"]
        parts.append(f"{counts['done']} of {counts['total']} done, {counts['failed']} failed")
    return "; ".join(parts)


def moment(value: str | None) -> str:
    return (value or "")[:19].replace("T", " ")
