"""The customer's page: where the order is, for whoever has its link."""
