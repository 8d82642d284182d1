"""Vevents: calendar events and appointments in one list [annex 40; contract 40].

An appointment has the id that it has elsewhere; events are counted from FIRST_EVENT on, so that no two are the same.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import BigIntegerField, ExpressionWrapper, F, OuterRef, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Coalesce

from appointments.api import conditions as by
from appointments.api.columns import MOMENT, LocalMoment, PythonColumn
from appointments.api.fields import MAX_ID, Moment, RowOf, Text, Truth, Word
from appointments.api.forms import Form
from appointments.api.lists import Listing
from appointments.api.set_up_shapes import rows_of
from appointments.models import Appointment, AppointmentLine, Calendar, CalendarEvent, Customer, Service
from appointments.models.texts import LivingQuerySet
from core.api.rows import Row
from scheduling.models.close import MAX_TEXT

Kind = CalendarEvent.Kind
FIRST_EVENT = 10**12
APPOINTMENT = "appointment"
# The wire's own word for an extra opening; all else has the other.
OPENING, PLAIN = "VfreebusyEvent", "Vevent"
TYPES = ("", PLAIN, OPENING)
KINDS = (*(str(kind) for kind in Kind), APPOINTMENT)
ID = {"type": "integer", "format": "int64", "minimum": 0, "maximum": MAX_ID}
WORDS = {"type": "string"}
TRUTH = {"type": "boolean"}


@dataclass(frozen=True)
class Shown(PythonColumn):
    """A column that two tables have, or an expression; `documented` is its schema."""

    documented: tuple[tuple[str, object], ...]

    def schema(self, model) -> dict:
        return dict(self.documented)


class LocalShown(Shown, LocalMoment):
    pass


@dataclass(frozen=True)
class TypeColumn(Shown):
    def python(self, values: Iterator):
        return OPENING if next(values) == Kind.OPENING else PLAIN


@dataclass(frozen=True)
class NoteColumn(Shown):
    def python(self, values: Iterator):
        return next(values) == Kind.NOTE


def shown(path: str, schema: dict) -> Shown:
    return Shown(path, tuple(schema.items()))


def local(path: str) -> LocalShown:
    return LocalShown(path, tuple(MOMENT.items()))


VEVENT = Row(
    id=shown("number", ID),
    group_id=shown("organization_id", ID),
    calendar_id=shown("calendar_id", ID),
    start=local("start"),
    end=local("end"),
    kind=shown("kind", {**WORDS, "enum": list(KINDS)}),
    type=TypeColumn("kind", tuple({**WORDS, "enum": [PLAIN, OPENING]}.items())),
    note=NoteColumn("kind", tuple(TRUTH.items())),
    text=shown("text", WORDS),
    intervention_id=shown("service_number", ID),
    fiche_id=shown("customer_number", ID),
    taker=shown("taker", WORDS),
    comments=shown("comments", WORDS),
    from_web=shown("from_web", TRUTH),
    colorref=shown("colorref", WORDS),
    deleted=shown("is_deleted", TRUTH),
    created_at=local("created_at"),
    updated_at=local("updated_at"),
)
VEVENTS = Listing(
    VEVENT,
    {
        "id": by.key("number"),
        "calendar_id": by.key("calendar_id"),
        "start": by.moment("start"),
        "end": by.moment("end"),
        "kind": by.word("kind", {word: word for word in KINDS}),
        **{name: by.texts(name) for name in ("text", "taker", "comments", "colorref")},
        "intervention_id": by.key("service_number"),
        "fiche_id": by.key("customer_number"),
        "from_web": by.yes_no("from_web"),
        "deleted": by.yes_no("is_deleted"),
        "created_at": by.moment("created_at"),
        "updated_at": by.moment("updated_at"),
    },
    ("start",),
    ("text", "comments", "taker"),
    {
        "calendar_id": lambda rows, ids: rows.filter(calendar_id__in=ids),
        "fiche_id": lambda rows, ids: rows.filter(customer_number__in=ids),
    },
    needs_zone=True,
)
VEVENT_FORM = Form(
    {
        "calendar_id": RowOf(rows_of(Calendar), "calendar"),
        "start": Moment(),
        "end": Moment(),
        "type": Word({word: word for word in TYPES}),
        "note": Truth(),
        "text": Text(255),
        "intervention_id": RowOf(rows_of(Service), "service", is_nullable=True),
        "fiche_id": RowOf(rows_of(Customer), "customer", is_nullable=True),
        "taker": Text(255),
        "comments": Text(MAX_TEXT),
        "from_web": Truth(),
        "colorref": Text(7, is_required=True),
        "deleted": Truth("is_deleted"),
    },
    ("calendar_id", "start"),
)


def events(rows: LivingQuerySet) -> LivingQuerySet:
    return rows.annotate(
        # Django takes the sum of two whole numbers for a small one.
        number=ExpressionWrapper(F("pk") + Value(FIRST_EVENT, BigIntegerField()), BigIntegerField()),
        service_number=Coalesce("service_id", Value(0), output_field=BigIntegerField()),
        customer_number=Value(0, BigIntegerField()),
    )


def appointments(rows: QuerySet[Appointment]) -> QuerySet:
    first = AppointmentLine.objects.filter(appointment=OuterRef("pk"), position=0)
    return rows.annotate(
        number=F("pk"),
        kind=Value(APPOINTMENT, TextField()),
        text=Value("", TextField()),
        service_number=Coalesce(Subquery(first.values("service_id")), Value(0), output_field=BigIntegerField()),
        customer_number=F("customer_id"),
        taker=Value("", TextField()),
        colorref=Coalesce(Subquery(first.values("service__colorref")), Value("#dddddd"), output_field=TextField()),
    )
