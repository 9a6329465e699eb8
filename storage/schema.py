"""Every table of the house, in one place: import this before looking at the metadata."""

from sqlmodel import SQLModel

from storage import (
    cohorts,
    communities,
    inbox,
    members,
    orientation,
    outbox,
    pairs,
    programs,
    reflections,
    webinars,
)

TABLES = (
    cohorts,
    communities,
    inbox,
    members,
    orientation,
    outbox,
    pairs,
    programs,
    reflections,
    webinars,
)
metadata = SQLModel.metadata
