"""What the hand-written server writes of a change: the event, and a delivery for each webhook that wants it."""

from datetime import datetime

import asyncpg

INSERT_EVENT = """
WITH event AS (
  INSERT INTO core_event (uuid, organization_id, kind, entity_id, created_at, transaction)
  VALUES (gen_random_uuid(), $1, $2, $3, $4, pg_current_xact_id()::text::bigint)
  RETURNING id, organization_id, kind, created_at
)
INSERT INTO core_webhookdelivery
       (webhook_id, event_id, state, attempts, due_at, until, created_at, answer_status, answer_body, error, is_replay)
SELECT webhook.id, event.id, 'queued', 0, event.created_at, event.created_at + interval '24 hours', event.created_at, 0,
       '', '', false
  FROM event JOIN core_webhook webhook ON webhook.organization_id = event.organization_id
 WHERE webhook.is_enabled AND webhook.types ?| ARRAY['*', event.kind]
   FOR KEY SHARE OF webhook
"""


async def tell_webhooks(
    connection: asyncpg.Connection, organization_id: int, kind: str, pk: int, now: datetime
) -> None:
    await connection.execute(INSERT_EVENT, organization_id, kind, str(pk), now)
