"""How things are kept: tables, transactions, repositories. Only `dialect` knows which database."""
