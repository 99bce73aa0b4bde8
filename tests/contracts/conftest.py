"""The contracts' asserts explain themselves as those of tests do."""

import pytest

for port in ("payment", "carrier", "notifier"):
    pytest.register_assert_rewrite(f"purvey.testing.{port}_contract")
