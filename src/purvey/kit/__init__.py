"""Small tools of our own. Imports nothing else of purvey."""
