"""purvey: takes an order from the moment it is received to the moment it is delivered and paid."""

__version__ = "0.1.0"
