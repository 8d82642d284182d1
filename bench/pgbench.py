"""pgbench with the statements that our endpoints really run: captured once, replayed with variables for what moves."""

import re
import subprocess
from datetime import datetime, timedelta
from itertools import chain, zip_longest
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
from django.db import connection
from django.test import Client as Browser
from django.utils import timezone
from psycopg import Binary, sql

from bench.cases import Case
from bench.data import Client
from bench.practices import Practice
from core.models import IdempotencyKey
from tests.throwaway import postgres_programs

NAMED = re.compile(r"%\((\w+)\)s")
# Alone, or with the history that copies it.
INSERTED = re.compile(
    r'(?:WITH made AS \()?INSERT INTO "(\w+)".* (?:RETURNING (?:"\w+"\.)?"id"|SELECT "id", .* FROM made)', re.DOTALL
)
QUOTED = re.compile(r"'(?:[^']|'')*'")
VARIABLE = re.compile(r":[A-Za-z_]")
TPS = re.compile(r"tps = ([0-9.]+)")


class Capture:
    """An execute_wrapper that keeps every statement, with the transactions' borders."""

    def __init__(self) -> None:
        self.statements: list[tuple[str, tuple]] = []
        self.inside = False

    def __call__(self, execute, statement, parameters, many, context):
        self.cross_border()
        self.statements.append(positional(statement, parameters or ()))
        return execute(statement, parameters, many, context)

    def cross_border(self) -> None:
        inside = connection.in_atomic_block
        if inside != self.inside:
            self.statements.append(("BEGIN" if inside else "COMMIT", ()))
        self.inside = inside


def capture(case: Case, message: bytes) -> tuple[list[tuple[str, tuple]], dict]:
    """The statements of one of our answers, and its JSON."""
    head, _, body = message.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    method, path, _ = first.split(" ")
    headers = dict(line.split(": ", 1) for line in lines)
    kept = Capture()
    with connection.execute_wrapper(kept):
        answer = Browser().generic(method, path, body, "application/json" if body else "", headers=headers)
        kept.cross_border()
    if not case.expects(answer.status_code):
        raise SystemExit(f"{first} answered {answer.status_code}: {answer.content.decode()[:500]}")
    return kept.statements, orjson.loads(answer.content)


def script(case: Case, client: Client | Practice) -> str:
    """What pgbench runs for one request of this client."""
    last = IdempotencyKey.objects.order_by("-pk").values_list("pk", flat=True).first()
    statements, answer = capture(case, case.build(client))
    variables = Variables(client, answer, key_after=last or 0)
    head = ["\\set nonce random(1, 9000000000000000)", *client.variables()]
    return "\n".join(head + [written(statement, parameters, variables) for statement, parameters in statements]) + "\n"


class Variables:
    """What stands for a captured value in the replay: a variable, an expression, or the value itself."""

    def __init__(self, client: Client | Practice, answer: Any, key_after: int) -> None:
        self.client, self.answer = client, answer
        self.names: dict[object, str] = client.moving(answer)
        key = IdempotencyKey.objects.filter(pk__gt=key_after).first()
        if key:
            number = int.from_bytes(bytes(key.fingerprint)[:8], "big", signed=True)
            self.names |= {
                key.pk: ":core_idempotencykey_id",
                number: ":nonce",
                bytes(key.fingerprint): "sha256(int8send(:nonce))",
            }

    def of(self, value: object) -> str:
        if isinstance(value, Binary):
            value = value.obj
        if isinstance(value, list):
            return f"ARRAY[{', '.join(map(self.of, value))}]"
        if isinstance(value, bytes | int | str) and value in self.names:
            return self.names[value]
        if isinstance(value, datetime) and abs(timezone.now() - value) < timedelta(minutes=1):
            return "now()"
        if isinstance(value, datetime) and (moved := self.client.moment(value, self.answer)):
            return escaped(moved)
        if isinstance(value, UUID):
            return "gen_random_uuid()"
        return escaped(sql.Literal(value).as_string(connection.connection))


def positional(statement: str, parameters) -> tuple[str, tuple]:
    """The same with each named parameter at its place."""
    if not isinstance(parameters, dict):
        return statement, tuple(parameters)
    names = NAMED.findall(statement)
    return NAMED.sub("%s", statement), tuple(parameters[name] for name in names)


def written(statement: str, parameters: tuple, variables: Variables) -> str:
    texts = [escaped(text.replace("%%", "%")) for text in " ".join(statement.split()).split("%s")]
    filled = "".join(chain.from_iterable(zip_longest(texts, map(variables.of, parameters), fillvalue="")))
    inserted = INSERTED.match(statement)
    return f"{filled} \\gset {inserted[1]}_" if inserted else f"{filled};"


def escaped(text: str) -> str:
    """A quoted `:name` would be a variable to pgbench."""
    return QUOTED.sub(lambda match: _escaped_literal(match[0]), text)


def _escaped_literal(literal: str) -> str:
    if not VARIABLE.search(literal):
        return literal
    return "E" + literal.replace("\\", "\\\\").replace(":", "\\x3A")


def run(database_url: str, scripts: list[Path], seconds: float, connections: int) -> float:
    """Transactions a second of these scripts in turn, statements prepared: what the database alone can do."""
    program = next(path / "pgbench" for path in postgres_programs() if (path / "pgbench").exists())
    files = [word for path in scripts for word in ("-f", str(path))]
    how = ["-n", "-M", "prepared", "-c", str(connections), "-j", "2", "-T", str(max(1, round(seconds)))]
    done = subprocess.run([program, *how, *files, database_url], capture_output=True, text=True)
    found = TPS.search(done.stdout)
    if done.returncode or not found:
        raise SystemExit(f"pgbench failed: {done.stderr[-2000:]}")
    return float(found[1])
