"""The seed's request and answer, and a close of the same day, as examples for the API's documentation."""

SERVICE_REQUEST = {
    "close_id": "2",
    "duration": "14400",
    "occupation": "Regarder Shrek, en entier, avec Mathieu Trentin",
    "schedule_at": "2017-11-27 09:00:00 UTC",
    "tiger_id": "2",
}
EMBEDDED_CLOSE = {
    "id": 2,
    "reason": "Connecticut giants",
    "state": "unclose",
    "created_at": "2017-11-22T13:42:20.888Z",
    "updated_at": "2017-11-22T13:42:20.987Z",
}
NESTED_SERVICE = {
    "id": 3,
    "duration": 14400,
    "schedule_at": "2017-11-27T06:00:00.000Z",
    "occupation": "Regarder Shrek, en entier, avec Mathieu Trentin",
    "state": "schedule",
    "created_at": "2017-11-22T13:43:32.216Z",
    "updated_at": "2017-11-22T13:43:32.216Z",
}
SERVICE = {**NESTED_SERVICE, "close": EMBEDDED_CLOSE}
PERSON = {"id": 7, "login": "student", "url": "http://127.0.0.1:8000/v2/users/student"}
CLOSER = {"id": 2, "login": "tiger", "url": "http://127.0.0.1:8000/v2/users/tiger"}
CLOSE = {
    "id": 2,
    "reason": "Connecticut giants",
    "kind": "other",
    "state": "unclose",
    "end_at": None,
    "created_at": "2017-11-22T13:42:20.888Z",
    "updated_at": "2017-11-22T13:42:20.987Z",
    "community_services": [NESTED_SERVICE],
    "user": PERSON,
    "closer": CLOSER,
}
SERVICE_CHANGES = {"occupation": "Sort the books by author", "duration": 7200}
CLOSE_CHANGES = {
    "reason": "Connecticut giants, twice",
    "community_services_attributes": [{"id": 3, "occupation": "Sort the books by author"}],
}
CHANGED_CLOSE = {
    **CLOSE,
    "reason": CLOSE_CHANGES["reason"],
    "community_services": [{**NESTED_SERVICE, "occupation": "Sort the books by author"}],
}
CLOSE_REQUEST = {
    "user_id": 7,
    "closer_id": 2,
    "kind": "other",
    "reason": "Connecticut giants",
    "community_services_attributes": [{name: SERVICE_REQUEST[name] for name in ("duration", "occupation")}],
}
# Its service has no date yet.
NEW_CLOSE = {**CLOSE, "state": "close", "community_services": [{**NESTED_SERVICE, "schedule_at": None}]}
