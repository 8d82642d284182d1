import csv
import io
import re

import pytest
from django.contrib import admin
from openpyxl import load_workbook

from core.models import Role, SavedView, User
from tests.back_office import PASSWORD, browser, close_of, errors_of, organization, person, url

pytestmark = pytest.mark.django_db
PAGES = [
    "/admin/",
    "/admin/scheduling/close/",
    "/admin/scheduling/close/add/",
    "/admin/scheduling/communityservice/",
    "/admin/scheduling/communityservice/add/",
    "/admin/scheduling/contest/",
    "/admin/scheduling/schedulingsettings/",
    "/admin/interventions/intervention/",
    "/admin/interventions/intervention/add/",
    "/admin/interventions/anomaly/",
    "/admin/interventions/routine/add/",
    "/admin/svctasks/servicetask/",
    "/admin/svctasks/servicetask/add/",
    "/admin/svctasks/servicescript/add/",
    "/admin/svctasks/servicerun/",
    "/admin/svctasks/workersite/",
    "/admin/scheduling/workday/add/",
    "/admin/core/user/",
    "/admin/core/user/add/",
    "/admin/core/organization/",
    "/admin/core/application/",
    "/admin/core/application/add/",
    "/admin/core/outboxmessage/",
    "/admin/password_change/",
]


@pytest.fixture
def paris():
    return organization()


@pytest.fixture
def administrator(paris):
    return person("ada", Role.ADMINISTRATOR, paris, first_name="Ada")


@pytest.mark.parametrize("address", PAGES)
def test_every_page_keeps_the_policy(administrator, address):
    """No inline script or style, nothing from elsewhere."""
    response = browser(administrator).get(address)
    assert response.status_code == 200
    assert "default-src 'self'" in response["Content-Security-Policy"]
    page = response.content.decode()
    assert not re.findall(r"<style|<script(?![^>]*\bsrc=)[^>]*>|\sstyle=|\son\w+=", page)
    assert not re.findall(r"(?:src|href)=\"(?:https?:)?//", page)


def test_the_theme_is_the_last_of_the_style_sheets(administrator):
    page = browser(administrator).get("/admin/scheduling/close/add/").content.decode()
    sheets = re.findall(r'href="/static/([^"]+\.css)"', page)
    assert sheets[-3:] == ["core/theme.css", "core/forms.css", "core/narrow.css"]


def sections(user) -> dict:
    page = browser(user).get("/admin/")
    return {str(section.title): [str(link.label) for link in section.items] for section in page.context["navigation"]}


def test_the_sidebar_is_by_task_and_by_role(administrator, paris):
    assert sections(administrator) == {
        "Community service": ["Closes", "Community services", "Contests"],
        "Appointments": ["Calendar of appointments", "Appointments", "Customers", "Waiting list", "Calendar events"],
        "Jobs": ["Dispatch board", "Jobs", "Recurring jobs", "Contacts"],
        "Safety register": ["Interventions", "Anomalies", "Routines", "Reports"],
        "People and vehicles": ["Resources", "Absences", "Timetables"],
        "People": ["People", "Memberships"],
        "Messages": ["Outbox"],
        "Service tasks": ["Service tasks", "Runs", "Service scripts", "Worker sites"],
        "Set-up of jobs": ["Job types", "Job categories", "Contact groups", "Custom fields"],
        "Set-up of appointments": [
            *("Calendars", "Calendar sets", "Services", "Service sets", "Booking rules", "Holds", "Calendar feeds"),
        ],
        "Set-up of interventions": ["Sites", "Company contacts"],
        "Integrations": ["API keys", "Clients", "Client usage", "Webhooks", "Deliveries", "Events"],
        "Set-up": ["Scheduling settings", "Special working days", "Organizations"],
    }
    assert "Integrations" not in sections(person("ben", Role.BASIC_STAFF, paris))


def test_cards_count_what_their_list_shows(administrator, paris):
    student = person("lea", Role.STUDENT, paris)
    close_of(student, administrator, paris, {"duration": 7200, "occupation": ""}, {"duration": 7200, "occupation": ""})
    lyon = organization("Lyon")
    close_of(person("xav", Role.STUDENT, lyon), person("leo", Role.BASIC_STAFF, lyon), lyon, {"duration": 7200})
    client = browser(administrator)
    cards = client.get("/admin/").context["cards"]
    assert {str(card.label): card.value for card in cards} == {
        "Services today": 0,
        "Overdue": 0,
        "Unassigned": 2,
        "Waiting for a date": 2,
        "Contests to decide": 0,
        "Failed messages": 0,
        "Jobs to plan": 0,
        "Jobs today": 0,
        "Overdue jobs": 0,
        "Job conflicts": 0,
        "Appointments today": 0,
        "Appointments to confirm": 0,
        "Appointments to look at": 0,
        "Customers waiting": 0,
        "Interventions to verify": 0,
        "Overdue interventions": 0,
        "Anomalies without an intervention": 0,
        "Overdue anomalies": 0,
        "Failed tasks today": 0,
    }
    for card in cards:
        assert client.get(card.url).context["cl"].result_count == card.value


def test_the_dashboard_asks_a_fixed_number_of_queries(administrator, paris, django_assert_max_num_queries):
    student = person("lea", Role.STUDENT, paris)
    for _ in range(5):
        close_of(student, administrator, paris, {"duration": 7200, "occupation": "A"})
    client = browser(administrator)
    # Eight of them are the safety register's: four counts, two queues and two charts. Three are those of service tasks:
    # a count, and whether a dispatcher is at work. One asks whether a secret or a key expires, one for webhooks that
    # fail.
    with django_assert_max_num_queries(36):
        client.get("/admin/")


@pytest.mark.parametrize(
    "model", ["scheduling_close", "scheduling_communityservice", "core_user", "core_outboxmessage"]
)
def test_a_list_asks_a_fixed_number_of_queries(administrator, paris, model, django_assert_max_num_queries):
    client = browser(administrator)
    for number in range(12):
        student = person(f"s{number}", Role.STUDENT, paris)
        close_of(student, administrator, paris, {"duration": 7200, "occupation": "A"})
    with django_assert_max_num_queries(16):
        assert client.get(url(model, "changelist")).context["cl"].result_count >= 12


def test_a_view_is_saved_under_a_name_and_forgotten(administrator):
    client = browser(administrator)
    keep, forget = url("scheduling_close", "keep_view"), url("scheduling_close", "forget_view")
    client.post(keep, {"name": "Absent", "query_string": "kind__exact=agu"})
    client.post(keep, {"name": "Absent", "query_string": "kind__exact=agu&quick=closed"})
    (view,) = SavedView.objects.all()
    assert view.query_string == "kind__exact=agu&quick=closed"
    page = client.get(url("scheduling_close", "changelist")).content.decode()
    assert 'href="?kind__exact=agu&amp;quick=closed"' in page
    client.post(forget, {"id": view.pk})
    assert not SavedView.objects.exists()


def test_a_saved_view_is_its_owners_alone(administrator, paris):
    view = SavedView.objects.create(user=administrator, list="scheduling.close", name="Mine", query_string="")
    other = browser(person("ben", Role.BASIC_STAFF, paris))
    assert "Mine</a>" not in re.sub(
        r'quick=mine"[^<]*<', "", other.get(url("scheduling_close", "changelist")).content.decode()
    )
    other.post(url("scheduling_close", "forget_view"), {"id": view.pk})
    assert SavedView.objects.count() == 1


@pytest.fixture
def spiteful(administrator, paris):
    """A close whose reason would be a formula in a spreadsheet."""
    return close_of(
        person("lea", Role.STUDENT, paris), administrator, paris, reason='=HYPERLINK("http://x")', kind="agu"
    )


def test_the_csv_holds_the_filtered_list_without_formulas(administrator, paris, spiteful):
    close_of(spiteful.user, administrator, paris, kind="other", reason="Noise")
    response = browser(administrator).get("/admin/scheduling/close/export/csv/?kind__exact=agu")
    rows = list(csv.DictReader(io.StringIO(response.content.decode())))
    assert [row["Reason"] for row in rows] == ['\'=HYPERLINK("http://x")']
    assert "Created (Europe/Paris)" in rows[0]


def test_the_xlsx_opens_and_holds_no_formula(administrator, spiteful):
    response = browser(administrator).get("/admin/scheduling/close/export/xlsx/")
    sheet = load_workbook(io.BytesIO(response.content)).active
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert any(str(cell.value).startswith("'=HYPERLINK") for cell in cells)
    assert all(cell.data_type != "f" for cell in cells)


@pytest.mark.parametrize("name", ["pdf", "json", "html"])
def test_no_other_format(administrator, name):
    assert browser(administrator).get(f"/admin/scheduling/close/export/{name}/").status_code == 404


def test_phones_get_each_cell_with_its_title(administrator, spiteful):
    page = browser(administrator).get(url("scheduling_close", "changelist")).content.decode()
    assert 'data-label="Student"' in page
    assert 'data-label="State"' in page


def test_pages_speak_the_persons_language(administrator):
    administrator.language = "fr"
    administrator.save()
    assert '<html lang="fr"' in browser(administrator).get("/admin/").content.decode()


@pytest.mark.parametrize(
    ("address", "headers"),
    [
        ("/admin/scheduling/close/?q=%00", {}),
        ("/admin/scheduling/close/%00/", {}),
        ("/student/?a=%00", {}),
        ("/oauth/authorize?client_id=%00", {}),
        ("/admin/", {"host": "elsewhere.example.net"}),
        ("/admin/", {"content-type": "text/html; charset=utf-7"}),
    ],
)
@pytest.mark.parametrize(("language", "words"), [("en", "Bad request"), ("fr", "Requête incorrecte")])
def test_what_cannot_be_read_is_told_to_a_browser_on_a_page(administrator, address, headers, language, words):
    response = browser(administrator).get(address, headers={"accept-language": language, **headers})
    assert (response.status_code, response["Content-Type"]) == (400, "text/html; charset=utf-8")
    page = response.content.decode()
    assert f'<html lang="{language}">' in page
    assert f"<h1>{words}</h1>" in page
    assert 'href="/static/core/pages.css"' in page
    assert "default-src 'self'" in response["Content-Security-Policy"]
    assert response["Content-Language"] == language


def test_an_apps_own_index_leads_to_the_dashboard(administrator):
    assert browser(administrator).get("/admin/scheduling/").headers["Location"] == "/admin/"


def test_a_superuser_of_no_organization_is_told_so():
    root = User.objects.create_superuser("root", PASSWORD, email="root@example.org")
    page = browser(root).post(url("scheduling_communityservice", "add"), {"duration": "60"})
    assert errors_of(page) == {"__all__": ["There is no active organization to put it in."]}


def test_lists_of_other_packages_are_not_taken():
    labels = {model._meta.label for model in admin.site._registry}
    assert not {label for label in labels if label.startswith(("oauth2_provider.", "auth."))}
