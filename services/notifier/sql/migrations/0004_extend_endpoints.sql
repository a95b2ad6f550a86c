-- What an endpoint asks for and how it fares. `event_types` holds patterns (`*`, `payment.*`, a type); custom headers are
-- sealed like the secret, since they may hold one; the former secret signs beside the new one until its time is over;
-- `failing_since` is the first failure after the last success. A deleted endpoint stays for its deliveries' log.
ALTER TABLE endpoint
    ADD COLUMN description          text NOT NULL DEFAULT '',
    ADD COLUMN event_types          text[] NOT NULL DEFAULT '{*}',
    ADD COLUMN headers_sealed       bytea,
    ADD COLUMN rate_limit_per_s     int CHECK (rate_limit_per_s > 0),
    ADD COLUMN api_version          text NOT NULL DEFAULT '2026-11-01',
    ADD COLUMN ordering             text NOT NULL DEFAULT 'none' CHECK (ordering IN ('none', 'object')),
    ADD COLUMN retry_gaps_s         int[],
    ADD COLUMN former_secret_sealed bytea,
    ADD COLUMN former_secret_until  timestamptz,
    ADD COLUMN failing_since        timestamptz,
    ADD COLUMN disabled_at          timestamptz,
    ADD COLUMN deleted_at           timestamptz,
    ADD CHECK ((former_secret_sealed IS NULL) = (former_secret_until IS NULL)),
    ADD CHECK (deleted_at IS NULL OR NOT enabled);

-- Who started the current run, and so why its first attempt is made.
ALTER TABLE delivery
    ADD COLUMN started_by text NOT NULL DEFAULT 'auto' CHECK (started_by IN ('auto', 'manual', 'bulk'));

-- `phases`: ms by phase, as far as the attempt got; `next_attempt_at`: when the one after it was due, if any.
ALTER TABLE attempt
    ADD COLUMN phases          jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN next_attempt_at timestamptz,
    DROP CONSTRAINT attempt_trigger_check,
    ADD CONSTRAINT attempt_trigger_check CHECK (trigger IN ('auto', 'manual', 'bulk', 'sweeper'));
