"""Countries as shops write them -> ISO 3166-1 alpha-2.

Only names that order files were seen to use, each spelled as there; others are refused or left
open by the reader, never guessed.
"""

CODES = {
    "australia": "AU",
    "austria": "AT",
    "bahrain": "BH",
    "belgium": "BE",
    "bermuda": "BM",
    "brazil": "BR",
    "canada": "CA",
    "china": "CN",
    "cyprus": "CY",
    "czech republic": "CZ",
    "czechia": "CZ",
    "denmark": "DK",
    "eire": "IE",
    "finland": "FI",
    "france": "FR",
    "germany": "DE",
    "greece": "GR",
    "hong kong": "HK",
    "iceland": "IS",
    "india": "IN",
    "ireland": "IE",
    "israel": "IL",
    "italy": "IT",
    "japan": "JP",
    "korea": "KR",
    "lebanon": "LB",
    "lithuania": "LT",
    "luxembourg": "LU",
    "malta": "MT",
    "mexico": "MX",
    "netherlands": "NL",
    "new zealand": "NZ",
    "nigeria": "NG",
    "norway": "NO",
    "poland": "PL",
    "portugal": "PT",
    "rsa": "ZA",
    "saudi arabia": "SA",
    "singapore": "SG",
    "south africa": "ZA",
    "spain": "ES",
    "sweden": "SE",
    "switzerland": "CH",
    "thailand": "TH",
    "uk": "GB",
    "united arab emirates": "AE",
    "united kingdom": "GB",
    "united states": "US",
    "usa": "US",
}


def code_of(name: str) -> str | None:
    """EIRE is IE. None for what is no single country (Channel Islands, Unspecified)."""
    return CODES.get(name.strip().casefold())
