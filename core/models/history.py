"""The audit trail: one row a change, written with the change, rolled back with it."""

from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, models
from django.utils import timezone
from simple_history.manager import HistoryManager
from simple_history.models import HistoricalRecords

from core.context import current_actor
from core.inserts import Also, Beside, insert, insert_with


class HistoryRow(models.Model):
    """What every history row knows besides the copied fields: who, through which door, in which request."""

    door = models.CharField(max_length=20, blank=True, editable=False)
    application = models.ForeignKey(
        "core.Application",
        null=True,
        blank=True,
        editable=False,
        # The trail keeps the number of a client that was deleted.
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
    )
    request_id = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        if self._state.adding:
            for name, value in stamp().items():
                setattr(self, name, value)
        super().save(*args, **kwargs)


def stamp() -> dict:
    """Who is acting, as a history row has it."""
    actor = current_actor()
    return {
        "door": actor.door,
        "application_id": actor.application_id,
        "request_id": actor.request_id,
        "history_user_id": actor.user_id,
    }


class Trail(HistoricalRecords):
    """The library's records, each by one statement: its signals, which nobody here hears, cost as much again."""

    def create_historical_record(self, instance, history_type, using=None):
        if self.m2m_fields:
            super().create_historical_record(instance, history_type, using=using)
            return
        record(instance, history_type, self.get_change_reason_for_object(instance, history_type, using))


def record(instance: models.Model, history_type: str, reason: str | None = None) -> None:
    """The instance as it is now, in its history. history_type: + made, ~ changed, - deleted."""
    model: Any = type(instance).history.model  # type: ignore[attr-defined]
    copied = {field.attname: getattr(instance, field.attname) for field in model.tracked_fields}
    insert(model, copied | _own_values(history_type, reason))


def _own_values(history_type: str, reason: str | None) -> dict:
    """Of a history row, besides what it copies."""
    return {
        "history_date": timezone.now(),
        "history_type": history_type,
        "history_change_reason": reason,
        **stamp(),
    }


def write_new(row: models.Model, *others: Beside | Also) -> list[Any]:
    """As the save of a dated row that is new, with its history and these others: one statement, and no signals.

    What the others tell.
    """
    made: Any = row
    made.created_at = made.updated_at = timezone.now()
    values = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    own = _own_values("+", getattr(row, "_change_reason", None))
    trail = Beside(made.history.model, own, made._meta.pk.column, copies=True)
    made.pk, _trail, *told = insert_with(type(row), values, trail, *others)
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
    return told


class CachedHistoryManager(HistoryManager):
    """The library asks for this class at every write; made anew each time it was a twentieth of a create."""

    @classmethod
    @cache
    def from_queryset(cls, queryset_class, class_name=None):
        return super().from_queryset(queryset_class, class_name)


def history(**options) -> HistoricalRecords:
    """The `history` of a model; options as HistoricalRecords takes them (excluded_fields for secrets)."""
    # The library's own key is 32 bits wide, too narrow for years of changes.
    return Trail(
        bases=[HistoryRow],
        user_db_constraint=False,
        history_id_field=models.BigAutoField(),
        history_manager=CachedHistoryManager,
        **options,
    )
