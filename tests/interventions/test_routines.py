"""What routines make: each occurrence once, whatever happens in between [contract 30]."""

import random
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
import time_machine

from interventions.models import Intervention, InterventionStatus, Routine, RoutineOccurrence
from interventions.services.reference import ROUTINES
from interventions.services.routine_runs import AHEAD, make_due
from tests.intervention_factories import make_site
from tests.interventions.register import Register

pytestmark = pytest.mark.django_db
S, Outcome = InterventionStatus, RoutineOccurrence.Outcome
# Ten in Paris, in winter.
FIRST = datetime(2026, 1, 6, 9, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def register():
    return Register()


def make(register, **values):
    defaults = {
        "name": "Lift check",
        "rrule": "FREQ=WEEKLY",
        "start_at": FIRST,
        "auto_create_enabled": True,
        "assigned_company_contact": register.provider,
        "sites": [register.site],
    }
    return ROUTINES.create(register.town, {**defaults, **values})


def dues(routine, outcome=Outcome.MADE) -> list[datetime]:
    return list(routine.occurrences.filter(outcome=outcome).order_by("due_at").values_list("due_at", flat=True))


@pytest.mark.parametrize("rrule", ["FREQ=WEEKLY", "FREQ=DAILY;INTERVAL=3", "FREQ=MONTHLY;BYDAY=-1FR"])
@pytest.mark.parametrize("seed", [1, 2])
def test_each_occurrence_is_judged_once_though_the_task_was_down_at_random(register, seed, rrule):
    chance = random.Random(seed)
    with time_machine.travel(FIRST - DAY, tick=False) as clock:
        routine = make(register, rrule=rrule, late_days=2)
        day = 0
        while day < 400:
            make_due()
            day += chance.choice([1, 1, 1, 2, 9, 30, 75])
            clock.move_to(FIRST - DAY + day * DAY)
        make_due()
        judged = sorted([*dues(routine), *dues(routine, Outcome.MISSED)])
        last = FIRST - DAY + day * DAY + AHEAD
    local = [due.astimezone(register.town.zone) for due in judged]
    assert len(set(judged)) == len(judged)
    assert {(each.hour, each.minute) for each in local} == {(10, 0)}
    days = [each.date() for each in local]
    steps = {(after - before).days for before, after in pairwise(days)}
    assert steps <= {"FREQ=WEEKLY": {7}, "FREQ=DAILY;INTERVAL=3": {3}}.get(rrule, {28, 35})
    assert judged[-1] <= last < judged[-1] + 36 * DAY
    made = Intervention.objects.filter(routine=routine)
    assert sorted(made.values_list("scheduled_start", flat=True)) == dues(routine)


def test_what_nobody_could_make_any_more_is_kept_as_missed(register):
    with time_machine.travel(FIRST - DAY, tick=False) as clock:
        routine = make(register, late_days=2)
        clock.move_to(FIRST + 8 * DAY)
        make_due()
    assert dues(routine, Outcome.MISSED) == [FIRST]
    assert dues(routine)[0] == FIRST + 7 * DAY


def test_running_twice_makes_nothing_twice(register):
    with time_machine.travel(FIRST - DAY, tick=False):
        make(register)
        assert make_due() == 9
        assert make_due() == 0
    assert Intervention.objects.count() == 9


def test_a_visit_planned_by_hand_within_the_window_stands_for_the_occurrence(register):
    with time_machine.travel(FIRST - DAY, tick=False):
        routine = make(register, early_days=2, auto_create_enabled=False)
        by_hand = register.curative(
            scheduled_start=FIRST - timedelta(hours=20), scheduled_end=FIRST - timedelta(hours=19)
        )
        Intervention.objects.filter(pk=by_hand.pk).update(routine=routine)
        ROUTINES.update(routine.pk, {"auto_create_enabled": True})
        make_due()
    assert routine.occurrences.get(due_at=FIRST).intervention == by_hand


def test_counted_from_the_last_visit_the_next_one_comes_once_that_is_done(register):
    with time_machine.travel(FIRST - DAY, tick=False) as clock:
        routine = make(register, base="completion", rrule="FREQ=MONTHLY")
        make_due()
        make_due()
        assert dues(routine) == [FIRST]
        visit = Intervention.objects.get(routine=routine)
        clock.move_to(FIRST + 5 * DAY)
        register.begin(visit.pk)
        register.execute(visit.pk)
        make_due()
    # 11 January, done; a month later, at the routine's own hour.
    assert dues(routine) == [FIRST, datetime(2026, 2, 11, 9, tzinfo=UTC)]


def test_another_rule_moves_what_nobody_confirmed_and_leaves_what_was_confirmed(register):
    with time_machine.travel(FIRST - DAY, tick=False):
        routine = make(register, creation_status="to_agree")
        make_due()
        confirmed = routine.occurrences.get(due_at=FIRST + 7 * DAY).intervention
        register.accept(confirmed.pk)
        ROUTINES.update(routine.pk, {"rrule": "FREQ=WEEKLY;BYDAY=FR"})
        make_due()
    starts = Intervention.objects.exclude(status=S.CANCELLED).order_by("scheduled_start")
    weekdays = [each.scheduled_start.weekday() for each in starts]
    assert weekdays.count(1) == 1
    assert starts[0] == confirmed
    assert set(weekdays[1:]) == {4}
    assert len({each.scheduled_start for each in starts}) == len(starts)


def test_a_cancelled_visit_holds_up_no_new_rule_and_does_not_come_again(register):
    with time_machine.travel(FIRST - DAY, tick=False):
        routine = make(register, creation_status="to_agree")
        make_due()
        last = routine.occurrences.order_by("due_at").last()
        register.cancel(last.intervention_id)
        ROUTINES.update(routine.pk, {"rrule": "FREQ=WEEKLY;BYDAY=TU,FR"})
        make_due()
    planned = Intervention.objects.exclude(status=S.CANCELLED).order_by("scheduled_start")
    starts = list(planned.values_list("scheduled_start", flat=True))
    assert starts[:3] == [FIRST, FIRST + 3 * DAY, FIRST + 7 * DAY]
    assert last.due_at not in starts
    assert Intervention.objects.filter(status=S.CANCELLED).count() == 1


def test_another_hour_makes_no_second_visit_on_the_day_of_one_that_is_confirmed(register):
    with time_machine.travel(FIRST - DAY, tick=False):
        routine = make(register)
        make_due()
        before = dues(routine)
        ROUTINES.update(routine.pk, {"start_at": FIRST + timedelta(hours=6)})
        make_due()
    assert dues(routine) == before


def test_another_time_zone_makes_no_second_visit_on_a_day(register):
    start = datetime(2026, 3, 3, 9, tzinfo=UTC)
    with time_machine.travel(start - DAY, tick=False):
        routine = make(register, start_at=start)
        make_due()
        before = dues(routine)
        type(register.town).objects.filter(pk=register.town.pk).update(time_zone="UTC")
        make_due()
    assert dues(routine) == before


def test_the_day_after_a_visit_counts_also_where_it_has_23_hours(register):
    start = datetime(2026, 3, 28, 9, tzinfo=UTC)
    with time_machine.travel(start - DAY, tick=False) as clock:
        routine = make(register, base="completion", rrule="FREQ=DAILY", start_at=start)
        make_due()
        clock.move_to(start + timedelta(hours=1))
        visit = Intervention.objects.get(routine=routine)
        register.begin(visit.pk)
        register.execute(visit.pk)
        make_due()
    assert dues(routine) == [start, start + timedelta(hours=23)]


def test_its_sites_are_in_its_history(register):
    routine = make(register)
    ROUTINES.update(routine.pk, {"sites": [register.site, make_site(register.town, "Gym")]})
    entries = [{one.site.name for one in entry.sites.all()} for entry in routine.history.order_by("-history_id")]
    assert entries[0] == {"École Pasteur", "Gym"}
    assert {"École Pasteur"} in entries


def test_the_rule_keeps_its_hour_on_both_nights_when_the_clocks_change(register):
    start = datetime(2026, 3, 21, 1, 30, tzinfo=UTC)
    with time_machine.travel(start - DAY, tick=False):
        routine = make(register, start_at=start, rrule="FREQ=WEEKLY")
        make_due()
    local = [due.astimezone(register.town.zone) for due in dues(routine)[:3]]
    # 02:30 is skipped on 29 March: no visit is on that day, as the rule comes on Saturdays.
    assert [(each.day, each.hour, each.minute) for each in local] == [(21, 2, 30), (28, 2, 30), (4, 2, 30)]


def test_a_routine_that_cannot_make_its_visit_says_why_and_others_go_on(register):
    with time_machine.travel(FIRST - DAY, tick=False):
        stuck, other = make(register), make(register, name="Doors")
        type(register.provider).objects.filter(pk=register.provider.pk).update(is_archived=True)
        ROUTINES.update(other.pk, {"assigned_company_contact": None})
        make_due()
    stuck.refresh_from_db()
    assert stuck.problem == "is archived"
    assert len(dues(other)) == 9


def test_what_nobody_foresaw_stops_one_routine_and_is_said_in_the_organizations_language(register, monkeypatch):
    town = Register("Lyon", language="fr")
    with time_machine.travel(FIRST - DAY, tick=False):
        archived, broken, other = make(town), make(register), make(register, name="Doors")
        type(town.provider).objects.filter(pk=town.provider.pk).update(is_archived=True)
        # A rule that another program wrote.
        Routine.objects.filter(pk=broken.pk).update(rrule="FREQ=WEEKLY;BYDAY=XX")
        make_due()
    archived.refresh_from_db()
    broken.refresh_from_db()
    assert archived.problem == "est archivé"
    assert "the log says why" in broken.problem
    assert len(dues(other)) == 9
