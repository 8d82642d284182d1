"""Changes that close time: `?dry_run=1` tells what they would hit, `?on_hit=` what becomes of it [contract 40]."""

from collections.abc import Callable, Collection
from functools import partial
from typing import TypeVar

from rest_framework.response import Response

from appointments.api.appointment_shapes import APPOINTMENT, records_of
from appointments.api.base import AppointmentsView
from appointments.api.moments import wire_moment
from appointments.services import impact
from appointments.services.impact import Impact, OnHit

Row = TypeVar("Row")


class Closing(AppointmentsView):
    def closed(
        self, calendar_ids: Collection[int], change: Callable[[], Row], show: Callable[[Row], Response]
    ) -> Response:
        """show(what the change gives), once it is made; or what it would hit. `calendar_ids`: whose time it changes."""
        is_dry = self.query.truth("dry_run")
        on_hit = self.query.one("on_hit", partial(word, words=OnHit.values))
        self.query.check()
        if is_dry:
            return Response(hits(self, impact.preview(calendar_ids, change)))
        return show(impact.carry_out(calendar_ids, change, on_hit=on_hit or OnHit.KEEP))


def word(text: str, words: list[str]) -> str:
    if text not in words:
        raise ValueError(f"must be one of: {', '.join(words)}")
    return text


def hits(view, found: Impact) -> dict:
    """The appointments, in order of their start, and where each of them could go."""
    proposals = [
        {"appointment_id": pk, "calendar_id": place.calendar.pk, "start": wire_moment(place.start, view.zone)}
        for pk, place in found.proposals.items()
    ]
    return {"hits": records_of(APPOINTMENT, [hit.pk for hit in found.hits], view.zone), "proposals": proposals}
