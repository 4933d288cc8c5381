"""Why something that was asked gave no proper answer: a value, never an exception."""

from dataclasses import dataclass

from ledger.observation import Failure


@dataclass(frozen=True, slots=True)
class Fault:
    """An expected failure; `detail` is English, stable from cycle to cycle, and never holds a secret."""

    failure: Failure
    detail: str

    @property
    def text(self) -> str:
        """An observation's `detail`: the failure first, then what is known of it."""
        return f"{self.failure}: {self.detail}"
