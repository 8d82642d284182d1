FROM python:3.13-slim AS build
WORKDIR /app
RUN python -m venv /venv
COPY requirements.lock .
RUN /venv/bin/pip install --no-cache-dir --require-hashes --requirement requirements.lock

FROM python:3.13-slim
RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin dutyboard
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /app
COPY --from=build /venv /venv
COPY . .
# Only what the start-up asks for: nothing of this stays in the image. Static files land in var/static.
RUN env DUTYBOARD_ENV=production DATABASE_URL=sqlite:////tmp/none EMAIL_URL=dummymail:// SITE_URL=https://build.invalid \
    SECRET_KEY=build-only ENCRYPTION_KEY=build-only SESSION_JWT_KEY=build-only \
    python manage.py collectstatic --noinput --verbosity 0
USER dutyboard
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "--http", "1", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", "--blocking-threads", "1", "config.wsgi:application"]
