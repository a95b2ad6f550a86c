-- Each transition of a payment with its instant, cause and actor, written with the transition itself.
ALTER TABLE payments ADD COLUMN timeline jsonb NOT NULL DEFAULT '[]';
