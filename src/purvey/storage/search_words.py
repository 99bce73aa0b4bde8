"""Keeps the words that customers and products are found by, along with what they belong to."""

from collections.abc import Sequence

from purvey.domain.search_words import words_of_customer, words_of_product
from purvey.ports.storage import Customer, Product
from purvey.storage import desk_tables
from purvey.storage.sql import Sql


def add_customer_words(sql: Sql, customers: Sequence[Customer]) -> None:
    rows = [(customer.id, word) for customer in customers for word in _of_customer(customer)]
    sql.insert(desk_tables.customer_word, rows)


def _of_customer(customer: Customer) -> list[str]:
    return words_of_customer(
        name=customer.name,
        email=customer.email,
        phone=customer.phone,
        external_id=customer.external_id,
    )


def keep_product_words(sql: Sql, products: Sequence[Product]) -> None:
    """What was written before is replaced."""
    if not products:
        return
    known = [product.sku for product in products if product.version > 1]
    if known:
        query = "delete from product_word where shard = :shard and sku = any(:skus)"
        sql.execute(query, skus=known)
    rows = [
        (product.sku, word)
        for product in products
        for word in words_of_product(sku=product.sku, name=product.name)
    ]
    sql.insert(desk_tables.product_word, rows)
