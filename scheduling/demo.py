"""The demo's closes and community services, in every state [core.demo]."""

from datetime import datetime, time, timedelta

from django.utils import timezone

from core.demo import Demo, DemoPart, Sample, register
from core.models import Organization, User
from scheduling import demo_crowd, rules
from scheduling.models import Close, CommunityService, SchedulingSettings
from scheduling.services import student_time
from scheduling.services.closes import Nested, create_close, set_close_state
from scheduling.services.community_services import create_community_service, judge_community_service, make_up
from scheduling.services.contests import contest_close

Kind = Close.Kind
State = CommunityService.State
HOURS = 3600


def fill(demo: Demo, large: bool) -> None:
    SchedulingSettings.objects.get_or_create(
        organization=demo.organization, defaults={"community_service_start": time(7)}
    )
    # The services read the hour through the organization, which may remember that there was none.
    demo.organization.refresh_from_db()
    if not Close.objects.filter(organization=demo.organization).exists():
        _fill_organization(demo)
        _fill_other_organization(demo)
    if large:
        demo_crowd.fill(demo)


def sample(demo: Demo) -> Sample:
    """The seed's own request, with ids and a day that are good today."""
    day = timezone.now() + timedelta(days=3)
    values = {
        "close_id": str(_free_close(demo).pk),
        "duration": "14400",
        "occupation": "Regarder Shrek, en entier, avec Mathieu Trentin",
        "schedule_at": day.strftime("%Y-%m-%d 09:00:00 UTC"),
        "tiger_id": str(demo.people["basic_staff"].pk),
    }
    return Sample("/v2/community_services.json", {"community_service": values})


def _free_close(demo: Demo) -> Close:
    """In force and without services, so that the request uncloses it; a new one when all were used."""
    in_force = Close.objects.in_force().filter(organization=demo.organization, community_services=None, contest=None)
    return in_force.order_by("-pk").first() or _close(demo, "student", Kind.AGU, "Connecticut giants")


def _fill_organization(demo: Demo) -> None:
    _undated(demo)
    _dated(demo)
    _half_dated(demo)
    _past(demo)
    _overdue(demo)
    _contested(demo)
    _close(demo, "student", Kind.AGU, "Connecticut giants")
    create_community_service(demo.organization, {"duration": 2 * HOURS, "occupation": "Open the library"})


def _fill_other_organization(demo: Demo) -> None:
    people = demo.people
    values = {"user": people["other_student"], "closer": people["other_staff"], "kind": Kind.PACE_UNKNOWN}
    nested = [Nested({"duration": 4 * HOURS, "occupation": "Water the plants"})]
    create_close(demo.other_organization, {**values, "reason": "No work handed in since May"}, nested)


def _undated(demo: Demo) -> None:
    close = _close(demo, "student", Kind.AGU, "Food in the computer room")
    _service(demo, close, 4, "Clean the kitchen")


def _dated(demo: Demo) -> None:
    close = _close(demo, "student_2", Kind.OTHER, "Left the fire door open")
    _service(demo, close, 8, "Label the network cables", days=5)


def _half_dated(demo: Demo) -> None:
    close = _close(demo, "student_3", Kind.DESERTER, "Missed three exams without a word")
    _service(demo, close, 2, "Welcome the visitors", days=1)
    _service(demo, close, 4, "Put the chairs away")


def _past(demo: Demo) -> None:
    """Two services that were judged: one done, one missed and made up for."""
    close = _close(demo, "student_3", Kind.NON_ADMITTED, "Used somebody else's account")
    done = _service(demo, close, 4, "Sort the recycling", days=-8)
    judge_community_service(done.pk, State.VALIDATED)
    missed = _service(demo, close, 2, "Set up the conference room", days=-4)
    make_up(missed.pk, "Was not there")
    ended = _close(demo, "student_2", Kind.SOCIAL_SECURITY, "Papers were missing")
    set_close_state(ended.pk, Close.State.UNCLOSE)


def _overdue(demo: Demo) -> None:
    close = _close(demo, "student_2", Kind.AGU, "Slept in the computer room")
    _service(demo, close, 4, "Sweep the yard", days=-2)
    _service(demo, close, 2, "Hand out the badges", days=0)


def _contested(demo: Demo) -> None:
    close = _close(demo, "student_2", Kind.SERIOUS_MISCONDUCT, "Broke a screen", days=30)
    contest_close(close, "It was broken when I came: the guard saw it.")


def _close(demo: Demo, student: str, kind: Kind, reason: str, days: int | None = None) -> Close:
    people = demo.people
    end_at = timezone.now() + timedelta(days=days) if days else None
    values = {"user": people[student], "closer": people["advanced_staff"], "kind": kind, "reason": reason}
    return create_close(demo.organization, {**values, "end_at": end_at})


def _service(demo: Demo, close: Close, hours: int, occupation: str, days: int | None = None) -> CommunityService:
    """`days` from today, in the past too; none: the student is to pick."""
    values = {"close": close, "duration": hours * HOURS, "occupation": occupation}
    if days is not None:
        values["schedule_at"] = _in_days(demo.organization, max(days, 1))
    service = create_community_service(demo.organization, {**values, "supervisor": _supervisor(demo)})
    if days is not None and days < 1:
        # No rule lets a service be set into the past; time alone does that.
        service.changed(schedule_at=_in_days(demo.organization, days)).save()
        student_time.keep(service)
    return service


def _supervisor(demo: Demo) -> User:
    return demo.people["basic_staff"]


def _in_days(organization: Organization, days: int) -> datetime:
    return rules.day_start(organization, organization.local_date() + timedelta(days=days))


register(DemoPart(fill, sample))
