"""What OpenAPI shows of this dialect; the task is the seed's."""

STAMP = "2019-08-26T12:09:03.34Z"
EXT = {"ct": STAMP, "lwt": STAMP}
OPTS = {"title": "", "comment": ""}
TASK: dict = {
    "id": "380daae6-016c-cdd4-606e-50e54938780c",
    "name": "Debtor calls",
    "isenabled": 0,
    "svcscriptcode": "dialByCallList",
    "sitemode": "all",
    "sites": "",
    "isregular": 1,
    "overlap": 1,
    "intervalsec": 3600,
    "dtstart": "2019-02-20T08:00:00Z",
    "dtstop": "2020-02-20T08:00:00Z",
    "schedule": "work",
    "periods": [],
    "opts": OPTS,
    "ext": EXT,
}
PAUSED = {**TASK, "opts": {**OPTS, "pausenote": "The dialer is being moved"}}
UNSAVED = {
    "isregular": 1,
    "intervalsec": 86400,
    "dtstart": "2026-10-24T00:30:00Z",
    "opts": {"clock": "local"},
}
SCRIPT: dict = {
    "id": "86228b15-016c-cdef-ccce-50e54938780c",
    "code": "nightlyCleaning",
    "name": "Nightly cleaning",
    "scriptdata": {"handler": "purge_archived", "params": {}, "timeoutsec": 300},
    "opts": OPTS,
    "ext": EXT,
}
WORKDAY: dict = {
    "id": "5d0b5a3e-0170-1b2a-9c1d-50e54938780c",
    "date": "2019-09-01",
    "isannual": 0,
    "isworkday": 1,
    "asdow": 5,
    "periods": [],
    "opts": OPTS,
    "ext": EXT,
}
RUN: dict = {
    "id": "7f0e3a52-4d0c-4a53-9f6e-0a4f2f0f6c11",
    "svctaskid": TASK["id"],
    "state": "running",
    "due": "2019-08-26T13:00:00Z",
    "started": "2019-08-26T13:00:00Z",
    "finished": None,
    "site": "main",
    "result": None,
    "error": "",
    "progress": {"done": 20, "total": 80, "text": "calling"},
    "log": "2019-08-26T13:00:00Z 80 calls\n",
}
# Taken down, for a worker to find.
ASKED_RUN: dict = {
    **RUN,
    "state": "waiting",
    "started": None,
    "progress": {"done": None, "total": None, "text": ""},
    "log": "",
}
SKIPS: dict = {
    "id": "0c8f5d1e-97d4-4a27-8a2c-0f3f5a1c9be2",
    "svctaskid": TASK["id"],
    "state": "skipped",
    "reason": "outside_schedule",
    "from": "2019-08-25T16:00:00Z",
    "to": "2019-08-26T06:00:00Z",
    "count": 15,
    "site": "",
}
COMING: dict = {"due": "2026-10-25T00:30:00Z", "local": "2026-10-25T02:30:00+02:00", "skipped": 0, "doubled": 1}
BACKFILL = {"from": "2019-08-26T13:00:00Z", "to": "2019-08-26T13:30:00Z", "dryrun": 0}
