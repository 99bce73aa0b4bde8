"""The same operations and queries as commands. A command's modules are imported when it runs."""

import sys


def main() -> None:
    try:
        from purvey.cli.app import run

        code = run(sys.argv[1:])
    except KeyboardInterrupt:  # before there was a command
        code = 130
    except RuntimeError as error:  # Python 3.11 wraps one that comes while a class is being made
        if not isinstance(error.__cause__, KeyboardInterrupt):
            raise
        code = 130
    sys.exit(code)
