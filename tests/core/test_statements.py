"""Composed statements give what a plain queryset gives, in one statement each."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appointments.models import Customer
from core.inserts import insert
from core.models import OutboxMessage, Role
from core.models.history import write_new
from core.models.user import MEMBERSHIPS
from core.statements import Composed
from scheduling.api.community.base import ORGANIZATION
from scheduling.models import Close, SchedulingSettings
from tests.appointment_factories import make_customer, make_group
from tests.factories import make_close, make_member, make_organization

pytestmark = pytest.mark.django_db

CLOSES = Composed(
    lambda one, other: Close.objects.select_related("user", "closer").filter(pk__in=(one, other)).order_by("pk"), ids=2
)

BY_REASON = Composed(
    lambda organization, reason, start, end: (
        Close.objects.filter(organization=organization, reason=reason, created_at__gte=start, created_at__lt=end)
        .order_by("pk")
        .values_list("reason", "created_at", "state")
    ),
    texts=1,
    moments=2,
)


def values_of(row) -> dict:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def test_rows_and_what_they_name_are_those_of_the_queryset():
    organization = make_organization()
    wanted = [make_close(organization, reason="One"), make_close(organization, reason="Two")]
    make_close(organization, reason="Three")
    with CaptureQueriesContext(
        connection,
    ) as asked:
        found = CLOSES.all(wanted[0].pk, wanted[1].pk)
        people = [(values_of(close.user), values_of(close.closer)) for close in found]
    plain = list(Close.objects.filter(pk__in=[close.pk for close in wanted]).order_by("pk"))
    assert len(asked) == 1
    assert [values_of(close) for close in found] == [values_of(close) for close in plain]
    assert people == [(values_of(close.user), values_of(close.closer)) for close in plain]


def test_the_ids_of_a_later_call_are_its_own():
    first, second = make_organization(), make_organization()
    assert [ORGANIZATION.first(one.pk) for one in (first, second, first)] == [first, second, first]
    assert ORGANIZATION.first(second.pk + 1000) is None


def test_a_joined_row_that_is_not_there_is_none():
    bare, settled = make_organization(), make_organization()
    SchedulingSettings.objects.create(organization=settled, country="FR")
    assert not hasattr(ORGANIZATION.first(bare.pk), "scheduling_settings")
    assert ORGANIZATION.first(settled.pk).scheduling_settings.country == "FR"


def test_a_person_comes_with_all_roles():
    here, there = make_organization(), make_organization()
    person = make_member(here, Role.BASIC_STAFF)
    person.memberships.create(organization=there, role=Role.STUDENT)
    found = MEMBERSHIPS.all(person.pk)
    assert {one.organization_id: one.role for one in found} == {here.pk: "basic_staff", there.pk: "student"}
    assert values_of(found[0].user) == values_of(person)


def test_a_row_that_is_inserted_has_the_defaults_of_its_model():
    organization = make_organization()
    now = organization.created_at
    given = {"organization_id": organization.pk, "kind": "k", "address": "a@example.org", "entity": "e", "entity_id": 1}
    pk = insert(OutboxMessage, {**given, "due_at": now, "created_at": now})
    row = OutboxMessage.objects.get(pk=pk)
    plain = OutboxMessage(**given, due_at=now, created_at=now)
    own = {"id", "uuid", "organization"}
    assert all(
        getattr(row, f.attname) == getattr(plain, f.attname) for f in row._meta.concrete_fields if f.name not in own
    )
    assert row.uuid


def test_texts_and_moments_are_chosen_by_and_values_come_as_django_gives_them():
    organization = make_organization()
    wanted = make_close(organization, reason="Late, and %s \ue000")
    make_close(organization, reason="Other")
    moment, second = wanted.created_at, timedelta(seconds=1)
    assert BY_REASON.values(organization.pk, wanted.reason, moment, moment + second) == [
        (wanted.reason, moment, wanted.state)
    ]
    assert BY_REASON.values(organization.pk, wanted.reason, moment - second, moment) == []
    assert [row[0] for row in BY_REASON.rows(organization.pk, "Other", moment - second, moment + 9 * second)] == [
        "Other"
    ]


def test_a_constant_stands_in_the_statement_as_it_would_be_sent():
    organization = make_organization()
    make_close(organization, reason="Late")
    strange = make_close(organization, reason="50 % of 'it', %s \\")
    found = Composed(lambda pk: Close.objects.filter(organization=pk, reason=strange.reason).exclude(reason="%%"))
    assert found.all(organization.pk) == [strange]
    # Its organization alone is sent.
    assert len(found._composed[1]) == 1


def test_a_new_row_is_written_with_its_history_as_a_save_writes_it():
    group = make_group()
    saved = make_customer(group, lastname="Saved", email="")
    written = Customer(organization=group, lastname="Saved", firstname=saved.firstname)
    with CaptureQueriesContext(connection) as asked:
        write_new(written)
    assert len(asked) == (1 if connection.vendor == "postgresql" else 2)
    own = {"id", "created_at", "updated_at", "history_id", "history_date"}
    pairs = [
        (Customer.objects.get(pk=written.pk), saved),
        (Customer.history.get(id=written.pk), Customer.history.get(id=saved.pk)),
    ]
    for ours, plain in pairs:
        one, other = values_of(ours), values_of(plain)
        assert {name: one[name] for name in one if name not in own} == {
            name: other[name] for name in other if name not in own
        }
    written.firstname = "Changed"
    written.save()
    assert (written.version, Customer.history.filter(id=written.pk).count()) == (2, 2)
