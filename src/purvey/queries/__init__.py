"""What can be asked: read-only views of the shop."""
