"""The French catalogue and what the source asks of it, read without gettext's tools."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.utils.translation.template import templatize

MESSAGES = Path("locale/fr/LC_MESSAGES")
CALLS = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy"}
APPS = ["config", "core", "scheduling", "appointments", "interventions", "svctasks"]
LINE = re.compile(r'(?:(msgctxt|msgid|msgid_plural|msgstr(?:\[\d\])?) )?(".*")')
# What names a context before its text; gettext's own sign stands between the two.
IN_CONTEXT = {"pgettext", "pgettext_lazy"}
BETWEEN = "\x04"
IN_TEMPLATE = re.compile(r"""\b(?:_|gettext|ngettext)\(u?('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")""")


def entries() -> list[dict[str, str]]:
    """Each entry as keyword → text, without the header; `flags` holds its comments."""
    blocks = (settings.BASE_DIR / MESSAGES / "django.po").read_text(encoding="utf-8").strip().split("\n\n")
    return [_entry(block) for block in blocks[1:]]


def _entry(block: str) -> dict[str, str]:
    entry, keyword = {"flags": ""}, ""
    for line in block.splitlines():
        match = LINE.fullmatch(line)
        if match is None:
            entry["flags"] += line
            continue
        keyword = match[1] or keyword
        entry[keyword] = entry.get(keyword, "") + ast.literal_eval(match[2])
    return entry


def key(entry: dict[str, str]) -> str:
    """What the compiled file knows it by."""
    return BETWEEN.join(entry[name] for name in ("msgctxt", "msgid") if name in entry)


def translations(entry: dict[str, str]) -> list[str]:
    """One text, or the singular and the plural."""
    return [text for keyword, text in entry.items() if keyword.startswith("msgstr")]


def asked() -> set[str]:
    """Every text that the source or a template marks for translation."""
    return {text for path in _files() for text in _marked(path)}


def _files() -> Iterator[Path]:
    for app in APPS:
        yield from (settings.BASE_DIR / app).rglob("*.py")
    for ending in ("html", "txt"):
        yield from (settings.BASE_DIR / "templates").rglob(f"*.{ending}")


def aliases() -> set[str]:
    """The names, other than their own, that the source gives to Django's functions of translation."""
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in _files() if path.suffix == ".py")
    imports = (node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ImportFrom))
    ours = (node for node in imports if node.module == "django.utils.translation")
    return {name.asname for node in ours for name in node.names if name.asname}


def _marked(path: Path) -> Iterator[str]:
    source = path.read_text(encoding="utf-8")
    return _in_python(source) if path.suffix == ".py" else _in_template(source)


def _in_python(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS | IN_CONTEXT:
            wanted = 2 if node.func.id in IN_CONTEXT else 1
            texts = [word.value for word in node.args[:wanted] if isinstance(word, ast.Constant)]
            if len(texts) == wanted and all(isinstance(text, str) for text in texts):
                yield BETWEEN.join(texts)


def _in_template(source: str) -> Iterator[str]:
    for match in IN_TEMPLATE.finditer(templatize(source)):
        yield ast.literal_eval(match[1])
