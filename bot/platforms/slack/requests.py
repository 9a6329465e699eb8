"""What a request of Slack tells of itself, whatever it asks for."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

Body = dict[str, Any]


def key_of(body: Body) -> str:
    """What is the same when Slack repeats a request, and different for every other one."""
    named = body.get("event_id") or body.get("trigger_id")
    return str(named or hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest())


def digest_of(values: Mapping[str, str]) -> str:
    """What is the same for the same values."""
    return hashlib.sha256(json.dumps(dict(values), sort_keys=True).encode()).hexdigest()[:32]


def team_of(body: Body) -> str | None:
    """The workspace of a request; people of a shared channel may be of another one."""
    authorizations = body.get("authorizations") or [{}]
    team = body.get("team")
    found = (
        authorizations[0].get("team_id")
        or body.get("team_id")
        or (team.get("id") if isinstance(team, dict) else team)
    )
    return str(found) if found else None
