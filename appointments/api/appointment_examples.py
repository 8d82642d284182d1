"""What the OpenAPI document shows of bookings; each is checked against its schema by a test."""

FICHE = {
    "id": 48,
    "birthdate": None,
    "lastname": "Durand",
    "firstname": "Anne",
    "email": "anne@example.org",
    "firstphone": "06 12 34 56 78",
    "secondphone": "",
    "comments": "",
}
APPOINTMENT = {
    "id": 77,
    "key": "Xo3bT9vQzL1kRw8sYd5n",
    "start": "2026-01-19 10:30:00",
    "end": "2026-01-19 11:00:00",
    "created_since": 0,
    "state": 0,
    "location": "12 rue de la Paix, 75002 Paris",
    "group_id": 4,
    "group": {"id": 4, "name": "Practice", "urlname": "practice"},
    "calendar_id": 15,
    "calendar": {"id": 15, "publicname": "Dr Martin", "epj": None},
    "fiche_id": 48,
    "fiche": FICHE,
    "intervention_id": 21,
    "intervention": {"id": 21, "publicname": "Consultation", "interventionset_id": None, "length": 30},
    "capacity": 1,
    "resource_id": 0,
    "websource": "our iPhone application",
    "from_web": True,
    "intervention_name": "Consultation",
    "intervention_length": 30,
    "calendar_name": "Dr Martin",
    "group_name": "Practice",
    "comments": "",
    "smsreminder": 0,
    "date": "2026-01-19 10:30:00",
    "intervention_ids": [21],
    "assignment_reason": "least loaded: 3 against 5",
    "created_at": "2026-01-05 09:00:00",
    "updated_at": "2026-01-05 09:00:00",
    "deleted": False,
}
# Of a calendar that was named.
BOOKED = {**APPOINTMENT, "assignment_reason": ""}
# The seed's, on a day that is a Monday again.
BOOKING = {
    "date": "2026-01-19 10:30:00",
    "calendar_id": 15,
    "intervention_ids": [21],
    "comments": "",
    "websource": "our iPhone application",
    "fiche": {"id": 48, "group_id": 4, "firstphone": "06 12 34 56 78"},
}
SLOTS = {
    "group_id": 4,
    "intervention_ids": [21],
    "calendar_id": None,
    "calendar_ids": [],
    "firstSlot": "2026-01-19 10:30:00",
    "availabletimeslots": [{"start": "2026-01-19 10:30:00", "capacity": 2, "calendar_ids": [15, 16]}],
}
NO_NOTICE = {
    "code": "min_notice",
    "number": 9,
    "passed": False,
    "text": "Too soon: 120 min of notice are asked for, the start is in 90 min",
    "values": {"notice": 120, "asked": 90},
}
NO_PLACE = {
    "code": "places",
    "number": None,
    "passed": False,
    "text": "No place is left: 1 of 1 are taken",
    "values": {"places": 1, "taken": 1},
}


def kept(code: str, number: int | None = None, **values: int | None) -> dict:
    return {"code": code, "number": number, "passed": True, "text": "", "values": values}


EXPLAINED = {
    "start": "2026-01-05 10:30:00",
    "bookable": False,
    "calendars": [
        {
            "calendar_id": 15,
            "rules": [
                NO_NOTICE,
                kept("horizon", 8, horizon=None, asked=90),
                kept("same_time", 12),
                kept("min_between", 7, between=None, asked=None),
                kept("max_upcoming", 6, upcoming=0, most=3),
                kept("opening_hours"),
                kept("step", step=15),
                kept("closed"),
                NO_PLACE,
            ],
            "taken": [{"kind": "appointment", "start": "2026-01-05 10:15:00", "end": "2026-01-05 10:45:00"}],
        }
    ],
}
HOLD = {
    "id": 9,
    "calendar_id": 15,
    "start": "2026-01-19 10:30:00",
    "end": "2026-01-19 11:00:00",
    "expires_at": "2026-01-05 09:05:00",
}
HOLDING = {"intervention_ids": [21], "date": "2026-01-19 10:30:00", "minutes": 5}
WAITING = {
    "id": 5,
    "group_id": 4,
    "fiche_id": 48,
    "intervention_ids": [21],
    "from": "2026-01-12 00:00:00",
    "to": "2026-01-17 00:00:00",
    "calendar_ids": [],
    "notices": 1,
    "told_at": "2026-01-06 14:03:00",
    "created_at": "2026-01-05 09:00:00",
    "updated_at": "2026-01-06 14:03:00",
    "deleted": False,
}
WAITED = {
    "fiche": {"id": 48},
    "intervention_ids": [21],
    "from": "2026-01-12 00:00:00",
    "to": "2026-01-17 00:00:00",
}


def page(record: dict) -> dict:
    return {
        "records": [record],
        "sort": None,
        "dir": None,
        "totalRecords": 1,
        "startIndex": 0,
        "recordsReturned": 1,
        "pageSize": 25,
    }
