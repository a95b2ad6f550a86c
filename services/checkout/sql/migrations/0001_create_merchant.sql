-- Merchants, and who may embed their checkout. `name` comes with the news of the merchant: there is none yet where the
-- merchant was quicker to save its settings. `allowed_origins` NULL: it has said nothing.
CREATE TABLE merchant (
    id              text COLLATE "C" PRIMARY KEY,
    name            text,
    allowed_origins text[]
);
