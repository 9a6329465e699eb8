"""Logs."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from bot import logs


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    structlog.reset_defaults()
    root.handlers, root.level = handlers, level


def test_a_line_is_json_where_nobody_reads() -> None:
    out = io.StringIO()
    logs.set_up("info", "auto", out)
    structlog.get_logger("commands").info("command", command="profile show", ms=1.5)
    line = json.loads(out.getvalue())
    assert (line["event"], line["command"], line["ms"]) == ("command", "profile show", 1.5)
    assert (line["level"], line["logger"]) == ("info", "commands")


def test_a_line_is_text_where_it_is_asked_for() -> None:
    out = io.StringIO()
    logs.set_up("info", "text", out)
    structlog.get_logger("commands").info("command", command="profile show")
    assert "command=profile show" in out.getvalue().replace("'", "")


def test_lines_of_libraries_look_the_same() -> None:
    out = io.StringIO()
    logs.set_up("info", "json", out)
    logging.getLogger("some.library").warning("trouble with %s", "x")
    assert json.loads(out.getvalue())["event"] == "trouble with x"


@pytest.mark.parametrize("field", ["text", "body", "title", "code", "token", "email", "args"])
def test_peoples_words_and_secrets_are_left_out(field: str) -> None:
    out = io.StringIO()
    logs.set_up("info", "json", out)
    structlog.get_logger("x").info("event", **{field: "in confidence"})
    assert "in confidence" not in out.getvalue()


def test_a_failure_is_logged_without_the_variables_around_it() -> None:
    for style in ("text", "json"):
        out = io.StringIO()
        logs.set_up("info", style, out)
        diary = "in confidence"
        try:
            raise ValueError(len(diary))
        except ValueError:
            structlog.get_logger("x").exception("failed")
        assert "ValueError" in out.getvalue()
        assert "in confidence" not in out.getvalue()


def test_quieter_levels_are_not_written() -> None:
    out = io.StringIO()
    logs.set_up("warning", "json", out)
    structlog.get_logger("x").info("event")
    assert out.getvalue() == ""
