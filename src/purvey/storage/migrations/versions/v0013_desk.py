"""The desk where orders are taken: words to find customers and products by, barcodes, drafts of
orders, quotes."""

import sqlalchemy as sa
from alembic import op

from purvey.domain.search_words import words_of_customer, words_of_product

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

AT_ONCE = 2_000  # customers or products whose words are written with one statement
WORD = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("product", sa.Column("barcode", sa.Text()))
    op.create_index("product_barcode", "product", ["shard", "barcode"], unique=True)
    op.create_table(
        "customer_word",
        sa.Column("shard", sa.BigInteger(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("word", WORD, nullable=False),
        sa.PrimaryKeyConstraint("shard", "customer_id", "word"),
    )
    op.create_table(
        "product_word",
        sa.Column("shard", sa.BigInteger(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("word", WORD, nullable=False),
        sa.ForeignKeyConstraint(["shard", "sku"], ["product.shard", "product.sku"]),
        sa.PrimaryKeyConstraint("shard", "sku", "word"),
    )
    _find_what_is_there()
    op.create_index("customer_word_word", "customer_word", ["shard", "word", "customer_id"])
    op.create_index("product_word_word", "product_word", ["shard", "word", "sku"])
    _drafts_and_quotes()


def _find_what_is_there() -> None:
    _fill(
        "customer_word",
        "customer",
        ("id", "name", "email", "phone", "external_id"),
        lambda row: words_of_customer(
            name=row.name, email=row.email, phone=row.phone, external_id=row.external_id
        ),
    )
    _fill(
        "product_word",
        "product",
        ("sku", "name"),
        lambda row: words_of_product(sku=row.sku, name=row.name),
    )


def _fill(words, subjects, columns, words_of) -> None:  # type: ignore[no-untyped-def]
    """In bites, by key: a shop may have a million customers."""
    connection, key = op.get_bind(), columns[0]
    read = sa.text(
        f"select shard, {', '.join(columns)} from {subjects}"
        f" where (shard, {key}) > (:shard, :last) order by shard, {key} limit {AT_ONCE}"
    )
    subject = "customer_id" if subjects == "customer" else key
    write = sa.text(f"insert into {words} (shard, {subject}, word) values (:shard, :of, :word)")
    shard, last = -1, ""
    while rows := connection.execute(read, {"shard": shard, "last": last}).all():
        found = [{"shard": r.shard, "of": r[1], "word": w} for r in rows for w in words_of(r)]
        if found:
            connection.execute(write, found)
        shard, last = rows[-1].shard, rows[-1][1]


def _drafts_and_quotes() -> None:
    op.create_table(
        "order_draft",
        sa.Column("shard", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("page_id", sa.Text(), nullable=False),
        sa.Column("turn", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("order_id", sa.Text()),
        sa.ForeignKeyConstraint(["shard", "person_id"], ["person.shard", "person.id"]),
        sa.PrimaryKeyConstraint("shard", "id"),
    )
    op.create_index("order_draft_person", "order_draft", ["shard", "person_id", "changed_at"])
    op.create_index("order_draft_changed", "order_draft", ["shard", "changed_at"])
    op.create_table(
        "quote",
        sa.Column("shard", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("customer", sa.Text(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("valid_until", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("order_id", sa.Text()),
        sa.PrimaryKeyConstraint("shard", "number"),
    )


def downgrade() -> None:
    for table in ("quote", "order_draft", "product_word", "customer_word"):
        op.drop_table(table)
    op.drop_index("product_barcode", "product")
    op.drop_column("product", "barcode")
