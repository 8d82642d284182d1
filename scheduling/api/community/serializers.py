"""What the two resources take; the shapes that they give are in shapes.py."""

from rest_framework import serializers

from core.models import User
from scheduling.api.community.fields import BlankField, MomentField, RowField, TextField, WholeField, WordField
from scheduling.models import Close
from scheduling.models.close import MAX_TEXT


def reachable_closes(view):
    return Close.objects.filter(organization_id__in=view.staff_ids)


def reachable_people(view):
    return User.objects.filter(memberships__organization_id__in=view.staff_ids).distinct()


class CommunityServiceForm(serializers.Serializer):
    duration = WholeField(unit="seconds", help_text="In seconds: 14400 is four hours.")
    occupation = BlankField(max_length=255)
    schedule_at = MomentField(allow_null=True, required=False)
    close_id = RowField(source="close", rows=reachable_closes, allow_null=True, required=False)
    tiger_id = RowField(source="supervisor", rows=reachable_people, allow_null=True, required=False)


class NestedServiceForm(serializers.Serializer):
    duration = WholeField(unit="seconds", help_text="In seconds: 7200, 14400 or 28800.")
    occupation = BlankField(max_length=255)


class CloseForm(serializers.Serializer):
    user_id = RowField(source="user", rows=reachable_people)
    closer_id = RowField(source="closer", rows=reachable_people)
    kind = WordField(words=Close.Kind.values)
    reason = TextField(max_length=MAX_TEXT)
    end_at = MomentField(allow_null=True, required=False)
