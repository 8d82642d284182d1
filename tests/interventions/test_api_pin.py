"""The code PIN at the API's door: one and the same refusal, locks that grow, and where it is never to be read [30]."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.mail import drain
from core.models import OutboxMessage
from interventions.models import Intervention, InterventionStatus, PinTries
from interventions.services.pins import begin_with_pin, pin_of
from tests.core.test_queries import is_bookkeeping
from tests.factories import make_token
from tests.intervention_factories import png
from tests.interventions.visits import RS, SESSIONS, Visits, data_url, statement
from tests.interventions.wire import SessionCaller, data, error, make_app

pytestmark = pytest.mark.django_db
S = InterventionStatus
MINUTES = timedelta(minutes=1)


@pytest.fixture
def visits():
    return Visits()


def wrong_for(visit: Intervention) -> int:
    return 100_000 + (pin_of(visit) - 100_000 + 1) % 900_000


def enter(visits, pk: int, pin: int, bearer: SessionCaller | None = None):
    return (bearer or visits.bearer).post(SESSIONS, {"interventionId": pk, "codePin": pin})


def fail(visits, visit: Intervention, times: int, bearer: SessionCaller | None = None) -> None:
    for _ in range(times):
        error(enter(visits, visit.pk, wrong_for(visit), bearer), 401)


def test_wrong_pin_wrong_id_ended_foreign_and_draft_answer_alike_after_the_same_work(visits):
    planned, ended, draft = (visits.in_state(state) for state in (S.PLANNED, S.CANCELLED, S.DRAFT))
    foreign, locked = Visits("Elsewhere").in_state(S.PLANNED), visits.in_state(S.PLANNED)
    fail(visits, locked, 5)
    asked = {
        "wrong PIN": (planned.pk, wrong_for(planned)),
        "wrong id": (10**9, 123456),
        "ended": (ended.pk, 123456),
        "draft": (draft.pk, pin_of(draft)),
        "foreign": (foreign.pk, pin_of(foreign)),
        "locked": (locked.pk, pin_of(locked)),
    }
    found = {}
    for name, (pk, pin) in asked.items():
        with CaptureQueriesContext(connection) as queries:
            response = enter(visits, pk, pin)
        body = error(response, 401)
        found[name] = (str(body), sum(not is_bookkeeping(query["sql"]) for query in queries))
    assert len(set(found.values())) == 1, found


def test_five_wrong_tries_lock_the_visit_for_this_application_alone(visits):
    visit, other = visits.in_state(S.PLANNED), visits.in_state(S.PLANNED)
    fail(visits, visit, 5)
    error(enter(visits, visit.pk, pin_of(visit)), 401)
    assert data(enter(visits, other.pk, pin_of(other)), 201)
    second = SessionCaller(make_token(make_app(visits.town)))
    assert data(enter(visits, visit.pk, pin_of(visit), second), 201)


def test_nobody_locks_a_signed_link_from_outside(visits):
    visit = visits.in_state(S.PLANNED)
    fail(visits, visit, 6)
    assert begin_with_pin(visit.pk, pin_of(visit)).status == S.IN_PROGRESS


def test_a_lock_ends_after_fifteen_minutes_and_the_next_one_takes_twice_as_long(visits):
    visit, start = visits.in_state(S.PLANNED), timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        for minutes in (15, 30, 60):
            fail(visits, visit, 5)
            locked = timezone.now()
            clock.move_to(locked + minutes * MINUTES - timedelta(seconds=1))
            error(enter(visits, visit.pk, pin_of(visit)), 401)
            clock.move_to(locked + minutes * MINUTES)
            # What was wrong an hour ago locks this application's door no longer.
            clock.move_to(locked + max(minutes, 61) * MINUTES)
        assert data(enter(visits, visit.pk, pin_of(visit)), 201)


def test_a_lock_is_never_longer_than_a_day(visits):
    visit = visits.in_state(S.PLANNED)
    fail(visits, visit, 1)
    PinTries.objects.filter(intervention=visit).update(wrong=4, locks=30)
    fail(visits, visit, 1)
    locked = PinTries.objects.get(intervention=visit).locked_until
    assert timedelta(hours=23, minutes=59) < locked - timezone.now() <= timedelta(hours=24)


def test_twenty_wrong_tries_in_an_hour_lock_the_applications_door(visits):
    visit = visits.in_state(S.PLANNED)
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        for number in range(20):
            error(enter(visits, 10**9 + number, 123456), 401)
        error(enter(visits, visit.pk, pin_of(visit)), 401)
        clock.move_to(start + 61 * MINUTES)
        assert data(enter(visits, visit.pk, pin_of(visit)), 201)


def test_whoever_goes_on_to_try_ids_behind_a_locked_door_leaves_no_rows(visits):
    for number in range(25):
        enter(visits, 10**9 + number, 123456)
    assert PinTries.objects.count() == 21


def test_a_right_pin_forgets_the_wrong_ones_before_it(visits):
    visit = visits.in_state(S.PLANNED)
    fail(visits, visit, 4)
    assert data(enter(visits, visit.pk, pin_of(visit)), 201)
    fail(visits, visit, 4)
    assert data(enter(visits, visit.pk, pin_of(visit)), 201)


def test_it_is_read_in_no_log_no_list_no_e_mail_no_history_and_by_no_provider(visits, log, mailoutbox):
    visit = visits.in_state(S.PROPOSED)
    pin = str(pin_of(visit))
    data(visits.staff.patch(f"{RS}/curative/{visit.pk}", {"scheduledEnd": "2026-12-01T12:00:00Z"}))
    visits.staff.post(f"{RS}/{visit.pk}/emails/informations", {"email": "ada@example.org"})
    visits.staff.post(f"{RS}/{visit.pk}/emails/signature", {"email": "ada@example.org"})
    drain()
    visits.accept(visit.pk)
    fail(visits, visit, 1)
    provider = visits.enter_pin(visit.pk)
    answers = [
        provider.get(f"{RS}/{visit.pk}"),
        visits.staff.get(RS),
        visits.staff.get("/interventions-anomalies/v1/rs"),
    ]
    answers.append(provider.patch("/interventions/v2/mb/execute", statement(signature={"dataUrl": data_url(png())})))
    answers.append(visits.staff.get(f"{RS}/{visit.pk}/report"))
    drain()
    shown = [log.getvalue(), *(str(one.message()) for one in mailoutbox), *(str(one.content) for one in answers)]
    shown += [str(list(OutboxMessage.objects.values())), str(list(Intervention.history.values()))]
    assert [text for text in shown if pin in text] == []
    assert len(mailoutbox) >= 4
