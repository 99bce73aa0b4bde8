"""What can be counted of the house's style, counted in every file of src/purvey.

The limits let a page be read at once. What has to exceed one is in EXCEPTIONS, with the reason.
"""

import ast
from collections.abc import Iterator, Mapping
from itertools import dropwhile
from pathlib import Path
from statistics import median
from typing import NamedTuple

import pytest

MAX_FILE_LINES = 300
MAX_FUNCTION_LINES = 40
MEDIAN_FUNCTION_LINES = 10
MAX_POSITIONAL = 2
# What a function works in is no argument of what it does: a leading one of these does not count.
CONTEXT = {"tx", "batch", "house", "desk", "connection", "sql", "request"}
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "manager", "service", "base", "common"}

# "file.py" or "file.py::function", seen from src/purvey: why it may break the rule.
_STEP = "reads as a sentence: this order's shipment (payment, return) takes this step"
EXCEPTIONS: dict[str, str] = {
    "operations/advance.py::advance_shipment": _STEP,
    "operations/advance.py::advance_payment": _STEP,
    "operations/advance.py::advance_return": _STEP,
    "kit/process.py::Process::decide": "called as the process table reads: subject, trigger, facts",
    "storage/migrations/versions/v0001_first_tables.py": "made by Alembic; never read again",
    "storage/migrations/versions/v0001_first_tables.py::upgrade": "made by Alembic",
    "storage/migrations/versions/v0001_first_tables.py::downgrade": "made by Alembic",
}

SOURCE = Path(__file__).parents[2] / "src" / "purvey"
PATHS = {path.relative_to(SOURCE).as_posix(): path for path in sorted(SOURCE.rglob("*.py"))}
TREES = {place: ast.parse(path.read_text()) for place, path in PATHS.items()}


class Function(NamedTuple):
    lines: int
    positional: int  # without CONTEXT
    is_public: bool


def functions_in(parent: ast.AST, place: str, *, is_public: bool) -> Iterator[tuple[str, Function]]:
    """Also methods and inner functions. What lies inside a function is never public."""
    for node in ast.iter_child_nodes(parent):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            where = f"{place}::{node.name}"
            public = is_public and not node.name.startswith("_")
            yield where, measure(node, is_method=isinstance(parent, ast.ClassDef), public=public)
            yield from functions_in(node, where, is_public=False)
        elif isinstance(node, ast.ClassDef):
            public = is_public and not node.name.startswith("_")
            yield from functions_in(node, f"{place}::{node.name}", is_public=public)
        else:
            yield from functions_in(node, place, is_public=is_public)


def measure(
    node: ast.FunctionDef | ast.AsyncFunctionDef, *, is_method: bool, public: bool
) -> Function:
    assert node.end_lineno is not None
    decorators = {d.id for d in node.decorator_list if isinstance(d, ast.Name)}
    names = [arg.arg for arg in (*node.args.posonlyargs, *node.args.args)]
    has_self = is_method and "staticmethod" not in decorators
    positional = len(list(dropwhile(CONTEXT.__contains__, names[has_self:])))
    return Function(node.end_lineno - node.lineno + 1, positional, public)


FUNCTIONS = {
    where: function
    for place, tree in TREES.items()
    for where, function in functions_in(tree, place, is_public=True)
}


def test_a_file_fits_on_a_few_screens():
    lines = {place: len(path.read_text().splitlines()) for place, path in PATHS.items()}
    refuse({place: count for place, count in lines.items() if count > MAX_FILE_LINES})


def test_a_function_fits_on_one_screen():
    refuse({where: f.lines for where, f in FUNCTIONS.items() if f.lines > MAX_FUNCTION_LINES})


def test_most_functions_are_short():
    assert median(f.lines for f in FUNCTIONS.values()) < MEDIAN_FUNCTION_LINES


def test_names_say_what_is_inside():
    refuse({place: "?" for place in PATHS if EMPTY_NAMES & {*Path(place).with_suffix("").parts}})


def test_public_functions_take_their_third_argument_by_keyword():
    public = {where: f.positional for where, f in FUNCTIONS.items() if f.is_public}
    refuse({where: count for where, count in public.items() if count > MAX_POSITIONAL})


def test_every_file_says_why_it_exists():
    refuse({place: "no docstring" for place, tree in TREES.items() if not ast.get_docstring(tree)})


def test_no_exception_outlives_what_it_excuses():
    assert EXCEPTIONS.keys() <= PATHS.keys() | FUNCTIONS.keys()


def refuse(found: Mapping[str, object]) -> None:
    __tracebackhide__ = True
    unexcused = {where: what for where, what in found.items() if where not in EXCEPTIONS}
    if unexcused:
        pytest.fail("\n".join(f"{where}: {what}" for where, what in unexcused.items()))
