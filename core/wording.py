"""Small words for messages: lists and counts in English. Pure."""

from collections.abc import Sequence


def listed(names: Sequence[str], last: str = "and") -> str:
    """ "Ada", "Ada and Ben", "Ada, Ben and Cora"."""
    *first, end = names
    return f"{', '.join(first)} {last} {end}" if first else end


def count(number: int, noun: str, plural: str = "") -> str:
    """ "1 teacher", "2 teachers", "no teachers"."""
    word = noun if number == 1 else plural or f"{noun}s"
    return f"{number or 'no'} {word}"


def a(noun: str) -> str:
    """ "a teacher", "an organizer"."""
    return f"{'an' if noun[:1].lower() in 'aeiou' else 'a'} {noun}"


def shortened(text: str, limit: int) -> str:
    """The text in at most `limit` characters, for a label: a cut is marked with "…"."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
