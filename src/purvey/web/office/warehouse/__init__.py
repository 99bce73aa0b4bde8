"""The warehouse on a phone: pick, pack, hand over, by scanner, by camera or by hand."""

from purvey.web.office.warehouse import leaving, papers, parcels, pictures, scans, waves, work

__all__ = ["leaving", "papers", "parcels", "pictures", "scans", "waves", "work"]
