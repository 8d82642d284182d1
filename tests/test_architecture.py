"""What a reader may rely on wherever he opens the project: held by reading the code itself."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from simple_history.models import registered_models

ROOT = Path(__file__).resolve().parents[1]
APPS = ("core", "scheduling", "appointments", "interventions", "svctasks")
# Each may import those after it; the three siblings import each other never.
LAYERS = [("config",), ("appointments", "interventions", "svctasks"), ("scheduling",), ("core",)]
# Not changed by people, and a person's own filters.
WITHOUT_HISTORY = {
    "appointments.AppointmentLine",
    "appointments.Hold",
    "core.ClientUsage",
    "core.Event",
    "core.EventFeed",
    "core.IdempotencyKey",
    "core.SavedView",
    "core.WebhookDelivery",
    "interventions.Counter",
    "interventions.Execution",
    "interventions.InterventionStep",
    "interventions.PdfReport",
    "interventions.PinTries",
    "interventions.Report",
    "interventions.RoutineOccurrence",
    "interventions.Session",
    "interventions.SignatureUpload",
    "scheduling.BusyInterval",
    "scheduling.JobOccurrence",
    "scheduling.JobReferenceCounter",
    "scheduling.JobStatusChange",
    "svctasks.DispatcherBeat",
    "svctasks.ServiceRun",
    "svctasks.WorkerSite",
}
# Changed by one claim at a time, which is its own guard; and parts of a row whose own version grows.
WITHOUT_VERSION = {
    "core.OutboxMessage",
    "interventions.InterventionAnomaly",
    "scheduling.Hours",
    "scheduling.JobConstraint",
    "scheduling.SpecialDay",
}
MOST_LINES, MOST_FUNCTION_LINES = 300, 45
# What holds the rules.
RULES = ("rules.py", "job_rules.py", "constraints.py", "services", "models", "changes.py", "errors.py")
WORDLESS = (*RULES, "emails.py", "job_emails.py", "service_scripts.py")
# The words of the wire that only a dialect's folder may know.
WIRE_WORDS = re.compile(
    r"\b(community_services_attributes|tiger_id|campus_id|X-Total|request\.data|Customer-Id|customFields|queryParams)\b"
)


def sources(*roots: str) -> list[Path]:
    return sorted(path for root in roots for path in (ROOT / root).rglob("*.py"))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def imports_of(path: Path) -> set[str]:
    """The modules that the file imports, anywhere in it."""
    found = set()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def tops_of(path: Path) -> set[str]:
    return {name.split(".")[0] for name in imports_of(path)}


# -- imports ------------------------------------------------------------------------------------------------


def test_imports_go_one_way():
    wrong = []
    for number, layer in enumerate(LAYERS):
        for package in layer:
            above = {name for names in LAYERS[:number] for name in names} | (set(layer) - {package})
            for path in sources(package):
                wrong += [(name_of(path), name) for name in tops_of(path) & above]
    assert wrong == []


def test_nobody_reaches_into_another_apps_api():
    wrong = []
    for package in APPS:
        for path in sources(package):
            foreign = [name for name in imports_of(path) if re.match(rf"(?!{package}\.)(?!core\.)\w+\.api\b", name)]
            wrong += [(name_of(path), name) for name in foreign if name.split(".")[0] in APPS]
    assert wrong == []


def test_what_holds_the_rules_knows_no_wire():
    wrong = []
    for path in sources(*APPS):
        parts = path.relative_to(ROOT).parts
        if "migrations" in parts or "api" in parts or parts[1] not in WORDLESS:
            continue
        known = [name for name in imports_of(path) if re.search(r"\.api\b", name) or name.startswith("rest_framework")]
        wrong += [(name_of(path), word) for word in [*known, *WIRE_WORDS.findall(path.read_text())]]
    assert wrong == []


def test_migrations_import_nothing_from_the_project():
    wrong = []
    for path in sources(*APPS):
        if "migrations" in path.parts:
            wrong += [(name_of(path), name) for name in tops_of(path) & {"config", *APPS}]
    assert wrong == []


def test_settings_alone_read_the_environment():
    readers = [
        name_of(path) for path in sources("config", *APPS) if re.search(r"\bos\.(environ|getenv)\b", path.read_text())
    ]
    # Naming the settings module is no reading.
    assert set(readers) - {"config/wsgi.py", "config/asgi.py", "config/celery.py"} == {"config/settings.py"} & set(
        readers
    )


# -- size ---------------------------------------------------------------------------------------------------


def test_no_file_is_longer_than_one_can_read():
    long = []
    for path in sources("config", *APPS, "tests", "bench"):
        lines = path.read_text().count("\n")
        if lines >= MOST_LINES and "migrations" not in path.parts:
            long.append((name_of(path), lines))
    assert long == []


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def test_no_function_is_longer_than_a_screen():
    long = []
    for path in sources("config", *APPS):
        for function in functions(tree_of(path)):
            lines = (function.end_lineno or 0) - function.lineno + 1
            if lines > MOST_FUNCTION_LINES:
                long.append((name_of(path), function.name, lines))
    assert long == []


def test_functions_are_short_as_a_rule():
    lengths = [
        (function.end_lineno or 0) - function.lineno + 1
        for path in sources("config", *APPS)
        for function in functions(tree_of(path))
    ]
    assert sum(lengths) / len(lengths) <= 10


# -- models -------------------------------------------------------------------------------------------------


def project_models() -> list:
    """The models of the project, without history's own."""
    found = [model for app in APPS for model in apps.get_app_config(app).get_models()]
    return [model for model in found if not model.__name__.startswith("Historical")]


def tracked_models() -> list:
    """Those with a history; that of a many-to-many table goes with its model's."""
    return [model for model in project_models() if model in registered_models.values()]


def test_every_model_has_a_history_except_the_named_few():
    tracked = tracked_models()
    assert {model._meta.label for model in project_models() if model not in tracked} == WITHOUT_HISTORY


def test_every_history_row_says_who_by_which_door_and_in_which_request():
    for model in tracked_models():
        names = {field.name for field in model.history.model._meta.get_fields()}
        assert {"history_user", "history_date", "door", "application", "request_id"} <= names, model


def test_what_people_change_is_numbered_anew_by_each_write():
    names = {model._meta.label: {field.name for field in model._meta.fields} for model in tracked_models()}
    assert {label for label, fields in names.items() if "version" not in fields} == WITHOUT_VERSION


def test_choices_are_words():
    own = [model for model in project_models() if model._meta.label != "core.Application"]  # the toolkit's own choices
    for model in own:
        for field in model._meta.fields:
            for value, _ in field.choices or ():
                assert re.fullmatch(r"[a-z][a-z_]+", value), f"{field}: {value}"


@pytest.mark.parametrize("word", ["post_save", "pre_save", "m2m_changed", "post_delete", "@receiver"])
def test_there_are_no_signals(word):
    assert [name_of(path) for path in sources("config", *APPS) if word in path.read_text()] == []


# -- errors -------------------------------------------------------------------------------------------------


def errors_raised(path: Path) -> Iterator[tuple[str, ast.expr | None]]:
    """(code, message) of each `refuse(field, code, message)` and `ValidationError(message, code=…)` in the file."""
    for node in ast.walk(tree_of(path)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        if node.func.id == "refuse" and len(node.args) >= 3 and isinstance(node.args[1], ast.Constant):
            yield node.args[1].value, node.args[2]
        elif node.func.id == "ValidationError":
            codes = [word.value for word in node.keywords if word.arg == "code"]
            for code in codes:
                yield code.value if isinstance(code, ast.Constant) else "computed", node.args[0]


def is_translated(message: ast.expr | None) -> bool:
    """`_("…")`, or that with values put in, or a name that holds one."""
    if isinstance(message, ast.BinOp):
        return is_translated(message.left)
    if isinstance(message, ast.Name):
        return True
    return isinstance(message, ast.Call) and isinstance(message.func, ast.Name) and message.func.id == "_"


def test_every_error_of_a_rule_has_a_code_and_translated_words():
    found = [
        (name_of(path), code, message)
        for path in sources(*APPS)
        if path.relative_to(ROOT).parts[1] in RULES
        for code, message in errors_raised(path)
    ]
    assert len({code for _, code, _ in found}) >= 10, "the walk finds them"
    assert [(name, code) for name, code, message in found if not is_translated(message)] == []
    assert [(name, code) for name, code, _ in found if not re.fullmatch(r"[a-z_]+", str(code))] == []


def test_no_rule_raises_an_error_without_a_code():
    bare = []
    for path in sources(*APPS):
        if path.relative_to(ROOT).parts[1] not in RULES:
            continue
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "ValidationError":
                text = bool(node.args) and isinstance(node.args[0], ast.Constant | ast.JoinedStr | ast.Call)
                if text and not any(word.arg == "code" for word in node.keywords):
                    bare.append((name_of(path), node.lineno))
    assert bare == []


def refusals_made(path: Path) -> Iterator[tuple[int, str, bool]]:
    """(status, code, has words) of each `Refusal(status, code, message…)` in the file."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Refusal":
            status, code, *message = node.args
            if isinstance(status, ast.Constant) and isinstance(code, ast.Constant):
                worded = bool(message) and not (isinstance(message[0], ast.Constant) and not message[0].value)
                yield status.value, code.value, worded


def test_every_refusal_of_an_api_has_a_code_and_words():
    found = [(name_of(path), *refusal) for path in sources(*APPS) for refusal in refusals_made(path)]
    assert len(found) >= 20, "the walk finds them"
    assert [(name, code) for name, _, code, worded in found if not worded] == []


def test_one_code_has_one_status():
    statuses: dict[str, set[int]] = {}
    for path in sources(*APPS):
        for status, code, _ in refusals_made(path):
            statuses.setdefault(code, set()).add(status)
    assert {code: found for code, found in statuses.items() if len(found) > 1} == {}
