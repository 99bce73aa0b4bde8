"""A young PostgreSQL database learns how large its tables are, before its own daemon wakes up.

PostgreSQL plans from statistics that autovacuum renews once a minute at best. In the first minute
of a busy shop they say that every table is empty, and look-ups and foreign key checks pick the
wrong index (measured: half of the speed is lost). So the process that receives orders has the
tables analysed when it has received so many; each time takes some 50 ms, beside the work.
"""

import threading

import sqlalchemy as sa

from purvey.storage import dialect
from purvey.storage.database import Database

AT_ORDERS = (100, 1_000, 10_000, 100_000)


class YoungTables:
    def __init__(self, database: Database):
        self._database = database
        self._received = 0
        self._thread: threading.Thread | None = None
        self._ahead = [] if database.is_sqlite else list(AT_ORDERS)

    def received(self, orders: int) -> None:
        """Count orders; at a mark, have the tables analysed in the background."""
        self._received += orders
        if self._ahead and self._received >= self._ahead[0]:
            self._ahead = [mark for mark in self._ahead if mark > self._received]
            self._thread = threading.Thread(target=self._analyse, name="analyse", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Wait for what is under way: its connection has to go back before the pool goes."""
        if self._thread is not None:
            self._thread.join()

    def _analyse(self) -> None:
        try:
            with self._database.engine.begin() as connection:
                dialect.analyse(connection)
        except sa.exc.DBAPIError:
            return  # only speed is lost; autovacuum will come
