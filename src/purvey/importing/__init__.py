"""Take over orders from files: read, batch by batch through intake, every row accounted for.

Start reading at `taking.py`: what one batch of a file becomes, in one transaction. Around it stand
the formats (`formats.py`), products that the shop does not know yet (`supplying.py`), cancellations
that look for their orders (`settling.py`, `matching.py`), what is remembered of rows that become no
order (`records.py`), the sums (`report.py`), and the dry run (`rehearsal.py`).
"""

from purvey.importing.formats import FORMATS, Format
from purvey.importing.importer import Wish, import_files
from purvey.importing.progress import Progress
from purvey.importing.refused_lines import RefusedLine
from purvey.importing.rehearsal import rehearse
from purvey.importing.report import Report, Stopped

__all__ = [
    "FORMATS",
    "Format",
    "Progress",
    "RefusedLine",
    "Report",
    "Stopped",
    "Wish",
    "import_files",
    "rehearse",
]
