"""`purvey doctor`: are the promises kept, on live data, while the shop runs?

`examine` looks at everything and says what is wrong, where, and what mends it. It writes nothing.
"""

from purvey.queries.doctor.books import Books, Charge
from purvey.queries.doctor.examine import examine
from purvey.queries.doctor.render import render
from purvey.queries.doctor.report import Finding, Progress, Report

__all__ = ["Books", "Charge", "Finding", "Progress", "Report", "examine", "render"]
