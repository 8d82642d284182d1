from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from appointments.models import Appointment
from appointments.services import holds
from core.models import Organization
from core.outbound import check_url, post_to
from core.service_scripts import Run, Shipped, only, service_script
from core.zones import local_moment

FORGET_HOLDS = Shipped("forgetHolds", "Free the slots of expired holds", every=timedelta(minutes=1))
CALL_LIST = Shipped("dialByCallList", "Dial by the list of tomorrow's appointments")
DAY = timedelta(days=1)


@service_script("forget_expired_holds", title=_("Frees the slots of expired holds"), ships=FORGET_HOLDS)
def forget_expired_holds(run: Run) -> dict:
    return {"forgotten": holds.forget_expired(run.organization)}


def check_dialer(params: dict[str, Any]) -> None:
    only(params, "url")
    check_url("params", params.get("url"))


@service_script(
    "dial_by_call_list",
    title=_("Posts the list of tomorrow's appointments to the dialer's `url`, as signed JSON"),
    check=check_dialer,
    calls_out=True,
    ships=CALL_LIST,
)
def dial_by_call_list(run: Run) -> dict:
    called = call_list(run.organization, timezone.now())
    answer = post_to(run, run.params["url"], called)
    return {"appointments": len(called["appointments"]), "status": answer.status}


def call_list(organization: Organization, now: datetime) -> dict:
    """The appointments that stand on the organization's next day, by their start."""
    tomorrow = organization.local_date(now) + DAY
    start, end = (local_moment(day, time(0), organization.zone) for day in (tomorrow, tomorrow + DAY))
    rows = Appointment.objects.alive().filter(organization=organization, start__gte=start, start__lt=end)
    rows = rows.filter(state__in=(Appointment.State.IN_PROGRESS, Appointment.State.PENDING))
    rows = rows.select_related("customer", "calendar").order_by("start", "id")
    return {
        "organizationId": organization.pk,
        "organization": organization.name,
        "date": tomorrow.isoformat(),
        "timeZone": organization.time_zone,
        "appointments": [_entry(row) for row in rows],
    }


def _entry(row: Appointment) -> dict:
    return {
        "id": row.pk,
        "start": _written(row.start),
        "end": _written(row.end),
        "calendar": row.calendar.name,
        "state": row.state,
        "customer": {"name": row.customer.full_name, "phone": row.customer.firstphone or row.customer.secondphone},
    }


def _written(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
