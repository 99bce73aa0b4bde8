"""How things are kept: tables, transactions, repositories. Only `dialect.py` knows which database."""
