"""Every table of the house, in one place: import this before looking at the metadata."""

from sqlmodel import SQLModel

from storage import (
    cohorts,
    comments,
    communities,
    enrollment,
    inbox,
    local_chat,
    local_visitors,
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
    comments,
    communities,
    enrollment,
    inbox,
    local_chat,
    local_visitors,
    members,
    orientation,
    outbox,
    pairs,
    programs,
    reflections,
    webinars,
)
metadata = SQLModel.metadata
