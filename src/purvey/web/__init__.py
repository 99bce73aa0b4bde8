"""The edge: HTTP in, JSON and pages out, operations and queries behind it. Decides nothing."""
