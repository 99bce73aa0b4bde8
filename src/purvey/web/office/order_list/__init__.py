"""The list of orders: found, filtered, looked at in saved ways, and dealt with many at a time."""

from purvey.web.office.order_list import export, many, page, views

__all__ = ["export", "many", "page", "views"]
