"""The back office: pages for the people who work in the shop. Every page has its door (door.py)."""
