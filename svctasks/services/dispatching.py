"""From due moments to runs: any number of dispatchers may do this at once [contract 50].

A task is looked at when its stored `wake_at` comes, in a transaction that writes its runs and where it stands; a run
that nobody was told of is handed over by a later round.
"""

import logging
import time
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from core.errors import Busy
from core.inserts import insert
from core.locks import atomic
from svctasks import due, queues
from svctasks.due import Skips
from svctasks.models import DispatcherBeat, RunState, ServiceRun, ServiceTask, SkipReason
from svctasks.schedules import opening_of, rule_of
from svctasks.services.ledger import write_skips
from svctasks.services.sites import Sites

logger = logging.getLogger("dutyboard.svctasks")

BATCH = 50
POISON_REST = timedelta(minutes=5)
# A single task that waits is looked at again: for a site, a run or its organization; for hours, which may change.
LOOK_AGAIN, LOOK_AT_HOURS = timedelta(seconds=30), timedelta(hours=1)
BEAT_EVERY, LONG_PAUSE = timedelta(seconds=5), timedelta(seconds=30)
A_WEEK = timedelta(days=8)
Cause = ServiceRun.Cause


def dispatch_due(seconds: float = 5.0) -> int:
    """Handle every task that is due, until none is or the time is over; how many tasks."""
    pause, end, handled = note_beat(), time.monotonic() + seconds, 0
    while number := _dispatch_batch(pause):
        handled += number
        if time.monotonic() >= end:
            break
    return handled


def note_beat() -> timedelta:
    """The dispatcher's sign of life; for how long there was none, where all may have been down."""
    now = timezone.now()
    last = DispatcherBeat.objects.filter(pk=1).values_list("seen_at", flat=True).first()
    if last and now - BEAT_EVERY < last <= now:
        return timedelta(0)
    DispatcherBeat.objects.update_or_create(pk=1, defaults={"seen_at": now})
    return now - last if last and now - last > LONG_PAUSE else timedelta(0)


def _dispatch_batch(pause: timedelta) -> int:
    now = timezone.now()
    # A look alone: no transaction, which on SQLite would hold up whoever writes.
    if not _any_to_look_at(now):
        return 0
    # The workers that were there before a pause of everything come back with it.
    sites = Sites(now - pause)
    try:
        with atomic():
            tasks = _take(now, BATCH)
            for task in tasks:
                advance(task, now, sites)
        return len(tasks)
    except Exception:
        logger.exception("a batch of due tasks; each by itself")
    return _dispatch_singly(now, sites)


def _any_to_look_at(now: datetime) -> bool:
    """By the index in its order: PostgreSQL's plan for whatever moment may be given would else read every task."""
    return ServiceTask.objects.to_look_at(now).order_by("wake_at").values_list("pk").first() is not None


def _take(now: datetime, number: int, **which) -> list[ServiceTask]:
    """Due ones that no other dispatcher has, locked."""
    rows = ServiceTask.objects.to_look_at(now).select_for_update(of=("self",), skip_locked=True)
    return list(rows.filter(**which).select_related("organization", "script").order_by("wake_at", "pk")[:number])


def _dispatch_singly(now: datetime, sites: Sites) -> int:
    """One that cannot be handled stops no other."""
    pks = list(ServiceTask.objects.to_look_at(now).order_by("wake_at", "pk").values_list("pk", flat=True)[:BATCH])
    for pk in pks:
        try:
            with atomic():
                for task in _take(now, 1, pk=pk):
                    advance(task, now, sites)
        except Busy:
            # Somebody's lock is no fault of the task's, which the next round looks at again.
            continue
        except Exception as error:
            logger.exception("service task %s", pk)
            problem = f"{type(error).__name__}: {error}"[:500]
            ServiceTask.objects.filter(pk=pk).update(problem=problem, wake_at=now + POISON_REST)
    return len(pks)


# -- one task -----------------------------------------------------------------------------------------------


def advance(task: ServiceTask, now: datetime, sites: Sites | None = None) -> None:
    """Account for every moment until now, and store when to look next. The row is locked."""
    sites = sites or Sites(now)
    if task.is_regular:
        _advance_regular(task, now, sites)
    elif task.is_enabled and not task.is_spent:
        _advance_single(task, now, sites)
    store(task)


def store(task: ServiceTask) -> None:
    """Where the dispatcher stands with it: no change of the task that anybody made."""
    values = {name: getattr(task, name) for name in ("counted_until", "wake_at", "is_spent")}
    ServiceTask.objects.filter(pk=task.pk).update(problem="", **values)


def arm(task: ServiceTask, now: datetime) -> None:
    """Only what is later than now is due, but for a single one, which runs late if need be. The caller saves."""
    task.counted_until = max(now, task.counted_until or now)
    task.wake_at = _next_look(task, now)


def _next_look(task: ServiceTask, now: datetime) -> datetime | None:
    if not task.is_enabled or task.is_spent:
        return None
    return due.first_after(rule_of(task), task.counted_until) if task.is_regular else max(task.anchor, now)


def _advance_regular(task: ServiceTask, now: datetime, sites: Sites) -> None:
    rule, after = rule_of(task), task.counted_until
    if after < now:
        skips, chosen = _judged(task, now)
        write_skips(task, [skip for skip in skips if chosen is None or skip.first < chosen])
        if chosen is not None:
            _run_moment(task, chosen, sites)
            write_skips(task, [skip for skip in skips if skip.first > chosen])
        task.counted_until = now
    task.wake_at = due.first_after(rule, task.counted_until) if task.is_enabled else None


def _judged(task: ServiceTask, now: datetime) -> tuple[list[Skips], datetime | None]:
    rule, after = rule_of(task), task.counted_until
    if task.is_enabled and task.organization.is_active:
        return due.account(rule, after, now, opening_of(task, after, now), task.patience)
    first, last = due.first_after(rule, after), due.last_until(rule, now)
    if first is None or last is None or first > last:
        return [], None
    return [Skips(SkipReason.DISABLED, first, last, due.count_between(rule, first, last))], None


def _advance_single(task: ServiceTask, now: datetime, sites: Sites) -> None:
    if task.stops_at and now >= task.stops_at:
        write_skips(task, [Skips(SkipReason.MISFIRE, task.anchor, task.anchor, 1)])
        spend(task)
    elif now < task.anchor:
        task.wake_at = task.anchor
    elif (opens := _next_opening(task, now)) > now:
        task.wake_at = min(opens, now + LOOK_AT_HOURS, task.stops_at or opens)
    elif _must_wait(task, sites):
        task.wake_at = now + LOOK_AGAIN
    else:
        _run_once(task, sites)


def _must_wait(task: ServiceTask, sites: Sites) -> bool:
    is_busy = not task.overlap and task.runs.active().exists()
    return is_busy or not task.organization.is_active or not sites.targets(task).alive


def _run_once(task: ServiceTask, sites: Sites) -> None:
    """It is switched off when its runs end; at once where this very moment was run before."""
    _run_moment(task, task.anchor, sites)
    task.is_spent, task.wake_at = True, None
    if not task.runs.active().exists():
        spend(task)


def _next_opening(task: ServiceTask, now: datetime) -> datetime:
    """Now, where its schedule is open; else when it opens, or when to ask again."""
    opening = opening_of(task, now, now + A_WEEK)
    if opening is None:
        return now
    return next((max(now, hours.start) for hours in opening if hours.end > now), now + A_WEEK)


def spend(task: ServiceTask) -> None:
    """A single one is over: it is switched off, as everybody sees."""
    task.is_spent, task.is_enabled, task.wake_at = True, False, None
    task.save()


def _run_moment(task: ServiceTask, moment: datetime, sites: Sites) -> None:
    if not task.overlap and task.runs.active().exists():
        write_skips(task, [Skips(SkipReason.OVERLAP, moment, moment, 1)])
        return
    targets = sites.targets(task)
    for site in targets.alive:
        write_run(task, moment, site, Cause.SCHEDULE)
    for site in targets.away:
        write_skips(task, [Skips(SkipReason.SITE_AWAY, moment, moment, 1)], site)


def write_run(task: ServiceTask, moment: datetime, site: str, cause: ServiceRun.Cause) -> int | None:
    """A run that waits at a site, handed over once it is committed; None where that moment has one there."""
    now = timezone.now()
    values = {
        "organization_id": task.organization_id,
        "task_id": task.pk,
        "due_at": moment,
        "site": site,
        "cause": cause,
        "state": RunState.WAITING,
        "created_at": now,
        "sent_at": now,
    }
    pk = insert(ServiceRun, values, unless_there=True)
    if pk is not None:
        transaction.on_commit(lambda: queues.hand_over(pk, site, task.timeout), robust=True)
    return pk
