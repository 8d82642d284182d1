"""Answers that are kept and tell of a person: told by what they say, as nothing leads to them."""

import json
from collections.abc import Collection, Iterator

from core.crypto import InvalidToken, decrypt
from core.models import IdempotencyKey, Organization, WebhookDelivery
from core.privacy.found import in_batches

# A shorter text stands in every other answer.
SHORTEST = 3
BATCH = 500


def forget(texts: Collection[str]) -> int:
    """Empty stored answers to idempotent requests that hold one of these; the repetition of such a request is answered
    that it can no longer be read.
    """
    wanted = [json.dumps(text, ensure_ascii=False)[1:-1] for text in texts if len(text) >= SHORTEST]
    return sum(_forget_in(pks, wanted) for pks in _batches()) if wanted else 0


def _batches() -> Iterator[list[int]]:
    last = 0
    rows = IdempotencyKey.objects.exclude(answer=None).order_by("pk")
    while pks := list(rows.filter(pk__gt=last).values_list("pk", flat=True)[:BATCH]):
        yield pks
        last = pks[-1]


def _forget_in(pks: list[int], texts: list[str]) -> int:
    rows = IdempotencyKey.objects.filter(pk__in=pks).values_list("pk", "answer")
    telling = [pk for pk, answer in rows if _tells(bytes(answer or b""), texts)]
    return IdempotencyKey.objects.filter(pk__in=telling).update(answer=None)


def _tells(answer: bytes, texts: list[str]) -> bool:
    try:
        stored = json.loads(decrypt(answer))
    except InvalidToken:
        return False
    body = str(stored["body"]).casefold()
    return any(text.casefold() in body for text in texts)


def forget_delivered(texts: Collection[str], organization: Organization | None) -> int:
    """Empty what receivers of webhooks answered, where it holds one of these; without an organization, of all."""
    long = [text for text in texts if len(text) >= SHORTEST]
    # As a text has it, and as JSON of ASCII alone.
    wanted = {form.casefold() for text in long for form in (text, json.dumps(text)[1:-1])}
    rows = WebhookDelivery.objects.exclude(answer_body="")
    rows = rows.filter(webhook__organization=organization) if organization else rows
    said = rows.values_list("pk", "answer_body").iterator(BATCH)
    telling = [pk for pk, body in said if any(text in body.casefold() for text in wanted)]
    return sum(WebhookDelivery.objects.filter(pk__in=pks).update(answer_body="") for pks in in_batches(telling))
