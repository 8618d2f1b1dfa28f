from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One figure. `met` None where there is no aim, only a fact."""

    what: str
    measured: str
    aim: str = ""
    met: bool | None = None

    def as_text(self) -> str:
        return f"{self.what}: {self.measured}" + (
            f"  (aim {self.aim}: {'met' if self.met else 'MISSED'})" if self.aim else ""
        )

    def as_markdown(self) -> str:
        met = {True: "yes", False: "**no**", None: ""}[self.met]
        return f"| {self.what} | {self.measured} | {self.aim} | {met} |\n"


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]
