"""What a check of `flask doctor` has found."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """The severity of a finding."""

    OK = "ok"
    WARN = "warn"
    BAD = "BAD"


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check; `advice` is empty if the verdict is OK."""

    verdict: Verdict
    subject: str
    detected: str
    advice: str = ""
