"""Composed statements give what a plain queryset gives, in one statement each."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.models import OutboxMessage, Role
from core.models.user import MEMBERSHIPS
from core.statements import Composed, insert
from scheduling.api.community.base import ORGANIZATION
from scheduling.models import Close, SchedulingSettings
from tests.factories import make_close, make_member, make_organization

pytestmark = pytest.mark.django_db

CLOSES = Composed(
    lambda one, other: Close.objects.select_related("user", "closer").filter(pk__in=(one, other)).order_by("pk"), ids=2
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
    SchedulingSettings.objects.create(organization=settled, retention_days=90)
    assert not hasattr(ORGANIZATION.first(bare.pk), "scheduling_settings")
    assert ORGANIZATION.first(settled.pk).scheduling_settings.retention_days == 90


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
