"""What a person at the keyboard can mend: told in one line, with exit code 2."""


class Problem(Exception):
    """One or two sentences: what is wrong, and what would be right."""
