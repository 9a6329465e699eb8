"""What the doctor says: findings, each with its remedy."""

from dataclasses import dataclass
from enum import StrEnum


class Health(StrEnum):
    GOOD = "good"
    NOTE = "note"  # good to know; nothing is broken
    BAD = "bad"


@dataclass(frozen=True)
class Finding:
    """Something that was looked at. `remedy` says what to do, where something is to be done."""

    health: Health
    about: str
    text: str
    remedy: str = ""
