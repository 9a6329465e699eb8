"""Payloads by HTTP: https://docs.slack.dev/apis/events-api/using-http-request-urls .

Signed as https://docs.slack.dev/authentication/verifying-requests-from-slack says.
"""

import hashlib
import hmac
import json
import time
from urllib.parse import urlencode

import aiohttp

from tests.platforms.slack.fake.delivery import Ack, Retry, Sort
from tests.platforms.slack.fake.errors import Json
from tests.platforms.slack.fake.state import State


def sign(secret: str, timestamp: str, body: str) -> str:
    """The value of `X-Slack-Signature`."""
    base = f"v0:{timestamp}:{body}".encode()
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


class HttpMode:
    """Posts to the app's request URL. The time in a signature is real: Bolt compares it so."""

    def __init__(self, state: State, url: str, within: float) -> None:
        self.state = state
        self.url = url
        self.within = within
        self._session = aiohttp.ClientSession(headers={"User-Agent": "Slackbot 1.0"})

    async def close(self) -> None:
        await self._session.close()

    async def deliver(self, sort: Sort, payload: Json, retry: Retry | None = None) -> Ack:
        if sort == "events_api":
            body, kind = json.dumps(payload), "application/json"
        else:
            kind = "application/x-www-form-urlencoded"
            form = payload if sort == "slash_commands" else {"payload": json.dumps(payload)}
            body = urlencode(form)
        more = {}
        if retry is not None:
            reason = {"timeout": "http_timeout"}.get(retry.reason, retry.reason)
            more = {"X-Slack-Retry-Num": str(retry.attempt), "X-Slack-Retry-Reason": reason}
        return await self.post(body, kind, more)

    async def post(
        self,
        body: str,
        kind: str = "application/json",
        headers: dict[str, str] | None = None,
        *,
        secret: str = "",
        at: float | None = None,
    ) -> Ack:
        """Posts a body, signed with the app's secret now, or otherwise to forge a request."""
        timestamp = str(int(at if at is not None else time.time()))
        signed = {
            "Content-Type": kind,
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": sign(secret or self.state.app.signing_secret, timestamp, body),
        }
        try:
            async with self._session.post(
                self.url,
                data=body.encode(),
                headers={**signed, **(headers or {})},
                timeout=aiohttp.ClientTimeout(total=self.within),
            ) as response:
                text = await response.text()
                if response.status != 200:
                    return Ack(False, text, "http_error", response.status)
                if response.content_type == "application/json" and text:
                    return Ack(True, json.loads(text))
                return Ack(True, text or None)
        except TimeoutError:
            return Ack(False, reason="timeout", status=0)
        except aiohttp.ClientError:
            return Ack(False, reason="connection_failed", status=0)

    async def check_ssl(self) -> Ack:
        """Now and then, Slack tests the certificate of a command's address.

        https://docs.slack.dev/interactivity/implementing-slash-commands#ssl
        """
        body = urlencode({"ssl_check": "1", "token": self.state.app.verification_token})
        return await self.post(body, "application/x-www-form-urlencoded")

    async def verify(self) -> Ack:
        """The check of a request URL: https://docs.slack.dev/reference/events/url_verification"""
        challenge = self.state.ids.next("challenge").lower()
        ack = await self.post(
            json.dumps(
                {
                    "token": self.state.app.verification_token,
                    "challenge": challenge,
                    "type": "url_verification",
                }
            )
        )
        told = ack.body.get("challenge") if isinstance(ack.body, dict) else ack.body
        return ack if told == challenge else Ack(False, ack.body, "challenge_failed", ack.status)
