import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()

from core import embedded, usage  # noqa: E402  (needs the apps loaded)

embedded.start()
usage.start()
