"""Pages for people: plain HTML made here, no script, nothing from elsewhere."""
