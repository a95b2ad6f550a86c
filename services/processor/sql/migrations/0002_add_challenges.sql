-- 3-D Secure: what the buyer has to answer before the acquirer decides, and when that happened.
-- unanswered: how many questions the acquirer left without an answer, so that who asks later is told.
ALTER TABLE attempt
    ADD COLUMN challenge_url text,
    ADD COLUMN challenge_expires_at timestamptz,
    ADD COLUMN challenged_at timestamptz,
    ADD COLUMN answered_at timestamptz,
    ADD COLUMN unanswered int NOT NULL DEFAULT 0;
