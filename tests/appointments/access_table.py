"""Who may do what under /api/v1: every endpoint by every kind of caller → status and number [contracts 00 and 40].

`{calendar}`, `{service}` and so on stand for rows of the first group, as test_api_access.py makes them.
"""

from typing import NamedTuple


class Expected(NamedTuple):
    """`code`: the number of a refusal. `count`: how many records a list has; `keys`: those of an answer, in order."""

    status: int
    code: int | None = None
    count: int | None = None
    keys: tuple[str, ...] = ()


class Endpoint(NamedTuple):
    """`scope` is read or write; `answers` are in the order of COLUMNS."""

    method: str
    route: str
    path: str
    body: object
    answers: tuple[Expected, ...]
    scope: str = ""

    @property
    def needed(self) -> str:
        return self.scope or ("read" if self.method == "GET" else "write")


NO_CREDENTIAL = Expected(401, 5)
REFUSED = Expected(403, 1)
ABSENT = Expected(404, 3)
OK, MADE = Expected(200), Expected(201)
# In this order: keys of both profiles; a bearer without staff role, Basic and Advanced staff; a key of another group
# that names its own.
COLUMNS = ("account key", "pro key", "student", "basic staff", "advanced staff", "other group")


def unknown(*_names: str) -> Expected:
    return Expected(400, 2)


def records(count: int) -> Expected:
    return Expected(200, count=count)


EVERYBODYS_LIST = (*[records(1)] * 5, records(0))
EVERYBODYS_ONE = (*[OK] * 5, ABSENT)
SET_UP_MADE = (REFUSED, MADE, REFUSED, REFUSED, MADE, MADE)
SET_UP_CHANGED = (REFUSED, OK, REFUSED, REFUSED, OK, ABSENT)
STAFFS_LIST = (REFUSED, records(2), REFUSED, records(2), records(2), records(0))
STAFFS_ONE = STAFFS_CHANGED = (REFUSED, OK, REFUSED, OK, OK, ABSENT)
FOREIGN_MADE = (REFUSED, MADE, REFUSED, MADE, MADE, unknown())


def set_up(path: str, row: str, root: str) -> list[Endpoint]:
    """The five calls that all set-up has; `row` is the world's name of one."""
    one, name = f"{path}/{{{row}}}", f"appointments-{path}"
    return [
        Endpoint("GET", name, path, None, EVERYBODYS_LIST),
        Endpoint("POST", name, path, {root: {"name": "New"}}, SET_UP_MADE),
        Endpoint("GET", f"{name}-one", one, None, EVERYBODYS_ONE),
        Endpoint("PUT", f"{name}-one", one, {root: {"name": "Another"}}, SET_UP_CHANGED),
        Endpoint("DELETE", f"{name}-one", one, None, SET_UP_CHANGED),
    ]


BLOCK = {"vevent": {"calendar_id": "{calendar}", "start": "2027-01-04 12:00:00", "end": "2027-01-04 14:00:00"}}
SET_UP = [
    Endpoint("GET", "appointments-groups", "/api/v1/groups", None, (records(1),) * 6),
    Endpoint("GET", "appointments-group", "", None, (OK,) * 6),
    Endpoint(
        *("PUT", "appointments-group", "", {"group": {"city": "Lyon"}}),
        (REFUSED, OK, REFUSED, REFUSED, OK, OK),
    ),
    *set_up("calendars", "calendar", "calendar"),
    *set_up("calendarsets", "calendarset", "calendarset"),
    *set_up("interventions", "service", "intervention"),
    *set_up("interventionsets", "serviceset", "interventionset"),
    # The group's one customer was made by staff.
    Endpoint(
        *("GET", "appointments-fiches", "fiches", None),
        (records(0), records(1), records(0), records(1), records(1), records(0)),
    ),
    Endpoint("POST", "appointments-fiches", "fiches", {"fiche": {"lastname": "New"}}, (MADE,) * 6),
    Endpoint("GET", "appointments-fiches-one", "fiches/{customer}", None, (ABSENT, OK, ABSENT, OK, OK, ABSENT)),
    Endpoint(
        *("PUT", "appointments-fiches-one", "fiches/{customer}", {"fiche": {"lastname": "Other"}}),
        (ABSENT, OK, ABSENT, OK, OK, ABSENT),
    ),
    # An event, and the appointment of the world.
    Endpoint("GET", "appointments-vevents", "vevents", None, STAFFS_LIST),
    Endpoint("POST", "appointments-vevents", "vevents", BLOCK, FOREIGN_MADE),
    Endpoint("GET", "appointments-vevents-one", "vevents/{vevent}", None, STAFFS_ONE),
    Endpoint(
        *("PUT", "appointments-vevents-one", "vevents/{vevent}", {"vevent": {"text": "Lunch"}}),
        STAFFS_CHANGED,
    ),
    Endpoint("DELETE", "appointments-vevents-one", "vevents/{vevent}", None, STAFFS_CHANGED),
    Endpoint(
        *("POST", "appointments-feeds", "calendars/{calendar}/feeds", None),
        (REFUSED, MADE, REFUSED, MADE, MADE, ABSENT),
    ),
    # Nobody but the feed's own reader, who is none of these, has one to end.
    Endpoint(
        *("DELETE", "appointments-feeds", "calendars/{calendar}/feeds", None),
        (REFUSED, ABSENT, REFUSED, ABSENT, ABSENT, ABSENT),
    ),
    Endpoint(
        *("DELETE", "appointments-feeds-one", "calendars/{calendar}/feeds/{feed}", None),
        (REFUSED, OK, REFUSED, ABSENT, ABSENT, ABSENT),
    ),
]
# A Monday.
DATE = "2099-01-05 10:00:00"
WANTED = {"intervention_ids": ["{service}"]}
NEW = {"fiche": {"lastname": "New"}}
BOOKING = {"appointment": {**NEW, **WANTED, "date": DATE}}
WAITER = {"lastname": "New", "email": "waits@example.org"}
WAITING = {"waiting": {**WANTED, "fiche": WAITER, "from": DATE, "to": "2099-01-06 10:00:00"}}
# An account finds what its own credential made: of the world's rows, which staff made, none.
STAFFS_FIND = (records(0), records(1), records(0), records(1), records(1), records(0))
STAFFS_HAVE = (ABSENT, OK, ABSENT, OK, OK, ABSENT)
ALL_MAKE = (*[MADE] * 5, unknown("intervention_ids"))
ALL_READ = (*[OK] * 5, unknown("intervention_ids"))
APPOINTMENT, WAITED = "appointments/{appointment}", "waitings/{waiting}"
SLOTS = "availabletimeslots{}?intervention_ids[]={{service}}"
BOOKINGS = [
    Endpoint("GET", "appointments-appointments", "appointments?include_past=1", None, STAFFS_FIND),
    Endpoint("POST", "appointments-appointments", "appointments", BOOKING, ALL_MAKE),
    Endpoint("GET", "appointments-appointment", APPOINTMENT, None, STAFFS_HAVE),
    Endpoint("PUT", "appointments-appointment", APPOINTMENT, {"appointment": {"comments": "Late"}}, STAFFS_HAVE),
    Endpoint("DELETE", "appointments-appointment", APPOINTMENT, None, STAFFS_HAVE),
    Endpoint("GET", "appointments-slots", SLOTS.format(""), None, ALL_READ),
    Endpoint("GET", "appointments-explain", f"{SLOTS.format('/explain')}&start={DATE}", None, ALL_READ),
    Endpoint("POST", "appointments-holds", "holds", {"hold": {**WANTED, "date": DATE}}, ALL_MAKE),
    # Its maker's alone.
    Endpoint("DELETE", "appointments-hold", "holds/{hold}", None, (ABSENT,) * 6),
    Endpoint("GET", "appointments-waitings", "waitings", None, STAFFS_FIND),
    Endpoint("POST", "appointments-waitings", "waitings", WAITING, ALL_MAKE),
    Endpoint("GET", "appointments-waiting", WAITED, None, STAFFS_HAVE),
    Endpoint("DELETE", "appointments-waiting", WAITED, None, STAFFS_HAVE),
]
TABLE = [*SET_UP, *BOOKINGS]
