"""What the two resources take; the shapes that they give are in shapes.py."""

from django.db import DEFAULT_DB_ALIAS
from rest_framework import serializers

from core.models import User
from scheduling.api.community.fields import BlankField, MomentField, RowField, TextField, WholeField, WordField
from scheduling.models import Close
from scheduling.models.close import MAX_TEXT


def find_close(view, pk: int) -> Close:
    """Not read yet: the service reads it once, under its lock, and lets none of another organization pass."""
    return Close.from_db(DEFAULT_DB_ALIAS, ["id"], [pk])


def find_person(view, pk: int) -> User | None:
    """A member of one of the organizations in reach."""
    user = User.with_roles(pk)
    return user if user and not user.held.keys().isdisjoint(view.staff_ids) else None


class CommunityServiceForm(serializers.Serializer):
    duration = WholeField(unit="seconds", help_text="In seconds: 14400 is four hours.")
    occupation = BlankField(max_length=255)
    schedule_at = MomentField(allow_null=True, required=False)
    close_id = RowField(source="close", find=find_close, allow_null=True, required=False)
    tiger_id = RowField(source="supervisor", find=find_person, allow_null=True, required=False)


class NestedServiceForm(serializers.Serializer):
    duration = WholeField(unit="seconds", help_text="In seconds: 7200, 14400 or 28800.")
    occupation = BlankField(max_length=255)


class CloseForm(serializers.Serializer):
    user_id = RowField(source="user", find=find_person)
    closer_id = RowField(source="closer", find=find_person)
    kind = WordField(words=Close.Kind.values)
    reason = TextField(max_length=MAX_TEXT)
    end_at = MomentField(allow_null=True, required=False)
