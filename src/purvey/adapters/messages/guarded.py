"""Texts that people write are small programs; here is what such a program may do, and no more.

1. Before it ever runs it is read: only the parts of Jinja in ALLOWED, only names that a message
   has. No calls, no arithmetic, no macros, no sets; one loop at a time, over the order's lines. So
   what it costs is bounded by its length times the number of lines, and is known beforehand.
2. It runs in Jinja's sandbox, and its output ends at MAX_OUTPUT.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from purvey.adapters.messages.facts import MessageFacts, MessageLine, Totals, Tracking
from purvey.adapters.messages.texts import MessageText

MAX_SOURCE = 8_000
MAX_OUTPUT = 100_000
MAX_DEPTH = 24
MAX_LINES = 500  # lines of the order that a message lists
FILTERS = ("capitalize", "default", "lower", "trim", "upper")
ATTRIBUTES = {x.name for kind in (MessageLine, Totals, Tracking) for x in fields(kind)}
NAMES = {field.name for field in fields(MessageFacts)}
PARTS = ("order", "lines", "address", "parcel", "track", "confirm")
LOOP_ATTRIBUTES = {"first", "last", "index"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What one kind of template may say. `escapes`: its values become text of HTML."""

    names: Collection[str]
    parts: tuple[str, ...]
    max_source: int
    escapes: bool = False


OF_TEXTS = Rules(names=NAMES, parts=PARTS, max_source=MAX_SOURCE)

ALLOWED: tuple[type[nodes.Node], ...] = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Const,
    nodes.Name,
    nodes.Getattr,
    nodes.If,
    nodes.For,
    nodes.CondExpr,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.Compare,
    nodes.Operand,
    nodes.Filter,
)


class BadText(ValueError):
    """The text cannot be used. `field` is subject, title, body or frame; `line` begins at 1,
    and 0 is the whole."""

    def __init__(self, sentence: str, *, field: str, line: int = 1):
        where = f"{field.capitalize()}, line {line}" if line else field.capitalize()
        super().__init__(f"{where}: {sentence}")
        self.sentence, self.field, self.line = sentence, field, line


@dataclass(frozen=True, slots=True)
class Compiled:
    """A text that may run. `version` says which one it is."""

    subject: Template
    title: Template
    body: Template
    version: int


def compile_text(text: MessageText) -> Compiled:
    """Raises BadText with the field, the line and what would be right."""
    fields_of = {"subject": text.subject, "title": text.title, "body": text.body}
    made = {
        name: compile_source(source, field=name, rules=OF_TEXTS)
        for name, source in fields_of.items()
    }
    return Compiled(made["subject"], made["title"], made["body"], text.version)


def output_of(template: Template, values: Mapping[str, Any], *, field: str) -> str:
    """Raises BadText when it asks for what is not there, or says too much."""
    parts, size = list[str](), 0
    try:
        for part in template.generate(values):
            size += len(part)
            if size > MAX_OUTPUT:
                raise BadText(f"It says more than {MAX_OUTPUT:,} characters.", field=field)
            parts.append(part)
    except TemplateError as error:
        raise BadText(_what(error), field=field, line=_line_of(error)) from None
    return "".join(parts)


def compile_source(source: str, *, field: str, rules: Rules) -> Template:
    """Raises BadText when it says what the rules do not know."""
    if len(source) > rules.max_source:
        raise BadText(f"Write at most {rules.max_source:,} characters.", field=field)
    environment = _escaping if rules.escapes else _plain_text
    try:
        tree = environment.parse(source)
        _check(tree, field, rules)
        return environment.from_string(source)
    except TemplateError as error:
        raise BadText(_what(error), field=field, line=_line_of(error)) from None
    except (RecursionError, SyntaxError, MemoryError):
        raise BadText("It is nested too deeply.", field=field) from None


def _check(tree: nodes.Template, field: str, rules: Rules) -> None:
    for node, depth, loops in _walk(tree, 0, ()):
        sentence = _fault(node, loops, rules)
        if depth > MAX_DEPTH:
            sentence = "It is nested too deeply."
        if sentence:
            raise BadText(sentence, field=field, line=node.lineno or 1)


Loops = tuple[str, ...]  # the names that stand for a line where the node is


def _walk(node: nodes.Node, depth: int, loops: Loops) -> Iterator[tuple[nodes.Node, int, Loops]]:
    yield node, depth, loops
    inside = loops
    if isinstance(node, nodes.For) and isinstance(node.target, nodes.Name):
        inside = (*loops, node.target.name, "loop")
    for child in node.iter_child_nodes():
        yield from _walk(child, depth + 1, inside)


def _fault(node: nodes.Node, loops: Loops, rules: Rules) -> str:
    """What is wrong with one node; empty: nothing."""
    if not isinstance(node, ALLOWED):
        return f"'{type(node).__name__.lower()}' cannot be used in a message."
    fault = ""
    match node:
        case nodes.For():
            fault = _loop_fault(node, loops)
        case nodes.Name(name=name) if name not in rules.names and name not in loops:
            fault = f"There is no '{name}'. There are: {_and(rules.names)}."
        case nodes.Getattr(attr=attr) if attr not in ATTRIBUTES | LOOP_ATTRIBUTES:
            fault = f"There is no '.{attr}'. There are: {_and(ATTRIBUTES)}."
        case nodes.Filter(name=name, args=args) if name not in FILTERS or not _plain(args):
            fault = f"The filter '{name}' cannot be used so. There are: {_and(FILTERS)}."
        case nodes.TemplateData(data=data):
            fault = _part_fault(data, rules.parts)
    return fault


def _loop_fault(loop: nodes.For, loops: Loops) -> str:
    over_lines = isinstance(loop.iter, nodes.Name) and loop.iter.name == "lines"
    named = isinstance(loop.target, nodes.Name) and loop.target.name not in NAMES
    if loops or not over_lines or not named or loop.recursive:
        return "The only loop is {% for line in lines %}, and none stands inside another."
    return ""


def _part_fault(data: str, parts: tuple[str, ...]) -> str:
    for line in data.splitlines():
        word = line.strip()
        if word.startswith("[") and word.endswith("]") and word[1:-1] not in parts:
            known = f" There are: [{'], ['.join(parts)}]." if parts else ""
            return f"There is no part {word} here.{known}"
    return ""


def _plain(args: Iterable[nodes.Node]) -> bool:
    return all(isinstance(arg, nodes.Const) for arg in args)


def _and(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))


def _what(error: TemplateError) -> str:
    message = (error.message or type(error).__name__).strip()
    return message[:1].upper() + message[1:] + ("" if message.endswith(".") else ".")


def _line_of(error: TemplateError) -> int:
    return getattr(error, "lineno", None) or 1


def _made(*, escapes: bool) -> ImmutableSandboxedEnvironment:
    made = ImmutableSandboxedEnvironment(
        autoescape=escapes,
        undefined=StrictUndefined,
        cache_size=0,
    )
    made.globals.clear()
    made.filters = {name: made.filters[name] for name in FILTERS}
    made.tests.clear()
    return made


_plain_text = _made(escapes=False)  # the layout escapes it for HTML
_escaping = _made(escapes=True)
