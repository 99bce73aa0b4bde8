"""What things are. Pure: no clock, no ids, no database, no network."""
