"""One attempt to do a job on a platform: never raises, always says how it ended."""

import asyncio
import time
from collections.abc import Sequence

from structlog.typing import FilteringBoundLogger

from core.chat import DirectClosed, Found, Gone, MaybeSent, Platform, Ref, Refused, TryLater
from scheduler.jobs import Change, End, Find, Job, Open, Post, Result


async def attempt_row(
    jobs: Sequence[Job], platform: Platform, log: FilteringBoundLogger
) -> list[Result]:
    """Do these one after the other. What stands behind one that did not get through is held."""
    results: list[Result] = []
    for job in jobs:
        if results and results[-1].end is not End.SENT:
            results.append(Result(job, End.HELD))
        else:
            results.append(await attempt(job, platform, log))
    return results


async def attempt(job: Job, platform: Platform, log: FilteringBoundLogger) -> Result:
    """Do the job within the platform's send timeout, and log one line, without anybody's words."""
    started = time.perf_counter()
    timeout = platform.capabilities.send_timeout.total_seconds()
    try:
        async with asyncio.timeout(timeout):
            result = await _do(job, platform)
    except DirectClosed as error:
        result = Result(job, End.CLOSED, note=str(error))
    except Gone as error:
        result = Result(job, End.GONE, note=str(error))
    except Refused as error:
        result = Result(job, End.REFUSED, note=str(error))
    except TryLater as error:
        result = Result(
            job, End.LATER, after=error.after, only_this=error.only_this, note=str(error)
        )
    except MaybeSent as error:
        result = Result(job, End.DOUBTFUL, note=str(error))
    except TimeoutError:
        result = Result(job, End.DOUBTFUL, note=f"no answer within {timeout:g} s")
    except Exception as error:
        log.exception("platform failed", delivery=job.about.id, home=job.about.home_id)
        result = Result(job, End.DOUBTFUL, note=f"unexpected: {type(error).__name__}")
    result = _harmless(result)
    log.info(
        "delivery",
        delivery=job.about.id,
        kind=job.about.kind,
        home=job.about.home_id,
        step=type(job).__name__.lower(),
        end=result.end.name.lower(),
        attempt=job.about.attempt,
        **({} if result.end is End.SENT else {"reason": result.note}),
        ms=round((time.perf_counter() - started) * 1000, 1),
    )
    return result


async def _do(job: Job, platform: Platform) -> Result:
    key, place = job.about.key, job.about.place or ""
    match job:
        case Post():
            ref = await platform.post(place, job.message, key=key, under=job.under)
            return Result(job, End.SENT, ref=ref)
        case Open() if job.purpose:
            return Result(job, End.OPENED, place=await platform.open_channel(job.name))
        case Open(pair_id=None):
            return Result(job, End.OPENED, place=await platform.open_direct(job.people[0]))
        case Open():
            return Result(job, End.OPENED, place=await platform.open_group(job.people, job.name))
        case Change():
            return await _change(job, platform)
        case Find():
            found = await platform.find(place, key, job.fingerprint, job.since, under=job.under)
            if isinstance(found, Ref):
                return Result(job, End.SENT, ref=found)
            return Result(job, End.ABSENT if found is Found.ABSENT else End.UNKNOWN)
    raise TypeError(f"a job that cannot be done: {type(job).__name__}")


async def _change(job: Change, platform: Platform) -> Result:
    edited = [(delivery, await platform.edit(ref, message)) for delivery, ref, message in job.edits]
    for _delivery, ref in job.deletes:
        await platform.delete(ref)
    deleted = tuple(delivery for delivery, _ref in job.deletes)
    return Result(job, End.SENT, edited=tuple(edited), deleted=deleted)


def _harmless(result: Result) -> Result:
    """Only a post can happen twice: everything else that is in doubt is simply done again."""
    if result.end is End.DOUBTFUL and not isinstance(result.job, Post):
        return result._replace(end=End.LATER)
    return result
