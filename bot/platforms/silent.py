"""A platform on which nobody listens: it takes everything at once and keeps nothing."""

from collections.abc import Sequence
from datetime import datetime
from itertools import count

from core.chat import Capabilities, Found, Message, Person, Ref


class SilentPlatform:
    """For rehearsals and benchmarks. Implements core.chat.Platform."""

    name = "silent"
    capabilities = Capabilities(max_text=100_000, in_flight=200, in_a_row=50)

    def __init__(self) -> None:
        self._numbers = count(1)

    async def post(
        self, place: str, message: Message, *, key: str, under: Ref | None = None
    ) -> Ref:
        return Ref(place, str(next(self._numbers)))

    async def edit(self, ref: Ref, message: Message) -> Ref:
        return ref

    async def delete(self, ref: Ref) -> None:
        return None

    async def open_direct(self, external_id: str) -> str:
        return f"direct-{external_id}"

    async def open_group(self, external_ids: Sequence[str], name: str) -> str:
        return "group-" + "-".join(sorted(external_ids))

    async def open_channel(self, name: str) -> str:
        return f"c-{name}"

    async def find(
        self, place: str, key: str, fingerprint: str, since: datetime, *, under: Ref | None = None
    ) -> Ref | Found:
        return Found.UNKNOWN

    async def people(self) -> Sequence[Person]:
        return ()
