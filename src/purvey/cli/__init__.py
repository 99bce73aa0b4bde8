"""The same operations and queries as commands. A command's modules are imported when it runs."""

import sys


def main() -> None:
    from purvey.cli.app import run

    sys.exit(run(sys.argv[1:]))
