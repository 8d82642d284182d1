"""erase_person: nothing tells of the person any more, what took place stays."""

import json

import pytest
from django.core.management.base import CommandError

from core.models import IdempotencyKey, Membership, OutboxMessage, Role, User, WebhookDelivery
from core.organizations import twin_of
from core.people import PLACEHOLDER_LOGIN
from interventions.models import Execution, PdfReport
from scheduling.models import BusyInterval, Close, Contest, Resource
from tests.core.commands import answer, run
from tests.core.life import EMAIL, everything, live, marks_in, sessions_of
from tests.factories import make_close, make_member, make_organization, make_person
from tests.webhooks.wire import answered_delivery

pytestmark = pytest.mark.django_db


def test_nothing_of_an_erased_account_is_in_any_table():
    life = live()
    before = marks_in(everything())
    assert len(before) > 25, before
    told = answer("erase_person", "zqlogin")
    assert marks_in(everything()) == {}
    assert told["account"] == "erased"
    assert not User.objects.filter(pk=life.user.pk).exists()
    assert sessions_of(life.user) == 0
    assert bytes(PdfReport.objects.get().content) == b""


def test_what_took_place_stays():
    life = live()
    kept = list(BusyInterval.objects.order_by("pk").values())
    answer("erase_person", "zqlogin")
    close, job, visit = (life.rows[name] for name in ("close", "job", "visit"))
    after = Close.objects.get(pk=close.pk)
    assert (after.state, after.kind, after.created_at) == ("unclose", "other", close.created_at)
    assert (after.user.login, after.closer.login) == (PLACEHOLDER_LOGIN, "bruno")
    assert Contest.objects.get(close=close).state == "pending"
    job.refresh_from_db()
    assert (job.status, job.resource, job.result) == ("completed_ok", life.rows["crew"], "")
    assert list(BusyInterval.objects.order_by("pk").values()) == kept
    assert visit.steps.get().status == "executed"
    assert Execution.objects.get().outcomes[0] == {"anomaly": life.rows["anomaly"].pk, "action": "done", "comment": ""}
    life.rows["appointment"].refresh_from_db()
    assert not life.rows["appointment"].is_deleted


def test_rows_about_others_keep_their_texts_and_name_nobody():
    life = live()
    other = life.rows["close_of_other"]
    answer("erase_person", "zqlogin")
    other.refresh_from_db()
    assert (other.reason, other.closer.login) == ("Somebody else's", PLACEHOLDER_LOGIN)
    assert not Close.history.filter(closer=life.user).exists()
    assert "bruno@example.org" in everything()


def test_a_dry_run_counts_the_same_and_writes_nothing():
    live()
    before = everything()
    rehearsed = answer("erase_person", "zqlogin", "--dry-run")
    assert everything() == before
    done = answer("erase_person", "zqlogin")
    assert {**done, "dry_run": True} == rehearsed
    assert done["counts"]["closes"] == 2
    assert done["counts"]["stored_answers"] == 1


def test_a_second_time_finds_nobody():
    live()
    answer("erase_person", EMAIL)
    before = everything()
    assert answer("erase_person", EMAIL)["counts"] == {}
    with pytest.raises(CommandError, match="Nobody has this login"):
        run("erase_person", "zqlogin")
    assert everything() == before


def test_a_stored_answer_that_told_of_him_is_not_given_again():
    live()
    assert IdempotencyKey.objects.exclude(answer=None).count() == 1
    answer("erase_person", "zqlogin")
    assert IdempotencyKey.objects.get().answer is None


def test_what_a_webhooks_receiver_answered_about_him_is_emptied():
    life, elsewhere = live(), make_organization()
    told = answered_delivery(life.organization, '{"saved": "ZOEQUARTZ"}')
    escaped = answered_delivery(life.organization, json.dumps({"saved": "zqtext ré"}))
    silent, others = answered_delivery(life.organization, "ok"), answered_delivery(elsewhere, "zoequartz is known here")
    Close.objects.get(pk=life.rows["close"].pk).changed(reason="zqtext ré").save()
    counts = answer("erase_person", "zqlogin", "--organization", str(life.organization.pk))["counts"]
    assert counts["delivery_answers"] == 2
    bodies = dict(WebhookDelivery.objects.values_list("pk", "answer_body"))
    assert (bodies[told.pk], bodies[escaped.pk], bodies[silent.pk]) == ("", "", "ok")
    assert bodies[others.pk] == "zoequartz is known here"


def test_messages_to_him_are_not_sent_any_more():
    life = live()
    OutboxMessage.objects.filter(address=EMAIL).update(state=OutboxMessage.State.SENDING)
    answer("erase_person", "zqlogin")
    mine = OutboxMessage.objects.filter(address="anonymised@example.invalid")
    assert set(mine.values_list("state", flat=True)) == {"cancelled"}
    assert life.other.email not in set(mine.values_list("address", flat=True))


def test_a_member_of_two_organizations_is_erased_in_one_alone():
    life, elsewhere = live(), make_organization()
    Membership.objects.create(user=life.user, organization=elsewhere, role=Role.STUDENT)
    there = make_close(elsewhere, student=life.user, reason="zqtext elsewhere", state="unclose")
    told = answer("erase_person", "zqlogin", "--organization", str(life.organization.pk))
    assert told["account"] == "kept"
    there.refresh_from_db()
    assert (there.user, there.reason) == (life.user, "zqtext elsewhere")
    assert Close.objects.get(pk=life.rows["close"].pk).user.login == PLACEHOLDER_LOGIN
    assert [one.organization for one in life.user.memberships.all()] == [elsewhere]
    where = set(marks_in(everything()))
    # The account itself, its log-ins, and the other organization's rows.
    assert {"scheduling_contactperson", "appointments_customer", "interventions_execution"}.isdisjoint(where)
    assert {"core_user", "scheduling_close"} <= where


def test_the_account_goes_with_its_last_organization():
    life = live()
    told = answer("erase_person", "zqlogin", "--organization", str(life.organization.pk))
    assert told["account"] == "erased"
    assert marks_in(everything()) == {}


def test_the_account_of_who_is_known_besides_in_the_sandbox_alone_goes_too():
    life = live()
    twin = twin_of(life.organization)
    Membership.objects.create(user=life.user, organization=twin, role=Role.ADMINISTRATOR)
    tried = make_close(twin, student=life.user, reason="zqtext trial", state="close")
    told = answer("erase_person", "zqlogin", "--organization", str(life.organization.pk))
    assert (told["account"], told["in_the_way"]) == ("erased", [])
    assert marks_in(everything()) == {}
    tried.refresh_from_db()
    assert (tried.state, tried.reason) == ("unclose", "anonymised")


def test_who_is_known_in_the_sandbox_alone_is_erased_with_it():
    place = make_organization()
    make_member(twin_of(place), Role.BASIC_STAFF, "trier")
    assert answer("erase_person", "trier", "--organization", str(place.pk))["account"] == "erased"
    assert not User.objects.filter(login="trier").exists()


def test_an_account_that_another_organization_still_names_is_kept():
    life = live()
    make_close(make_organization(), student=life.user, state="unclose")
    told = answer("erase_person", "zqlogin", "--organization", str(life.organization.pk))
    assert told["account"] == "kept"


def test_somebody_without_an_account_is_known_by_the_address():
    life = live()
    User.objects.filter(pk=life.user.pk).update(email="other@example.org")
    User.history.filter(id=life.user.pk).update(email="other@example.org")
    told = answer("erase_person", EMAIL.upper())
    assert told["account"] == "none"
    kinds = {"customers", "appointments", "contact_persons", "company_contacts", "executions", "resources"}
    assert kinds <= set(told["counts"])
    assert EMAIL not in everything()
    assert User.objects.filter(login="zqlogin").exists()


def test_an_address_of_several_accounts_finds_none_of_them():
    for login in ("ada", "mara"):
        make_person(login, email="desk@example.org")
    with pytest.raises(CommandError, match="ada, mara"):
        run("erase_person", "desk@example.org")
    crew = Resource.objects.create(organization=make_organization(), name="Desk", email="desk@example.org")
    answer("erase_person", "ada")
    crew.refresh_from_db()
    assert crew.name == "Desk"


def test_a_row_that_was_handed_to_another_student_is_the_others():
    place = make_organization()
    gone, student = make_member(place, login="gone"), make_member(place, login="sam")
    close = make_close(place, student=gone, reason="Mistaken", state="unclose")
    close.changed(user=student, reason="Noise").save()
    answer("erase_person", "gone")
    close.refresh_from_db()
    assert (close.user, close.reason) == (student, "Noise")
    assert [record.reason for record in close.history.order_by("history_id")] == ["anonymised", "Noise"]
    assert {record.user.login for record in close.history.all()} == {PLACEHOLDER_LOGIN, "sam"}


def test_the_text_for_people_says_what_is_left_to_do():
    life = live()
    life.rows["close"].changed(state="close").save()
    text = run("erase_person", "zqlogin", "--dry-run")
    assert f"Close {life.rows['close'].pk} is in force" in text
    assert "Account: erased" in text


def test_a_row_without_an_address_is_named_by_its_number():
    life = live()
    contact = life.rows["person"].contact
    nameless = contact.persons.create(organization=life.organization, name="Marie", phone="112")
    assert answer("erase_person", f"contact_persons:{nameless.pk}")["counts"]["contact_persons"] == 1
    nameless.refresh_from_db()
    assert (nameless.name, nameless.phone) == ("anonymised", "")
    life.rows["person"].refresh_from_db()
    assert life.rows["person"].email == EMAIL
    for unknown in (f"contact_persons:{nameless.pk + 1000}", "customers:x", "closes:1"):
        with pytest.raises(CommandError, match=r"There is no such row|Nobody has this login"):
            run("erase_person", unknown)
