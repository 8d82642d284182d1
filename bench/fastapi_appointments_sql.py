"""The statements of the hand-written server about appointments."""

KEY = """
SELECT application.id, application.is_active, application.allowed_scopes, application.roles,
       organization.id AS organization_id
  FROM core_apikey key
  JOIN core_application application ON application.id = key.application_id
  LEFT JOIN core_application_organizations granted ON granted.application_id = application.id
  LEFT JOIN core_organization organization ON organization.id = granted.organization_id AND organization.is_active
 WHERE key.key_hash = $1 AND key.is_active
"""
GROUP = """
SELECT organization.id, organization.name, organization.time_zone, organization.language, settings.urlname,
       settings.min_notice, settings.booking_horizon, settings.max_multirdvs, settings.confirm_required,
       settings.sendmail, settings.reminders
  FROM core_organization organization
  LEFT JOIN appointments_bookingsettings settings ON settings.organization_id = organization.id
 WHERE organization.id = $1
"""
SERVICES = """
SELECT id, name, publicname, length, buffer_before, buffer_after, serviceset_id, is_open
  FROM appointments_service WHERE organization_id = $1 AND id = ANY($2) AND NOT is_deleted
"""
CALENDARS = """
SELECT calendar.id, calendar.resource_id, calendar.name, calendar.publicname, calendar.address, calendar.zipcode,
       calendar.city, calendar.is_open, calendar.capacity, calendar.slot_step, calendar.opening_hours
  FROM appointments_calendar calendar
 WHERE calendar.organization_id = $1 AND calendar.id = ANY($2) AND NOT calendar.is_deleted
   AND (SELECT count(*) FROM appointments_service_calendars offered
         WHERE offered.calendar_id = calendar.id AND offered.service_id = ANY($3)) = cardinality($3)
 ORDER BY calendar.sort, calendar.id
"""
EMAIL_TAKEN = """
SELECT EXISTS (SELECT FROM appointments_customer
                WHERE organization_id = $1 AND lower(email) = $2 AND email <> '' AND NOT is_deleted)
"""
TAKEN = """
SELECT resource_id AS number, seat, floor(extract(epoch FROM start))::bigint AS first,
       ceil(extract(epoch FROM "end"))::bigint AS last, kind
  FROM scheduling_busyinterval
 WHERE resource_id = ANY($1) AND start < $4 AND "end" > $3 AND (expires_at IS NULL OR expires_at > now())
UNION ALL
SELECT calendar_id, 0, floor(extract(epoch FROM start))::bigint, ceil(extract(epoch FROM "end"))::bigint, kind
  FROM appointments_calendarevent
 WHERE calendar_id = ANY($2) AND start < $4 AND "end" > $3 AND kind IN ('block', 'opening') AND NOT is_deleted
"""
LOCK = "SELECT pg_advisory_xact_lock(20, $1)"
INSERT_CUSTOMER = """
INSERT INTO appointments_customer
       (created_at, updated_at, version, organization_id, lastname, firstname, firstphone, secondphone, email, comments,
        from_web, wants_email_reminders, wants_sms_reminders, made_by_id, is_deleted)
VALUES ($1, $1, 1, $2, $3, $4, $5, $6, $7, '', false, $8, true, $9, false) RETURNING id
"""
INSERT_CUSTOMER_HISTORY = """
INSERT INTO appointments_historicalcustomer
       (id, created_at, updated_at, version, organization_id, lastname, firstname, firstphone, secondphone, email,
        comments, from_web, wants_email_reminders, wants_sms_reminders, made_by_id, is_deleted, door, application_id,
        request_id, history_date, history_type)
VALUES ($1, $2, $2, 1, $3, $4, $5, $6, $7, $8, '', false, $9, true, $10, false, 'api', $10, $11, $2, '+')
"""
INSERT_APPOINTMENT = """
INSERT INTO appointments_appointment
       (created_at, updated_at, version, organization_id, calendar_id, customer_id, start, "end", buffer_before,
        buffer_after, state, key, comments, websource, from_web, assignment_reason, moves, calendar_sequence, attention,
        made_by_id, is_deleted)
VALUES ($1, $1, 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, '', 0, 0, '', $14, false) RETURNING id
"""
INSERT_APPOINTMENT_HISTORY = """
INSERT INTO appointments_historicalappointment
       (id, created_at, updated_at, version, organization_id, calendar_id, customer_id, start, "end", buffer_before,
        buffer_after, state, key, comments, websource, from_web, assignment_reason, moves, calendar_sequence, attention,
        made_by_id, is_deleted, door, application_id, request_id, history_date, history_type)
VALUES ($1, $2, $2, 1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, '', 0, 0, '', $15, false, 'api', $15, $16,
        $2, '+')
"""
INSERT_LINE = """
INSERT INTO appointments_appointmentline (appointment_id, position, service_id, length) VALUES ($1, $2, $3, $4)
"""
TAKE = """
INSERT INTO scheduling_busyinterval (organization_id, resource_id, seat, start, "end", kind, source_id, is_hard)
VALUES ($1, $2, $3, $4, $5, 'appointment', $6, true) ON CONFLICT DO NOTHING RETURNING id
"""
INSERT_MESSAGE = """
INSERT INTO core_outboxmessage
       (uuid, organization_id, kind, address, language, entity, entity_id, params, state, attempts, due_at, error,
        subject, text, created_at)
VALUES (gen_random_uuid(), $1, 'appointment_booked', $2, $3, 'appointments.appointment', $4, $5, 'queued', 0, $6, '',
        '', '', $6)
"""
COUNT = """
SELECT count(*) FROM appointments_appointment WHERE organization_id = $1 AND NOT is_deleted AND "end" > $2
"""
PAGE = """
SELECT one.id, one.key, one.start, one."end", one.state, one.websource, one.from_web, one.comments,
       one.assignment_reason, one.created_at, one.updated_at, one.is_deleted,
       one.calendar_id, calendar.name AS calendar_name, calendar.publicname AS calendar_publicname, calendar.address,
       calendar.zipcode, calendar.city, one.customer_id, customer.birthdate, customer.lastname, customer.firstname,
       customer.email, customer.firstphone, customer.secondphone, customer.comments AS customer_comments,
       first.service_id, first.length AS line_length, service.name AS service_name,
       service.publicname AS service_publicname, service.serviceset_id, service.length AS service_length,
       (SELECT array_agg(line.service_id ORDER BY line.position)
          FROM appointments_appointmentline line WHERE line.appointment_id = one.id) AS service_ids
  FROM appointments_appointment one
  JOIN appointments_calendar calendar ON calendar.id = one.calendar_id
  JOIN appointments_customer customer ON customer.id = one.customer_id
  LEFT JOIN appointments_appointmentline first ON first.appointment_id = one.id AND first.position = 0
  LEFT JOIN appointments_service service ON service.id = first.service_id
 WHERE one.organization_id = $1 AND NOT one.is_deleted AND one."end" > $2
 ORDER BY one.start, one.id LIMIT $3 OFFSET $4
"""
