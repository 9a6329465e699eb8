"""Faults in files that people write: where, what is wrong, how to mend it."""

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.errors import UserError


@dataclass(frozen=True, order=True)
class Fault:
    """One thing that is wrong in a file. `line` counts from 1."""

    line: int
    what: str
    mend: str

    def __str__(self) -> str:
        return f"Line {self.line}: {self.what} {self.mend}"


class FaultyFile(UserError):
    """A file cannot be taken as it is; `faults` has all that is wrong with it."""

    def __init__(self, name: str, faults: Sequence[Fault]) -> None:
        self.faults = tuple(sorted(faults))
        many = f"{len(self.faults)} things" if len(self.faults) > 1 else "one thing"
        lines = "\n".join(str(fault) for fault in self.faults)
        super().__init__(f"The {name} needs {many} mended, and nothing was changed:\n{lines}")


def nearest(typed: str, known: Iterable[str], alike: float = 0.6) -> str | None:
    """The known word that was most likely meant, whatever its case; `alike` goes up to 1."""
    words = {word.lower(): word for word in known}
    close = difflib.get_close_matches(typed.strip().lower(), words, n=1, cutoff=alike)
    return words[close[0]] if close else None


def decode(raw: bytes) -> str | Fault:
    """The text of a file in UTF-8, with or without a byte order mark."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return Fault(
            raw.count(b"\n", 0, error.start) + 1,
            "This is not text in UTF-8.",
            'Save the file once more with the encoding "UTF-8".',
        )
