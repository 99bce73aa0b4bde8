"""Order files of others, read into values: nothing here knows a database.

`text` turns bytes into numbered rows, `order_csv` and `online_retail` turn rows into drafts. A file
may be larger than memory: everything is a stream, and each buffer has its limit beside it.
"""
