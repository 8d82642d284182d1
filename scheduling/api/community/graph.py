"""Counts by period, counted in SQL, in each organization's local time [contract 10]."""

from collections import Counter
from datetime import date, datetime, timedelta

from django.db.models import Count, QuerySet
from django.db.models.functions import (
    ExtractDay,
    ExtractHour,
    ExtractIsoWeekDay,
    ExtractMonth,
    TruncDay,
    TruncMonth,
    TruncQuarter,
    TruncWeek,
    TruncYear,
)

from core.api.errors import Refusal
from core.models import Organization

FIELDS = ("created_at", "updated_at", "schedule_at")
CALENDAR = {"day": TruncDay, "week": TruncWeek, "month": TruncMonth, "quarter": TruncQuarter, "year": TruncYear}
CYCLIC = {
    "hour_of_day": ExtractHour,
    "day_of_week": ExtractIsoWeekDay,
    "day_of_month": ExtractDay,
    "month_of_year": ExtractMonth,
}
MONTHS = {"month": 1, "quarter": 3, "year": 12}
DAYS = {"day": 1, "week": 7}


def graph(rows: QuerySet, field: str, interval: str) -> dict[str, int]:
    """{period: count}, ascending. Rows without a date are not counted; an unknown field or interval → 422."""
    check_names(field, interval)
    counts: Counter = Counter()
    organizations = list(Organization.objects.filter(pk__in=rows.order_by().values("organization_id").distinct()))
    for organization in organizations:
        counts.update(_counts(rows.filter(organization=organization), field, interval, organization))
    if interval in CALENDAR:
        today = max((organization.local_date() for organization in organizations), default=None)
        return {day.isoformat(): counts[day] for day in _days(counts, interval, today)}
    return {str(number): counts[number] for number in sorted(counts)}


def check_names(field: str, interval: str) -> None:
    if field not in FIELDS:
        names = ", ".join(FIELDS[:-1]) + f" and {FIELDS[-1]}"
        message = f"Attribute {field} do not exist or isn't graphable. Available fields are: {names}"
        raise Refusal(422, "graph", message)
    if interval not in CALENDAR | CYCLIC:
        names = ", ".join(CALENDAR | CYCLIC)
        raise Refusal(422, "graph", f"Interval {interval} does not exist. Available intervals are: {names}")


def _counts(rows: QuerySet, field: str, interval: str, organization: Organization) -> dict:
    period = (CALENDAR | CYCLIC)[interval](field, tzinfo=organization.zone)
    dated = rows.exclude(**{field: None}).order_by().annotate(period=period)
    counted = dated.values_list("period").annotate(number=Count("pk"))
    return {_plain(period, interval): number for period, number in counted}


def _plain(period: datetime | int, interval: str) -> date | int:
    return period.date() if interval in CALENDAR else period


def _days(counts: Counter, interval: str, today: date | None) -> list[date]:
    """The first days of the periods, without gaps, from the first occurrence to today (or the last one, if later)."""
    if not counts:
        return []
    days, day = [], min(counts)
    last = max(*counts, today)
    while day <= last:
        days.append(day)
        day = _next(day, interval)
    return days


def _next(day: date, interval: str) -> date:
    if interval in DAYS:
        return day + timedelta(days=DAYS[interval])
    month = day.month - 1 + MONTHS[interval]
    return date(day.year + month // 12, month % 12 + 1, 1)
