"""`python -m purvey`: the same as the command `purvey`."""

from purvey.cli import main

if __name__ == "__main__":
    main()
