"""python -m bench [names] [--rounds N] [--seconds S]: every case on every contestant in turn, round by round."""

import argparse
import os
from contextlib import closing

import django

from tests import throwaway

OWN_SETTINGS = {
    "DJANGO_SETTINGS_MODULE": "config.settings",
    "DUTYBOARD_ENV": "production",
    "SECRET_KEY": "only-for-benches-" + "0123456789abcdef" * 3,
    "ENCRYPTION_KEY": "only-for-benches-" + "fedcba9876543210" * 3,
    "SESSION_JWT_KEY": "only-for-benches-" + "02468ace13579bdf" * 3,
    "EMAIL_URL": "dummymail://",
    "SITE_URL": "http://127.0.0.1",
    "ALLOWED_HOSTS": "127.0.0.1",
    "SECURE_SSL_REDIRECT": "0",
    "RATE_LIMIT_PER_SECOND": "0",
    "RATE_LIMIT_PER_HOUR": "0",
    # Nothing is delivered while requests are measured.
    "EMBEDDED_WORKER": "0",
}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", help="cases; all by default")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=4.0, help="of one measurement")
    parser.add_argument("--services", type=int, default=100_000, help="rows to read among")
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--broker", action="store_true", help="hand messages over to a Redis server, as in production")
    return parser.parse_args()


def main() -> None:
    options = arguments()
    with closing(throwaway.Workspace()) as workspace:
        prepare(workspace, options)
        from bench.run import run  # needs the settings

        run(options, workspace.path)


def prepare(workspace: throwaway.Workspace, options: argparse.Namespace) -> None:
    """A throw-away PostgreSQL that syncs to disk, and production settings for it in the environment."""
    var = workspace.path / "var"
    var.mkdir()
    broker = throwaway.start_redis(workspace) if options.broker else ""
    url = throwaway.start_postgres(workspace, durable=True)
    os.environ.update(OWN_SETTINGS, DATABASE_URL=url, REDIS_URL=broker, DUTYBOARD_VAR=str(var))
    django.setup()


if __name__ == "__main__":
    main()
