-- Whom a challenge's page says that the buyer pays.
ALTER TABLE challenge ADD COLUMN merchant_name text;
