"""Whether any dispatcher is at work."""

from datetime import timedelta

from django.utils import timezone

from svctasks.models import DispatcherBeat, ServiceTask

STALE_AFTER = timedelta(seconds=60)


def silence() -> timedelta | None:
    """For how long no dispatcher has looked for due tasks; None where none ever did."""
    seen_at = DispatcherBeat.objects.values_list("seen_at", flat=True).first()
    return None if seen_at is None else timezone.now() - seen_at


def is_stale() -> bool:
    """Also where there never was one, once a task waits for it."""
    age = silence()
    if age is None:
        return ServiceTask.objects.to_look_at(timezone.now() - STALE_AFTER).exists()
    return age > STALE_AFTER
