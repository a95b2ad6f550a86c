-- An order may end by itself, and may want its receipt for itself alone. Receipts are looked for, too.
ALTER TABLE orders ADD COLUMN expires_at timestamptz;
CREATE INDEX orders_receipt ON orders (merchant_id, receipt, id) WHERE receipt IS NOT NULL;

-- Receipts that were asked for to be one order's alone.
CREATE TABLE order_receipts (
    merchant_id text COLLATE "C" NOT NULL,
    receipt     text COLLATE "C" NOT NULL,
    PRIMARY KEY (merchant_id, receipt)
);
