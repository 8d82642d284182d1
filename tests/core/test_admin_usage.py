"""The back office's page of what clients call: own clients alone, filtered, summed up, exported."""

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core import api_keys
from core.clients import renew_secret
from core.models import Application, ClientUsage, Role
from tests.back_office import browser, person, url
from tests.factories import make_client, make_organization

pytestmark = pytest.mark.django_db
MODEL = "core_clientusage"


@pytest.fixture
def paris():
    return make_organization("Paris")


@pytest.fixture
def intranet(paris):
    return make_client(paris, name="Intranet")


@pytest.fixture
def staff(paris):
    return browser(person("ada", Role.ADVANCED_STAFF, paris))


def use(application, route="/v2/closes", status=200, calls=1, day=date(2026, 3, 1), key=None, method="GET"):
    last = timezone.now() - timedelta(hours=1)
    values = {"method": method, "route": route, "status": status, "calls": calls, "last_at": last}
    return ClientUsage.objects.create(day=day, application=application, api_key=key, **values)


def page(staff, **query):
    return staff.get(url(MODEL, "changelist"), query)


def shown(answered) -> set:
    return {row.pk for row in answered.context["cl"].result_list}


def test_the_french_heading_says_of_calls_that_they_were_refused(paris, intranet):
    use(intranet, calls=5)
    text = page(browser(person("zoe", Role.ADVANCED_STAFF, paris, language="fr"))).content.decode()
    assert '<th scope="col">Appels</th><th scope="col">Refusés</th>' in text


def test_the_page_has_one_name(staff):
    text = page(staff).content.decode()
    names = re.findall(r"<title>([^|<]+?) *[|<]|› *</span> ([^<]+?)</div>|<h1>([^<]+)</h1>", text)
    assert {"".join(found).strip() for found in names} == {"Client usage"}


def test_totals_days_and_clients_are_summed_up(staff, intranet):
    use(intranet, calls=5)
    use(intranet, calls=3, day=date(2026, 3, 2))
    use(intranet, "/v2/closes/{pk}", 404, 2, method="DELETE")
    found = page(staff).context
    assert (found["totals"]["calls"], found["totals"]["refused"]) == (10, 2)
    assert [(label, value) for label, value, _tone in found["bars"]] == [("1 Mar", 7), ("2 Mar", 3)]
    (told,) = found["clients"]
    assert (told["name"], told["calls"], told["refused"]) == ("Intranet", 10, 2)
    assert "DELETE /v2/closes/{pk}" in page(staff).content.decode()


def test_the_filters_narrow_rows_and_totals_alike(staff, paris, intranet):
    kiosk = make_client(paris, name="Kiosk")
    first = use(intranet, calls=5)
    other = use(kiosk, calls=7)
    missing = use(intranet, "/v2/closes/{pk}", 404, 2)
    later = use(intranet, calls=11, day=date(2026, 4, 1))
    for query, rows in [
        ({"client": kiosk.pk}, [other]),
        ({"endpoint": "/v2/closes/{pk}"}, [missing]),
        ({"answer": "4"}, [missing]),
        ({"answer": "2", "client": intranet.pk}, [first, later]),
        ({"day__gte": "2026-03-15", "day__lt": "2026-05-01"}, [later]),
        ({"q": "kiosk"}, [other]),
        ({"client": "x", "answer": "9"}, [first, other, missing, later]),
    ]:
        answered = page(staff, **query)
        assert shown(answered) == {row.pk for row in rows}, query
        assert answered.context["totals"]["calls"] == sum(row.calls for row in rows), query


def test_a_day_that_is_none_is_answered_by_the_whole_list(staff, intranet):
    use(intranet)
    assert staff.get(url(MODEL, "changelist"), {"day__gte": "soon"}, follow=True).status_code == 200


def test_only_the_clients_of_ones_own_organizations_are_seen(staff, paris, intranet):
    lyon = make_organization("Lyon")
    foreign, shared = make_client(lyon, name="Foreign"), make_client(paris, lyon, name="Shared")
    mine = use(intranet)
    for other in (foreign, shared):
        use(other, "/v2/secret-of-lyon")
    answered = page(staff)
    assert shown(answered) == {mine.pk}
    text = answered.content.decode()
    assert not [word for word in ("Foreign", "Shared", "secret-of-lyon") if word in text]
    assert shown(page(staff, client=foreign.pk)) == {mine.pk}, "no such filter, no such rows"
    exported = staff.get(url(MODEL, "export", "csv")).content.decode()
    assert "Intranet" in exported
    assert "Foreign" not in exported


@pytest.mark.parametrize(("role", "status"), [(Role.BASIC_STAFF, 403), (Role.ADVANCED_STAFF, 200)])
def test_it_is_for_advanced_staff(paris, role, status):
    assert page(browser(person("bob", role, paris))).status_code == status


def test_secrets_and_keys_are_told_with_their_ends_and_last_use(staff, intranet):
    key, _text = api_keys.new_key(intranet, timezone.now() + timedelta(days=3))
    renew_secret(intranet.pk, timedelta(days=1), timezone.now() - timedelta(days=-90))
    Application.objects.filter(pk=intranet.pk).update(secret_expires_at=timezone.now())
    use(intranet, key=key)
    (told,) = page(staff).context["clients"]
    assert "Expired" in told["secret"]
    assert told["former"]
    assert [(each["name"], "tone-amber" in each["end"], each["last"] != "–") for each in told["keys"]] == [
        (str(key), True, True)
    ]


def test_a_client_that_was_never_used_is_named_too(staff, intranet):
    (told,) = page(staff).context["clients"]
    assert (told["name"], told["calls"], told["last"]) == ("Intranet", 0, "–")


def test_rows_cannot_be_written(staff, intranet):
    row = use(intranet)
    assert staff.get(url(MODEL, "add")).status_code == 403
    assert staff.get(url(MODEL, "change", row.pk)).status_code == 404


def test_it_asks_a_fixed_number_of_queries(staff, paris, intranet, django_assert_num_queries):
    def fill(client):
        key, _text = api_keys.new_key(client)
        for number in range(3):
            use(client, f"/v2/{number}", key=key)

    fill(intranet)
    page(staff)
    with CaptureQueriesContext(connection) as few:
        page(staff)
    for _ in range(8):
        fill(make_client(paris))
    with django_assert_num_queries(len(few)):
        page(staff)
