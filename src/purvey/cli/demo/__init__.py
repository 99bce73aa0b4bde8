"""`purvey demo`: a shop, a server, and every kind of order, over real HTTP.

run.py        the command: from the new folder to the exit code
settings.py   what the demo's shop is set to, for its server and for this process
catalogue.py  what it sells and has; some of it runs short
stories.py    what can happen to an order, as one table: what goes wrong, and how it ends
people.py     who orders, and where it goes
orders.py     the JSON of each order
register.py   what was sent, what became of it, and what should have
api.py        the HTTP client; it repeats a request whose answer was lost, by the same key
shop_server.py  the real server as a process of its own
customers.py  send the orders from several channels at once
clerk.py      works through the worklists, as a person would
outside.py    customers at their bank, the gateway's webhooks, the supplier's van
watch.py      progress, and when it is over
figures.py    what the database says about it
closing.py    the last table, and whether all is well
"""
