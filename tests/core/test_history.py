"""The audit trail as the API leaves it: who, when, what from what to what, by which door, in which request."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from core.clients import renew_secret
from core.models import Application, Role, User
from scheduling.models import Close, CommunityService
from tests import api
from tests.back_office import browser, url
from tests.factories import make_client, make_close, make_community_service, make_member, make_organization, make_token

pytestmark = pytest.mark.django_db
URL = "/v2/community_services"


@pytest.fixture
def organization():
    return make_organization()


@pytest.fixture
def application(organization):
    return make_client(organization, roles=[Role.ADVANCED_STAFF])


@pytest.fixture
def program(application):
    return api.Caller(make_token(application))


@pytest.fixture
def person(organization):
    return make_member(organization, Role.ADVANCED_STAFF)


@pytest.fixture
def service(organization):
    return make_community_service(make_close(organization))


def last(model):
    return model.history.order_by("-history_id").first()


def test_a_creation_by_an_application_names_it_the_door_and_the_request(program, application):
    program.post(URL, {"community_service": {"duration": 60}}, X_Request_Id="made-here")
    record = last(CommunityService)
    assert (record.history_type, record.door, record.request_id) == ("+", "api", "made-here")
    assert (record.application_id, record.history_user_id) == (application.pk, None)


def test_a_change_by_a_person_names_the_person_and_the_application(person, application, service):
    api.person(person, application).patch(f"{URL}/{service.pk}", {"community_service": {"duration": 60}})
    record = last(CommunityService)
    assert (record.history_user_id, record.application_id, record.door) == (person.pk, application.pk, "api")


def test_a_change_shows_what_was_and_what_is(program, service):
    change = {"community_service": {"duration": 60, "occupation": "Mop"}}
    program.patch(f"{URL}/{service.pk}", change)
    new, old = service.history.order_by("-history_id")[:2]
    delta = new.diff_against(old, excluded_fields={"updated_at", "version"})
    assert {(change.field, change.old, change.new) for change in delta.changes} == {
        ("duration", 7200, 60),
        ("occupation", "Clean the kitchen", "Mop"),
    }


@pytest.mark.parametrize(
    ("method", "path", "model", "kind"),
    [
        ("PUT", "community_services/{service}/validate", CommunityService, "~"),
        ("PUT", "community_services/{service}/invalidate", CommunityService, "~"),
        ("DELETE", "community_services/{service}", CommunityService, "-"),
        ("PUT", "closes/{close}/unclose", Close, "~"),
        ("DELETE", "closes/{close}", Close, "-"),
        ("DELETE", "closes/{close}", CommunityService, "-"),
    ],
)
def test_every_kind_of_change_leaves_one_record(program, application, service, method, path, model, kind):
    before = model.history.count()
    path = "/v2/" + path.format(service=service.pk, close=service.close_id)
    assert program.call(method, path, X_Request_Id="this-one").status_code == 204
    assert model.history.count() == before + 1
    record = last(model)
    assert (record.history_type, record.request_id, record.application_id) == (kind, "this-one", application.pk)


def test_the_close_that_a_date_uncloses_has_a_record_of_the_same_request(program, organization):
    close = make_close(organization)
    service = make_community_service(close)
    day = (timezone.now() + timedelta(days=3)).isoformat()
    program.patch(f"{URL}/{service.pk}", {"community_service": {"schedule_at": day}}, X_Request_Id="both")
    assert last(Close).state == "unclose"
    assert last(Close).request_id == last(CommunityService).request_id == "both"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "community_services/{service}", {"community_service": {"duration": 0}}),
        ("PATCH", "community_services/{service}", {"community_service": {"duration": 7200}}),
        ("PATCH", "closes/{close}", {"close": {"reason": "x", "kind": "x"}}),
        ("PUT", "closes/{close}/close", None),
        ("PATCH", "closes/{close}", {"close": {"community_services_attributes": [{"duration": 1}]}}),
    ],
)
def test_what_is_refused_or_changes_nothing_leaves_no_record(program, service, method, path, body):
    counts = (Close.history.count(), CommunityService.history.count())
    program.call(method, "/v2/" + path.format(service=service.pk, close=service.close_id), body)
    assert (Close.history.count(), CommunityService.history.count()) == counts


def test_one_request_does_not_name_the_next_ones_actor(program, person, application, service):
    program.patch(f"{URL}/{service.pk}", {"community_service": {"duration": 60}})
    service.refresh_from_db()
    service.occupation = "by hand"
    service.save()
    record = last(CommunityService)
    assert (record.door, record.application_id, record.request_id) == ("", None, "")


def test_a_client_that_was_deleted_is_still_named_by_its_number(program, person, application, service):
    program.patch(f"{URL}/{service.pk}", {"community_service": {"duration": 60}})
    number = application.pk
    application.delete()
    assert last(CommunityService).application_id == number
    page = browser(person).get(url("scheduling_communityservice", "history", service.pk)).content.decode()
    assert f"#{number}" in page


def test_a_log_in_leaves_no_record_and_the_version_as_it_was(person):
    person.set_password("correct-horse-9")
    person.save()
    before = (person.version, User.history.count())
    assert Client().login(login=person.login, password="correct-horse-9")
    person.refresh_from_db()
    assert (person.version, User.history.count()) == before
    assert person.last_login is not None


def test_a_new_secret_is_told_without_being_shown(organization, application):
    renew_secret(application.pk)
    record = last(Application)
    assert record.history_change_reason == "new secret"
    boss = make_member(organization, Role.ADMINISTRATOR)
    page = browser(boss).get(url("core_application", "history", application.pk)).content.decode()
    assert "new secret" in page


def test_secrets_are_not_copied_into_the_history(application, person):
    copied = {field.name for model in (application, person) for field in model.history.model._meta.get_fields()}
    assert not copied & {"client_secret", "password", "last_login"}
