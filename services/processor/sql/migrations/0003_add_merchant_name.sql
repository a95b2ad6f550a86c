-- Whom a challenge's page says that the buyer pays.
ALTER TABLE attempt ADD COLUMN merchant_name text;
