"""Erasing a person also takes the name from what others were sent, and from what colleagues search for."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from appointments.emails import queue_booked
from core.mail import drain
from core.models import Membership, OutboxMessage, Role, SavedView
from core.organizations import twin_of
from tests.appointment_factories import make_appointment, make_calendar, make_customer, make_group, make_service
from tests.core.commands import answer
from tests.core.life import everything
from tests.factories import make_member, make_organization
from tests.job_factories import make_contact, make_contact_person, make_job, make_resource

pytestmark = pytest.mark.django_db
BEFORE = {"start": timezone.now() - timedelta(days=2), "end": timezone.now() - timedelta(days=2, hours=-1)}


@pytest.fixture
def place():
    return make_group()


@pytest.fixture
def doctor(place):
    user = make_member(place, Role.BASIC_STAFF, "pmoreau", first_name="Paul", last_name="Moreau")
    user.changed(email="paul.moreau@example.org").save()
    return user


@pytest.fixture
def own(place, doctor):
    crew = make_resource(place, "Paul Moreau", user=doctor)
    return make_calendar(place, resource=crew, name="Consultations", publicname="Dr Moreau (knees)")


def sent(place, text: str, **values) -> OutboxMessage:
    about = make_job(place)
    return OutboxMessage.objects.create(
        organization=place,
        kind="job_scheduled",
        address="anne@example.org",
        entity=about._meta.label_lower,
        entity_id=about.pk,
        due_at=timezone.now(),
        text=text,
        **{"subject": "Visit", "state": OutboxMessage.State.SENT, **values},
    )


def text_of(message: OutboxMessage) -> str:
    return OutboxMessage.objects.get(pk=message.pk).text


def test_a_mail_that_a_customer_got_names_him_no_more(place, own):
    visit = make_appointment(own, make_customer(place, email="anne@example.org"), make_service(place, own))
    queue_booked(visit)
    drain()
    assert "With: Dr Moreau (knees)" in mail.outbox[0].body
    type(visit).objects.filter(pk=visit.pk).update(**BEFORE)
    rehearsed = answer("erase_person", "pmoreau", "--dry-run")
    counts = answer("erase_person", "pmoreau")["counts"]
    assert rehearsed["counts"] == counts
    assert counts["named_in_messages"] == 1
    told = OutboxMessage.objects.get()
    assert "With: anonymised\n" in told.text
    assert (told.state, told.address) == ("sent", "anne@example.org")
    assert "moreau" not in everything()


def test_every_text_of_a_message_is_looked_through(place, doctor):
    said = {"subject": "Paul Moreau comes", "error": "no box of PAUL.MOREAU@example.org"}
    said["params"] = {"names": ["Paul Moreau"]}
    message = sent(place, "Your contact: Paul Moreau, paul.moreau@example.org.", **said)
    answer("erase_person", "pmoreau", "--organization", str(place.pk))
    message.refresh_from_db()
    assert message.text == "Your contact: anonymised, anonymised."
    assert (message.subject, message.error) == ("anonymised comes", "no box of anonymised")
    assert message.params == {"names": ["anonymised"]}


def test_a_name_that_a_row_had_before_is_found_too(place, own, doctor):
    own.changed(publicname="Dr M.").save()
    doctor.changed(last_name="Moreau-Vidal").save()
    before, account = sent(place, "With: Dr Moreau (knees)"), sent(place, "From Paul Moreau")
    answer("erase_person", "pmoreau")
    assert (text_of(before), text_of(account)) == ("With: anonymised", "From anonymised")


def test_a_calendar_that_was_handed_on_keeps_the_name_that_it_has_kept(place, own):
    handed = make_calendar(place, resource=own.resource, name="Dr Moreau", publicname="Room 3 upstairs")
    handed.changed(resource=make_resource(place, "Ines"), name="Dr Petit").save()
    message = sent(place, "Dr Moreau, Room 3 upstairs")
    answer("erase_person", "pmoreau")
    assert text_of(message) == "anonymised, Room 3 upstairs"


@pytest.mark.parametrize(
    "text", ["Paul Moreau-Vidal", "Jean-Paul Moreau", "Paul Moreaux", "jean.paul.moreau@example.org", "Li: Liste"]
)
def test_a_name_in_another_one_stays(place, doctor, text):
    make_resource(place, "Li", user=doctor)
    message = sent(place, text)
    answer("erase_person", "pmoreau")
    assert text_of(message) == text


def test_other_organizations_keep_their_messages(place, own, doctor):
    elsewhere = make_organization()
    Membership.objects.create(user=doctor, organization=elsewhere, role=Role.STUDENT)
    there, unknown = sent(elsewhere, "Paul Moreau"), sent(make_organization(), "Dr Moreau (knees), Paul Moreau")
    answer("erase_person", "pmoreau", "--organization", str(place.pk))
    assert text_of(there) == "Paul Moreau"
    answer("erase_person", "pmoreau")
    assert (text_of(there), text_of(unknown)) == ("anonymised", "Dr Moreau (knees), Paul Moreau")


def test_the_sandbox_forgets_the_name_too(place, doctor):
    twin = twin_of(place)
    make_resource(twin, "Paul Moreau", user=doctor)
    captured = sent(twin, "Paul Moreau comes", state=OutboxMessage.State.CAPTURED)
    answer("erase_person", "pmoreau", "--organization", str(place.pk))
    assert text_of(captured) == "anonymised comes"


def test_a_contact_person_is_forgotten_in_mails_of_a_job_that_is_anothers_now(place):
    person = make_contact_person(make_contact(place), "Rose Ray", email="rose@example.org")
    message = sent(place, "Ask for Rose Ray (Rose@Example.org)")
    answer("erase_person", f"contact_persons:{person.pk}")
    assert text_of(message) == "Ask for anonymised (anonymised)"


def view(user, name, query) -> SavedView:
    return SavedView.objects.create(user=user, list="core.user", name=name, query_string=query)


def test_a_colleagues_search_for_him_goes_and_the_rest_of_the_view_stays(place, doctor):
    ines, max_ = make_member(place, Role.BASIC_STAFF, "ines"), make_member(make_organization(), login="max")
    mixed, whole = view(ines, "Mine", "q=MOREAU+2024&o=-1&is_active="), view(ines, "All", "q=paul.moreau%40example.org")
    titled, other = view(ines, "for Moreau", "o=2"), view(ines, "Lists", "q=moreaux+liste")
    elsewhere = view(max_, "There", "q=moreau")
    assert answer("erase_person", "pmoreau", "--organization", str(place.pk))["counts"]["named_in_views"] == 3
    kept = dict(SavedView.objects.values_list("pk", "query_string"))
    assert kept == {mixed.pk: "o=-1&is_active=", other.pk: "q=moreaux+liste", elsewhere.pk: "q=moreau"}
    assert not {whole.pk, titled.pk} & set(kept)
