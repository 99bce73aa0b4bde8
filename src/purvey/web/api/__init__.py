"""The HTTP API, version 1: what it takes, what it answers, one file for each kind of thing."""
