"""A webhook leads nobody into the network that the product runs in, whatever its address says [issue 7, point 1]."""

import pytest

from core.webhooks import sending
from core.webhooks.services import create_webhook
from tests.dns import hosts
from tests.receiver import Receiver, answer
from tests.web import free_port
from tests.webhooks.wire import URL, happen, integrator, listening, only_delivery, webhook_to

pytestmark = pytest.mark.django_db
PUBLIC = "93.184.216.34"


def delivered_to(url: str, organization) -> None:
    response = integrator(organization).post(URL, {"url": url, "types": ["*"]})
    assert response.status_code == 201, response.content
    happen(organization, "close.closed")
    assert sending.drain() == 1


# How a machine of the inside may be written as an address that has the form of one.
LITERALS = [
    *("127.0.0.1", "127.8.8.8", "10.0.0.1", "172.16.0.1", "192.168.0.1", "100.64.0.1", "169.254.169.254", "0.0.0.0"),
    *("[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:169.254.169.254]", "[::127.0.0.1]", "[fd00::1]", "[fe80::1]"),
    *("[64:ff9b::7f00:1]", "[64:ff9b::a9fe:a9fe]", "[2002:7f00:1::]", "[fec0::1]", "224.0.0.1", "255.255.255.255"),
]


@pytest.mark.parametrize("host", LITERALS)
def test_an_address_of_the_inside_is_not_connected_to(organization, host):
    with Receiver() as inner:
        delivered_to(f"https://{host}:{inner.port}/", organization)
    assert inner.received == []
    row = only_delivery()
    assert (row.state, row.answer_status) == ("queued", 0)
    assert row.error.endswith("has an address that may not be called")


@pytest.mark.parametrize(
    "found",
    [
        *(["127.0.0.1"], ["10.1.2.3"], ["192.168.1.1"], ["169.254.169.254"], ["100.64.0.1"], ["::1"], ["fd00::1"]),
        *(["::ffff:127.0.0.1"], ["64:ff9b::7f00:1"], ["fe80::1"], ["0.0.0.0"], [PUBLIC, "127.0.0.1"], [PUBLIC, "::1"]),
    ],
)
def test_a_name_that_leads_inside_is_not_connected_to(organization, found):
    with Receiver() as inner, hosts({"evil.test": [found]}):
        delivered_to(f"https://evil.test:{inner.port}/", organization)
    assert inner.received == []
    assert only_delivery().error == "evil.test has an address that may not be called"


@pytest.mark.filterwarnings("ignore:A test tried to use socket")
def test_a_name_that_turns_inside_after_it_was_looked_at_leads_nobody_there(organization):
    with Receiver() as inner, hosts({"evil.test": [[PUBLIC], ["127.0.0.1"]]}) as names:
        delivered_to(f"https://evil.test:{inner.port}/", organization)
        assert names.asked == ["evil.test"] * 2, "once for each family: what was judged is what is called"
    assert inner.received == []
    assert only_delivery().state == "queued"


def test_the_second_try_is_judged_anew(organization, settings):
    """Public when the webhook was made and first tried, inside afterwards."""
    settings.OUTBOUND_PRIVATE_HOSTS = ["hooks.test"]
    with Receiver() as server, hosts({"hooks.test": [["127.0.0.1"]]}):
        webhook, _secret = webhook_to(server, organization)
        happen(organization, "close.closed")
        sending.drain()
        settings.OUTBOUND_PRIVATE_HOSTS = []
        happen(organization, "close.closed")
        sending.drain()
    assert len(server.received) == 1
    assert webhook.deliveries.get(state="queued").error == "hooks.test has an address that may not be called"


@pytest.mark.parametrize(
    ("listed", "host"),
    [("n8n", "n8n"), ("my_app", "My_App"), ("127.0.0.1", "127.0.0.1"), ("crm.internal", "crm.internal.")],
)
def test_a_host_of_the_operators_own_network_is_called_whatever_its_name_is_like(organization, settings, listed, host):
    settings.OUTBOUND_PRIVATE_HOSTS = [listed]
    with hosts({host.lower().rstrip("."): [["127.0.0.1"]]}), Receiver() as server:
        delivered_to(f"http://{host}:{server.port}/", organization)
    assert [call.path for call in server.received] == ["/"]
    assert only_delivery().state == "delivered"


@pytest.mark.allow_hosts(["::1"])
@pytest.mark.parametrize("listed", ["::1", "[::1]"])
def test_an_ipv6_address_of_the_operators_own_network_is_called(organization, settings, listed):
    settings.OUTBOUND_PRIVATE_HOSTS = [listed]
    # Nobody listens there; without the listing it is not so much as tried.
    delivered_to(f"http://[::1]:{free_port()}/", organization)
    assert only_delivery().error.startswith("::1 cannot be reached")


@pytest.mark.parametrize("found", ["169.254.169.254", "fe80::1", "0.0.0.0", "224.0.0.1", "::ffff:169.254.169.254"])
def test_even_a_host_of_the_operators_own_network_leads_to_no_metadata_service(organization, settings, found):
    settings.OUTBOUND_PRIVATE_HOSTS = ["crm.internal"]
    with hosts({"crm.internal": [[found]]}):
        delivered_to("http://crm.internal/", organization)
    assert only_delivery().error == "crm.internal has an address that may not be called"


INSIDE = ["http://127.0.0.1:{port}/", "http://[::1]:{port}/", "//127.0.0.1:{port}/", "/inside"]


@pytest.mark.parametrize("place", INSIDE)
def test_a_redirect_inside_is_not_followed(organization, settings, place):
    with listening(settings) as server, Receiver() as inner:
        server.reply = lambda handler: answer(handler, 307, Location=place.format(port=inner.port))
        webhook_to(server, organization)
        happen(organization, "close.closed")
        sending.drain()
        assert (len(server.received), len(inner.received)) == (1, 0)
    assert only_delivery().answer_status == 307


def test_a_row_that_came_by_another_way_is_judged_when_it_is_called(organization, settings):
    """A backup of before, or a hand in the database: the form is looked at again at each call."""
    webhook, _secret = create_webhook(organization, {"url": "https://hooks.example.org/", "types": ["*"]})
    with Receiver() as inner:
        for url in (
            f"http://2130706433:{inner.port}/",
            f"http://0x7f.1:{inner.port}/",
            f"ftp://127.0.0.1:{inner.port}/",
        ):
            type(webhook).objects.filter(pk=webhook.pk).update(url=url, resting_until=None)
            happen(organization, "close.closed")
            sending.drain()
    assert inner.received == []
    assert set(webhook.deliveries.values_list("state", "answer_status")) == {("queued", 0)}
