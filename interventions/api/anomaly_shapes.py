"""An anomaly as the wire has it: shown, listed, taken [annex 30; contract 30]."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q

from core.api.columns import always, made
from core.api.query import Invalid
from core.api.rows import Blank, Column, Moment, Row
from interventions.api import fields
from interventions.api.fields import RowOf, Text, Truth, Whole, Word, long_text
from interventions.api.forms import Form
from interventions.api.labels import Number
from interventions.api.lists import Listing, any_id, any_number, moment, one_id, search, yes_no
from interventions.api.numbers import ANOMALY_STATUSES, ANOMALY_TYPES, RISKS
from interventions.api.outside import outside
from interventions.models import Anomaly, Risk
from interventions.models.anomaly import label_of
from interventions.services.anomalies import read_delay

OUTSIDE = ("technicalInstallationId", "equipmentId", "positionId")
MAX_PLACE = 2**31 - 1


class Delay(Text):
    """A duration; "" is none."""

    def __init__(self, source: str):
        super().__init__(40, source)
        self.schema = {**self.schema, "examples": ["P7D"]}

    def read(self, data: Any) -> str:
        text = super().read(data)
        try:
            read_delay(text)
        except ValidationError:
            raise Invalid("must be an ISO 8601 duration, as P7D") from None
        return text


def anomaly(path: str = "") -> Row:
    """At the end of a path of relations, for rows that expand it."""
    return Row(
        id=Column(f"{path}id"),
        type=Number(f"{path}kind", ANOMALY_TYPES),
        status=Number(f"{path}status", ANOMALY_STATUSES),
        title=Column(f"{path}title"),
        description=Blank(f"{path}description"),
        risk=Number(f"{path}risk", RISKS),
        siteId=Column(f"{path}site_id"),
        technicalInstallationId=outside("technicalInstallationId", path=path),
        equipmentId=outside("equipmentId", path=path),
        reportedByUserId=Column(f"{path}reported_by_id"),
        positionId=outside("positionId", path=path),
        resolvedComment=Blank(f"{path}resolved_comment"),
        reporter=Blank(f"{path}reporter"),
        resolvedByUserId=Column(f"{path}resolved_by_id"),
        alreadyReported=Column(f"{path}already_reported"),
        sortOrder=Column(f"{path}sort_order"),
        anomalyNumber=made(f"{path}number", label_of, {"type": "string", "examples": ["A-12345"]}),
        pageNumber=Column(f"{path}page_number"),
        reportId=made(f"{path}report__number", lambda number: number, fields.ID_OR_NULL),
        comment=Blank(f"{path}comment"),
        resolutionDelay=Blank(f"{path}resolution_delay"),
        location=Blank(f"{path}location"),
        dueAt=Moment(f"{path}due_at"),
        observedAt=Moment(f"{path}observed_at"),
        resolvedAt=Moment(f"{path}resolved_at"),
        # Nothing is deleted here.
        deletedAt=always(None),
        archivedAt=Moment(f"{path}archived_at"),
        updatedAt=Moment(f"{path}updated_at"),
        createdAt=Moment(f"{path}created_at"),
    )


ANOMALY = anomaly()


def among(rows) -> Q:
    return Q(pk__in=rows.values("pk"))


ANOMALIES = Listing(
    ANOMALY,
    {
        "id": "pk",
        "observedAt": "observed_at",
        "dueAt": "due_at",
        "createdAt": "created_at",
        "updatedAt": "updated_at",
        "title": "title",
    },
    "-id",
    {
        "status": any_number("status", ANOMALY_STATUSES),
        "type": any_number("kind", ANOMALY_TYPES),
        "risk": any_number("risk", RISKS),
        "siteIds": any_id("site_id"),
        "reportId": one_id("report__number"),
        "observedFrom": moment("observed_at", "gte", "Included."),
        "observedTo": moment("observed_at", "lt", "Not included."),
        "dueFrom": moment("due_at", "gte", "Included."),
        "dueTo": moment("due_at", "lt", "Not included."),
        "overdue": yes_no(lambda: among(Anomaly.objects.overdue()), "Due, and not resolved."),
        "unresolved": yes_no(lambda: among(Anomaly.objects.unresolved())),
        "uncovered": yes_no(lambda: among(Anomaly.objects.uncovered()), "Open, and no open intervention has it."),
        "cameBack": yes_no(
            lambda: among(Anomaly.objects.came_back()),
            "Seen within 30 days after one of the same title was resolved at the same site.",
        ),
        "archived": yes_no(lambda: Q(archived_at__isnull=False), "Without it: those that are not archived."),
        "q": search("title", "description", "location"),
    },
)
CHANGEABLE: dict[str, fields.Field] = {
    "title": Text(is_filled=True),
    "description": long_text(),
    "risk": Word(RISKS),
    "siteId": RowOf(lambda view: view.sites(), "site"),
    "location": Text(),
    "comment": long_text(),
    "resolutionDelay": Delay("resolution_delay"),
    "observedAt": fields.Moment("observed_at"),
}
ONCE: dict[str, fields.Field] = {
    "reporter": Text(),
    "alreadyReported": Truth("already_reported"),
    "pageNumber": Whole("page_number", low=0, high=MAX_PLACE),
    "sortOrder": Whole("sort_order", low=0, high=MAX_PLACE),
    **{name: Whole() for name in OUTSIDE},
}
REQUIRED = ("title", "siteId")
OBSERVATION = Form({**CHANGEABLE, **ONCE}, REQUIRED)
# The sites of a whole list are looked up at once.
PRESCRIPTION = Form({**OBSERVATION.fields, "siteId": Whole("site")}, REQUIRED)
REPLACEMENT = Form(CHANGEABLE, REQUIRED)
NON_CONFORMITY = Form(
    {**CHANGEABLE, "resolvedComment": fields.Text(fields.MAX_LONG, "resolved_comment", is_filled=True)}
)
# What a property is that a replacement leaves out; when it was seen stays.
BLANK: dict[str, Any] = {
    "description": "",
    "risk": Risk.NONE,
    "location": "",
    "comment": "",
    "resolution_delay": "",
}
