"""One order: what it waits for, what can be done about it, and all that happened."""

from purvey.web.office.order import deeds, edit, messages, money, notes, page, parcels

__all__ = ["deeds", "edit", "messages", "money", "notes", "page", "parcels"]
