"""Keeps the promises: claims messages in sets, talks to the outside, records the answers."""
