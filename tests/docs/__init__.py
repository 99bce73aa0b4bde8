"""What the documentation says is tried: its commands run, its links lead somewhere."""
