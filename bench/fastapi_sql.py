"""The statements of the hand-written server."""

TOKEN = """
SELECT token.expires, token.scope, application.id AS application_id, application.name, application.is_active,
       application.allowed_scopes, application.roles, organization.id AS organization_id
  FROM oauth2_provider_accesstoken token
  JOIN core_application application ON application.id = token.application_id
  LEFT JOIN core_application_organizations granted ON granted.application_id = application.id
  LEFT JOIN core_organization organization ON organization.id = granted.organization_id AND organization.is_active
 WHERE token.token_checksum = $1
"""
COUNT = "SELECT count(*) FROM scheduling_communityservice WHERE organization_id = $1"
PAGE = """
SELECT service.id, service.duration, service.schedule_at, service.occupation, service.state, service.created_at,
       service.updated_at, service.close_id, close.reason AS close_reason, close.state AS close_state,
       close.created_at AS close_created_at, close.updated_at AS close_updated_at
  FROM scheduling_communityservice service LEFT JOIN scheduling_close close ON close.id = service.close_id
 WHERE service.organization_id = $1
 ORDER BY service.created_at DESC, service.id DESC LIMIT $2 OFFSET $3
"""
ORGANIZATION = """
SELECT organization.id, organization.time_zone, settings.community_service_start
  FROM core_organization organization
  LEFT JOIN scheduling_schedulingsettings settings ON settings.organization_id = organization.id
 WHERE organization.id = $1
"""
LOCK_CLOSE = """
SELECT close.id AS close_id, close.reason AS close_reason, close.state AS close_state,
       close.created_at AS close_created_at, close.updated_at AS close_updated_at, person.id AS user_id,
       person.email AS user_email, person.language AS user_language
  FROM scheduling_close close JOIN core_user person ON person.id = close.user_id
 WHERE close.id = $1 AND close.organization_id = $2 FOR UPDATE OF close
"""
ROLE = """
SELECT membership.role FROM core_membership membership JOIN core_user person ON person.id = membership.user_id
 WHERE membership.organization_id = $1 AND membership.user_id = $2 AND person.is_active
"""
INSERT_SERVICE = """
INSERT INTO scheduling_communityservice
       (created_at, updated_at, version, organization_id, close_id, supervisor_id, duration, occupation, schedule_at,
        state, make_up_reason, link_version)
VALUES ($1, $1, 1, $2, $3, $4, $5, $6, $7, 'schedule', '', 1) RETURNING id
"""
INSERT_SERVICE_HISTORY = """
INSERT INTO scheduling_historicalcommunityservice
       (id, created_at, updated_at, version, organization_id, close_id, supervisor_id, duration, occupation,
        schedule_at, state, make_up_reason, link_version, door, application_id, request_id, history_date, history_type)
VALUES ($1, $2, $2, 1, $3, $4, $5, $6, $7, $8, 'schedule', '', 1, $9, $10, $11, $2, '+')
"""
# Every student of the bench has a resource, as after the first service.
TAKE_TIME = """
INSERT INTO scheduling_busyinterval (organization_id, resource_id, seat, start, "end", kind, source_id, is_hard)
SELECT organization_id, id, 0, $3::timestamptz, $3::timestamptz + $4::float8 * interval '1 second', 'community_service',
       $5, false
  FROM scheduling_resource WHERE organization_id = $1 AND user_id = $2
"""
UNDATED = """
SELECT EXISTS (SELECT FROM scheduling_communityservice
                WHERE close_id = $1 AND state = 'schedule' AND schedule_at IS NULL)
"""
UNCLOSE = """
UPDATE scheduling_close SET state = 'unclose', version = version + 1, updated_at = $2 WHERE id = $1
RETURNING id, created_at, updated_at, version, organization_id, user_id, closer_id, kind, reason, state, end_at
"""
INSERT_CLOSE_HISTORY = """
INSERT INTO scheduling_historicalclose
       (id, created_at, updated_at, version, organization_id, user_id, closer_id, kind, reason, state, end_at,
        history_date, door, application_id, request_id, history_type)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, '~')
"""
INSERT_MESSAGE = """
INSERT INTO core_outboxmessage
       (uuid, organization_id, kind, recipient_id, address, language, entity, entity_id, params, state, attempts,
        due_at, error, subject, text, created_at)
VALUES (gen_random_uuid(), $1, 'community_service_assigned', $2, $3, $4, 'scheduling.communityservice', $5, '{}',
        'queued', 0, $6, '', '', '', $6)
"""
LOCK_AND_FIND_KEY = """
SELECT pg_try_advisory_xact_lock($1) AS is_ours, kept.body_hash, kept.answer
  FROM (SELECT) AS one LEFT JOIN core_idempotencykey kept ON kept.fingerprint = $2 AND kept.created_at >= $3
"""
KEEP_ANSWER = """
INSERT INTO core_idempotencykey AS kept (fingerprint, body_hash, answer, created_at) VALUES ($1, $2, $3, $4)
    ON CONFLICT (fingerprint) DO UPDATE
   SET body_hash = excluded.body_hash, answer = excluded.answer, created_at = excluded.created_at
 WHERE kept.created_at < $5 RETURNING id
"""
CLIENT = "SELECT id, client_secret, is_active, allowed_scopes FROM core_application WHERE client_id = $1"
INSERT_TOKEN = """
INSERT INTO oauth2_provider_accesstoken
       (token, token_checksum, application_id, expires, scope, resource, created, updated)
VALUES ('', $1, $2, $3, $4, '[]', $5, $5)
"""
