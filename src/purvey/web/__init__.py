"""The edge: HTTP in, operations and queries behind it, JSON and pages out. Nothing is decided here."""
