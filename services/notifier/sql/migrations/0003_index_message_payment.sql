-- For the deliveries of one payment and its refunds.
CREATE INDEX message_payment ON message (payment_id, id) WHERE payment_id IS NOT NULL;
