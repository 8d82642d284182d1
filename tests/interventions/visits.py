"""A safety register as its callers see it: sessions of mara and bruno, and of providers on site."""

from base64 import b64encode

from core.models import User
from interventions.models import Intervention
from tests.factories import make_token
from tests.intervention_factories import png
from tests.interventions.register import Register
from tests.interventions.wire import SessionCaller, data, error, make_app, provider_caller, session_caller

RS, MB, SESSIONS = "/interventions/v2/rs", "/interventions/v2/mb", "/interventions/v2/sessions"
CURATIVE = f"{RS}/curative"
START, END = "2026-12-01T09:00:00.000Z", "2026-12-01T10:00:00.000Z"
NEXT_DATES = {"scheduledStart": "2026-12-08T09:00:00.000Z", "scheduledEnd": "2026-12-08T10:00:00.000Z"}
# The integers of the wire [contract 30].
DRAFT, PROPOSED, PLANNED, IN_PROGRESS, EXECUTED, VERIFIED, REJECTED, REFUSED, CANCELLED = range(9)


class Visits(Register):
    """`staff` may verify, `basic` may not."""

    def __init__(self, name: str = "Ville", **values):
        super().__init__(name, **values)
        self.app = make_app(self.town)
        self.staff, self.basic = self.caller(self.mara), self.caller(self.bruno)

    def caller(self, user: User, **options) -> SessionCaller:
        return session_caller(self.town, person=user, **{"app": self.app, **options})

    def provider_of(self, visit: Intervention) -> SessionCaller:
        """On site, whatever state the visit is in."""
        return provider_caller(visit, self.app)

    def enter_pin(self, pk: int) -> SessionCaller:
        """As the provider does it, who was told the PIN by staff."""
        body = {"interventionId": pk, "codePin": self.get(pk)["codePin"]}
        opened = data(self.bearer.post(SESSIONS, body), 201)
        return SessionCaller(self.staff.token, opened["token"])

    @property
    def bearer(self) -> SessionCaller:
        """Without a session yet; its token is fresh, as tests travel in time."""
        return SessionCaller(make_token(self.app))

    def body(self, *anomalies, **changes) -> dict:
        """A good one but for the changes."""
        ids = [one.pk for one in anomalies or [self.anomaly()]] if "anomalyIds" not in changes else []
        return {"scheduledStart": START, "scheduledEnd": END, "anomalyIds": ids, "creationStatus": 1, **changes}

    def create(self, *anomalies, **changes) -> dict:
        return data(self.staff.post(CURATIVE, self.body(*anomalies, **changes)), 201)

    def get(self, pk: int, query: str = "") -> dict:
        return data(self.staff.get(f"{RS}/{pk}{query}"))

    def listed(self, query: str = "") -> list[int]:
        """The ids, in the list's order."""
        return [item["id"] for item in data(self.staff.get(f"{RS}?{query}"))]

    def listed_one(self, pk: int) -> dict:
        (found,) = [item for item in data(self.staff.get(f"{RS}?sort=-id")) if item["id"] == pk]
        return found

    def verify(self, pk: int, **body):
        """The register's own step, or the call with this body."""
        return self.staff.patch(f"{RS}/{pk}/verify", body) if body else super().verify(pk)

    def cancel(self, pk: int, **body):
        return self.staff.call("DELETE", f"{RS}/{pk}", body) if body else super().cancel(pk)


def data_url(image: bytes) -> str:
    return "data:image/png;base64," + b64encode(image).decode()


def statement(*outcomes: dict, **changes) -> dict:
    """A good body of execute but for the changes."""
    return {
        "firstName": "Jean",
        "lastName": "Petit",
        "signature": {"dataUrl": data_url(png())},
        "anomalies": list(outcomes),
        **changes,
    }


def emptied(response) -> None:
    assert (response.status_code, response.content) == (204, b""), response.content


def paths(response, status: int) -> list[str]:
    """Of what a refusal complains, in order."""
    return [one["path"] for one in error(response, status)["errors"]]


def allowed(response) -> list[int]:
    """The states that a 409 names."""
    return error(response, 409)["allowed"]
