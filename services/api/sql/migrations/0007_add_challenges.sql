-- Where a payment's buyer was asked to authenticate, once; and what its cardholder disputes, as the API shows it.
ALTER TABLE payments ADD COLUMN challenge_url text, ADD COLUMN dispute jsonb;
