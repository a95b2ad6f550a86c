-- What is deleted stays for ever, and costs nothing where a merchant's endpoints are looked up.
CREATE INDEX endpoint_live ON endpoint (merchant_id, id) WHERE deleted_at IS NULL;
DROP INDEX endpoint_merchant;
