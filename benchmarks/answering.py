"""From a command to its visible answer over a platform's wire, against a bare app that runs the
same queries and gives a constant answer by the same route."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from statistics import median, quantiles

from benchmarks.report import BenchRow

Ask = Callable[[], Awaitable[None]]
ROUNDS, REPEATS = 5, 40
CROWDS, AT_ONCE = 9, 50  # one slow moment of the machine must not decide
P50_AIM, P99_AIM = 1.5, 2.0


async def compared(name: str, ask: Ask, ask_bare: Ask, queries: int) -> list[BenchRow]:
    """One after the other, and by many at once. The two apps take turns."""
    ours, base = [], []
    for _ in range(ROUNDS):
        ours += await _each(ask)
        base += await _each(ask_bare)
    a, b = median(ours), median(base)
    one = BenchRow(name, a, b, a / b, P50_AIM, "ms", f"median; {queries} queries")
    ours, base = [], []
    for _ in range(CROWDS):
        ours.append(_p99(await _at_once(ask)))
        base.append(_p99(await _at_once(ask_bare)))
    a, b = median(ours), median(base)
    note = f"p99, median of {CROWDS} crowds"
    return [one, BenchRow(f"{name}, {AT_ONCE} at once", a, b, a / b, P99_AIM, "ms", note)]


async def _each(ask: Ask) -> list[float]:
    return [await _timed(ask) for _ in range(REPEATS)]


async def _at_once(ask: Ask) -> list[float]:
    return list(await asyncio.gather(*(_timed(ask) for _ in range(AT_ONCE))))


async def _timed(ask: Ask) -> float:
    started = time.perf_counter()
    await ask()
    return (time.perf_counter() - started) * 1000


def _p99(milliseconds: list[float]) -> float:
    return quantiles(milliseconds, n=100)[98]
