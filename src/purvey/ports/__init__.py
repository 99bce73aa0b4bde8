"""What purvey needs from outside, as Protocols. One short file a port."""
