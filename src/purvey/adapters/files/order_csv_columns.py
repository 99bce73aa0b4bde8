"""What the columns of an order file may be called; docs/reference/import-csv.md says the same."""

from purvey.adapters.files.header import Columns

# What belongs to one row; everything else belongs to the order and must not contradict itself.
OF_ROW = ("order", "sku", "name", "quantity", "unit_price")
OF_ORDER = (
    "placed_at",
    "email",
    "customer_name",
    "phone",
    "customer_id",
    "currency",
    "ship_name",
    "company",
    "line1",
    "line2",
    "city",
    "region",
    "postal_code",
    "country",
    "shipping_method",
    "shipping_price",
    "discount_code",
    "discount",
    "payment",
    "purchase_order",
    "delivery_date",
    "notes",
)

PLAIN = Columns(
    needed=("order", "sku", "quantity"),
    names={
        "order": ("order", "external id", "order number", "order id", "order no"),
        "sku": ("sku", "item sku", "product sku", "article"),
        "name": ("name", "item name", "product name", "description"),
        "quantity": ("quantity", "qty", "item quantity"),
        "unit_price": ("unit price", "price", "item price", "item cost"),
        "placed_at": ("placed at", "order date", "created at", "date"),
        "email": ("email", "e-mail", "customer email", "billing email", "email (billing)"),
        "customer_name": ("customer name", "customer", "billing name"),
        "phone": ("phone", "customer phone", "billing phone", "phone (billing)"),
        "customer_id": ("customer id", "customer no", "customer number", "customer user id"),
        "currency": ("currency", "order currency"),
        "ship_name": ("ship name", "recipient", "shipping name"),
        "company": ("company", "shipping company", "company (shipping)"),
        "line1": ("line1", "address 1", "address1", "shipping address 1", "street"),
        "line2": ("line2", "address 2", "address2", "shipping address 2"),
        "city": ("city", "shipping city", "city (shipping)"),
        "region": ("region", "state", "province", "shipping state", "state code (shipping)"),
        "postal_code": ("postal code", "postcode", "zip", "shipping postcode", "shipping zip"),
        "country": ("country", "shipping country", "country code (shipping)"),
        "shipping_method": ("shipping method",),
        "shipping_price": ("shipping price", "shipping", "shipping total", "shipping cost"),
        "discount_code": ("discount code", "coupon", "coupon code"),
        "discount": ("discount", "discount amount"),
        "payment": ("payment", "payment token"),
        "purchase_order": ("purchase order", "po number"),
        "delivery_date": ("delivery date", "requested delivery date"),
        "notes": ("notes", "customer note", "order comments"),
    },
)

# Shopify's order export. Its "Name" is the order's number, its "Shipping Method" the title of a
# rate and no method of ours, and the cells of the order stand in the first of its rows only.
SHOPIFY = Columns(
    needed=("order", "sku", "quantity"),
    names={
        "order": ("Name",),
        "sku": ("Lineitem sku",),
        "name": ("Lineitem name",),
        "quantity": ("Lineitem quantity",),
        "unit_price": ("Lineitem price",),
        "placed_at": ("Created at",),
        "email": ("Email",),
        "customer_name": ("Billing Name",),
        "phone": ("Phone", "Billing Phone", "Shipping Phone"),
        "currency": ("Currency",),
        "ship_name": ("Shipping Name",),
        "company": ("Shipping Company",),
        "line1": ("Shipping Address1", "Shipping Street"),
        "line2": ("Shipping Address2",),
        "city": ("Shipping City",),
        "region": ("Shipping Province",),
        "postal_code": ("Shipping Zip",),
        "country": ("Shipping Country",),
        "shipping_price": ("Shipping",),
        "discount_code": ("Discount Code",),
        "discount": ("Discount Amount",),
        "notes": ("Notes",),
    },
)

KINDS = (PLAIN, SHOPIFY)
