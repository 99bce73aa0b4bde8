"""Tables of how people look at lists: saved views, and the columns that they chose."""

from purvey.storage.columns import Small, key, need, refers, table

saved_view = table(  # of the list of orders
    "saved_view",
    key("id"),
    need("person_id"),
    need("name"),
    need("query"),  # as in the address of the list
    need("shared", Small),
    need("place", Small),  # among the views that their owner sees, the lowest first
    refers("person", person_id="id"),
)
chosen_columns = table(
    "chosen_columns",
    key("person_id"),
    need("names"),  # with commas
    refers("person", person_id="id"),
)
