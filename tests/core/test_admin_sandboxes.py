"""Sandboxes in the back office: made with a client, told from real data on every page."""

import pytest
from django.utils.html import escape

from core.admin.banners import SANDBOX
from core.mail import drain
from core.models import Application, Organization, OutboxMessage, Role
from core.organizations import twin_of
from scheduling.models import Close
from tests.back_office import browser, person, sent_form, url
from tests.factories import make_organization
from tests.notes import a_note

pytestmark = pytest.mark.django_db
CLIENT = "core_application"
MARK = ">Sandbox</span>"


@pytest.fixture
def paris():
    return make_organization("Paris")


@pytest.fixture
def administrator(paris):
    return person("ada", Role.ADMINISTRATOR, paris)


@pytest.fixture
def twin(paris, administrator):
    return twin_of(paris)


@pytest.fixture
def staff(administrator):
    return browser(administrator)


def client_form(*organizations, **values) -> dict:
    data = {"name": "Trial", "is_active": "on", "organizations": [place.pk for place in organizations]}
    data |= {"allowed_scopes": ["tig"], "authorization_grant_type": "client-credentials", "client_type": "confidential"}
    return data | values


def has_banner(page) -> bool:
    return escape(str(SANDBOX.text)) in page.content.decode()


def test_a_ticked_box_makes_a_sandbox_client_and_the_page_names_the_twins_id(staff, paris):
    page = staff.post(url(CLIENT, "add"), client_form(paris, is_sandbox="on"), follow=True).content.decode()
    made, twin = Application.objects.get(), Organization.objects.get(sandbox_of=paris)
    assert made.is_sandbox
    assert list(made.organizations.all()) == [twin]
    assert f"<code>{twin.pk}</code> Paris (sandbox)" in page


def test_its_form_names_the_organizations_and_keeps_the_kind(staff, paris, administrator):
    lyon = make_organization("Lyon")
    administrator.memberships.create(organization=lyon, role=Role.ADMINISTRATOR)
    staff.post(url(CLIENT, "add"), client_form(paris, is_sandbox="on"))
    made = Application.objects.get()
    form = sent_form(staff, url(CLIENT, "change", made.pk))
    assert "is_sandbox" not in form
    assert form["organizations"] == [paris.pk]
    data = client_form(paris, lyon, version=made.version, is_sandbox="")
    assert staff.post(url(CLIENT, "change", made.pk), data).status_code == 302
    made.refresh_from_db()
    assert made.is_sandbox
    assert {place.sandbox_of for place in made.organizations.all()} == {paris, lyon}


def test_a_client_for_real_data_is_not_offered_a_sandbox(staff, paris, twin):
    page = staff.get(url(CLIENT, "add"))
    assert list(page.context["adminform"].form.fields["organizations"].queryset) == [paris]
    answered = staff.post(url(CLIENT, "add"), client_form(twin))
    assert "organizations" in answered.context["adminform"].form.errors


def test_lists_mark_what_is_a_sandboxs(staff, paris, twin, administrator):
    real = Close.objects.filter(organization=paris)
    staff.post(url(CLIENT, "add"), client_form(paris, is_sandbox="on"))
    assert not real.exists()
    for model in ("scheduling_close", "core_organization", CLIENT, "core_clientusage"):
        assert MARK in staff.get(url(model, "changelist")).content.decode(), model


def test_who_sees_no_sandbox_is_shown_no_column_for_it(paris, twin):
    page = browser(person("bob", Role.BASIC_STAFF, paris)).get(url("scheduling_close", "changelist"))
    assert "sandbox" not in page.content.decode().lower()


def test_the_pages_of_a_sandbox_say_so(staff, paris, twin):
    close = Close.objects.get(organization=twin)
    assert has_banner(staff.get(url("scheduling_close", "change", close.pk)))
    assert has_banner(staff.get(url("core_organization", "change", twin.pk)))
    assert not has_banner(staff.get(url("core_organization", "change", paris.pk)))
    for name in ("scheduling_job_dispatch", "appointments_appointment_calendar"):
        page, query = url(*name.rsplit("_", 1)), {"organization": twin.pk}
        assert has_banner(staff.get(page, query)), name
        assert not has_banner(staff.get(page, {"organization": paris.pk})), name


def test_the_outbox_says_that_a_message_was_captured(staff, twin):
    row = a_note(twin)
    drain()
    row.refresh_from_db()
    assert row.state == OutboxMessage.State.CAPTURED
    page = staff.get(url("core_outboxmessage", "change", row.pk)).content.decode()
    assert "Captured: not sent" in page
    assert "Note 1" in page
    found = staff.get(url("core_outboxmessage", "changelist"), {"quick": "captured"})
    assert row.pk in [each.pk for each in found.context["cl"].result_list]


def test_a_captured_message_that_is_sent_again_is_captured_again(staff, twin, mailoutbox):
    row = a_note(twin)
    drain()
    staff.post(url("core_outboxmessage", "do", row.pk, "resend"))
    drain()
    rows = OutboxMessage.objects.filter(organization=twin, kind="test_note")
    assert [each.state for each in rows] == ["captured", "captured"]
    assert mailoutbox == []
