"""What a request of Slack tells of itself, whatever it asks for."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from slack_bolt.request.internals import extract_team_id

Body = dict[str, Any]


def key_of(body: Body) -> str:
    """What is the same when Slack repeats a request, and different for every other one."""
    named = body.get("event_id") or body.get("trigger_id")
    return str(named or hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest())


def digest_of(values: Mapping[str, str]) -> str:
    """What is the same for the same values."""
    return hashlib.sha256(json.dumps(dict(values), sort_keys=True).encode()).hexdigest()[:32]


def team_of(body: Body) -> str | None:
    """The workspace of a request, as Bolt finds it when it asks whom to let in; people of a shared
    channel, and the windows they open there, may be of another one."""
    return extract_team_id(body)
