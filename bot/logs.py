"""Logs: one line for each thing that happened, with ids and durations.

Readable in a terminal, JSON when not. People's texts and secrets never get into them: fields
that might hold some are taken out here, whoever put them in.
"""

import logging
import sys
from typing import TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

PRIVATE = frozenset(
    {
        "args", "body", "code", "email", "name", "message", "password", "prompt", "secret",
        "text", "title", "token", "url", "value", "values",
    }
)  # fmt: skip
QUIET = ("apscheduler", "aiohttp.access", "alembic")  # they say little that we do not say


def set_up(level: str = "info", style: str = "auto", stream: TextIO | None = None) -> None:
    """Send our logs, and those of the libraries, to the error output (or to `stream`).

    `style` is "text", "json" or "auto": text in a terminal, JSON elsewhere.
    """
    stream = stream or sys.stderr
    number = logging.getLevelNamesMapping()[level.upper()]
    as_text = style == "text" or (style == "auto" and stream.isatty())
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        without_private,
    ]
    end: list[Processor]
    if as_text:
        plain = structlog.dev.plain_traceback  # a richer one shows local variables: texts, secrets
        end = [structlog.dev.ConsoleRenderer(colors=stream.isatty(), exception_formatter=plain)]
    else:
        end = [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *end],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(number)
    for name in QUIET:
        logging.getLogger(name).setLevel(max(number, logging.WARNING))


def without_private(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Take out what might be somebody's text, or a secret."""
    for key in PRIVATE & event.keys():
        event[key] = "(left out)"
    return event
