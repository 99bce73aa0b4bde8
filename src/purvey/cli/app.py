"""The table of commands, and the one place where a command's errors become a line and a code.

0: done. 1: done, and what was found is not in order (doctor, demo, refused rows). 2: not done: the
line on stderr says what is wrong and what would be right. 130: stopped by Ctrl-C.
"""

import os
import sys
from collections.abc import Sequence

from cyclopts import App, CycloptsError
from cyclopts.exceptions import UnknownCommandError

from purvey import __version__
from purvey.cli.problem import Problem
from purvey.config import BadSetting

WRONG, INTERRUPTED = 2, 130

# name, where its function or App is, what it does; imported when it is asked for.
COMMANDS = (
    ("serve", "serve:serve", "Serve the shop: HTTP server and worker, until stopped."),
    ("work", "work:work", "Run the worker alone: it keeps what orders were promised."),
    ("demo", "demo.run:demo", "Make a shop and send it orders of every kind, over real HTTP."),
    ("migrate", "migrate:migrate", "Bring the database up to date."),
    ("key", "keys:KEY", "Create, list and revoke keys of the API."),
    ("user", "people:USER", "Add, list and lock the people who log in."),
    ("orders", "orders:ORDERS", "Place, list, show and cancel orders."),
    ("returns", "returns:RETURNS", "List, show and decide returns; take goods in, settle them."),
    ("stock", "stock:STOCK", "Show, adjust, announce and receive stock."),
    ("messages", "messages:MESSAGES", "Show what was promised to the outside; try it again."),
    ("webhooks", "webhooks:WEBHOOKS", "Show webhooks and what was sent; send it once more."),
    ("import", "import_orders:import_orders", "Take over orders from a file."),
    ("doctor", "doctor:doctor", "Check on live data that every promise is kept."),
    ("lifecycle", "lifecycle:lifecycle", "Show the processes that orders follow."),
    ("bench", "bench:bench", "Measure; for those who have the source tree."),
)

NAMES = tuple(name for name, _, _ in COMMANDS)

app = App(
    name="purvey",
    help="Order processing: from the paid basket to the parcel at the door, and back.",
    version=f"purvey {__version__}",
)
for _position, (_name, _place, _help) in enumerate(COMMANDS):
    app.command(f"purvey.cli.{_place}", name=_name, help=_help, sort_key=_position)


def run(arguments: Sequence[str]) -> int:
    """Run one command; returns the exit code."""
    try:
        answer = app(
            list(arguments),
            print_error=False,
            exit_on_error=False,
            result_action="return_value",
        )
        return answer if isinstance(answer, int) else 0
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        return _reader_is_gone()
    except Exception as error:
        if _was_interrupted(error):
            return INTERRUPTED
        sentence = _sentence_for(error, arguments)
        if sentence is None:
            raise
        return _complain(sentence)


def _was_interrupted(error: BaseException | None) -> bool:
    """Python 3.11 wraps a Ctrl-C that comes while a class is being made into a RuntimeError."""
    while isinstance(error, RuntimeError):
        error = error.__cause__
    return isinstance(error, KeyboardInterrupt)


def _sentence_for(error: Exception, arguments: Sequence[str]) -> str | None:
    """What to tell a person who can mend it; None for a bug."""
    if isinstance(error, Problem | BadSetting):
        return str(error)
    if isinstance(error, UnknownCommandError) and arguments[0] not in NAMES:
        return f"There is no such command; there are: {', '.join(NAMES)}."
    if isinstance(error, CycloptsError):
        return f"{error} See: {_help_for(arguments)}"
    return _database_trouble(error)


def _complain(sentence: str) -> int:
    print("purvey:", " ".join(sentence.split()), file=sys.stderr)  # noqa: T201  # one plain line
    return WRONG


def _help_for(arguments: Sequence[str]) -> str:
    """Of the command, or of the subcommand, as far as there is one of that name."""
    words, known = ["purvey"], app
    for word in arguments:
        if word.startswith("-") or word not in known:
            break
        words.append(word)
        known = known[word]
    return " ".join([*words, "--help"])


def _reader_is_gone() -> int:
    """`purvey orders list | head`: nobody reads on, and that is fine."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _database_trouble(error: Exception) -> str | None:
    """The sentence for a database that cannot be reached; None for a bug."""
    if "sqlalchemy" not in sys.modules:  # slow to import, and not the one to blame
        return None
    from sqlalchemy.exc import DatabaseError, OperationalError

    # A bare DatabaseError is SQLite's word for a file that is none; its other children are bugs.
    if not isinstance(error, OperationalError) and type(error) is not DatabaseError:
        return None
    return f"The database does not answer: {error.orig} Look at PURVEY_DATABASE_URL."
