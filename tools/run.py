"""What `make run` does, in one process, as starting Django three times would take three times as long.

Usage: python tools/run.py ADDRESS:PORT
"""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django
from django.core.management import call_command
from django.db import connections


def main(address: str) -> None:
    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    call_command("seed_demo", if_empty=True, welcome=True)
    connections.close_all()
    call_command("runserver", address, use_reloader=False, skip_checks=False)


if __name__ == "__main__":
    main(sys.argv[1])
