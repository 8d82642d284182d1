from core.commands import OperatorCommand
from core.service_scripts import Handler, handlers


class Command(OperatorCommand):
    help = "List the handlers that a service script may name, with the script that every organization has for it."

    def run(self, **options) -> dict:
        return {"handlers": [_told(handler) for handler in handlers()]}

    def as_text(self, answer: dict) -> str:
        return "\n".join(_line(handler) for handler in answer["handlers"])


def _told(handler: Handler) -> dict:
    ships = handler.ships
    seconds = int(ships.every.total_seconds()) if ships and ships.every else None
    return {
        "name": handler.name,
        "title": str(handler.title),
        "calls_out": handler.calls_out,
        "script": ships.code if ships else None,
        "every_seconds": seconds,
    }


def _line(handler: dict) -> str:
    every = f", each {handler['every_seconds']} s" if handler["every_seconds"] else ""
    shipped = f" (script {handler['script']}{every})" if handler["script"] else ""
    return f"{handler['name']:<24} {handler['title']}{shipped}"
