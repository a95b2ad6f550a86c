-- name: tell_merchants(ids, names, emails)
-- Merchants by id (distinct), in their order: two consumers never wait for each other in a circle.
INSERT INTO merchants (id, name, email)
SELECT m.id, m.name, m.email
FROM unnest($1::text[], $2::text[], $3::text[]) AS m (id, name, email)
ORDER BY m.id
ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name, email = EXCLUDED.email;

-- name: find_merchant(id)
-- A merchant, if we have been told of it.
SELECT id, name, email FROM merchants WHERE id = $1;

-- name: find_user_by_email(email)
-- Who signs in.
SELECT id, merchant_id, email, name, role, password_hash, disabled_at, created_at FROM users WHERE email = $1;

-- name: get_user(merchant_id, id)
-- One of a merchant's people.
SELECT id, merchant_id, email, name, role, password_hash, disabled_at, created_at
FROM users
WHERE merchant_id = $1 AND id = $2;

-- name: list_users(merchant_id, limit)
-- A merchant's people, the first to come first.
SELECT id, merchant_id, email, name, role, password_hash, disabled_at, created_at
FROM users
WHERE merchant_id = $1
ORDER BY id
LIMIT $2;

-- name: lock_users(merchant_id)
-- A merchant's people, all of them held: whether one admin is left is a question about all.
SELECT id, merchant_id, email, name, role, password_hash, disabled_at, created_at
FROM users
WHERE merchant_id = $1
ORDER BY id
FOR NO KEY UPDATE;

-- name: insert_user(id, merchant_id, email, name, role, password_hash, now)
-- A new one; nothing when the email is somebody's.
INSERT INTO users (id, merchant_id, email, name, role, password_hash, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (email) DO NOTHING;

-- name: change_user(id, name, role, disabled_at)
-- What an admin changes of a locked one.
UPDATE users SET name = $2, role = $3, disabled_at = $4 WHERE id = $1;

-- name: hold_password(id)
-- A person's password, held: who resets it meanwhile waits, and ends the session that is about to begin.
SELECT password_hash FROM users WHERE id = $1 AND disabled_at IS NULL FOR NO KEY UPDATE;

-- name: set_password(id, password_hash)
-- Another password.
UPDATE users SET password_hash = $2 WHERE id = $1;

-- name: insert_session(id, user_id, token_hash, address, user_agent, now, expires_at)
-- Somebody signs in.
INSERT INTO sessions (id, user_id, token_hash, address, user_agent, created_at, last_seen_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $6, $7);

-- name: find_session(token_hash)
-- Whose session this is, with all that decides whether it is good.
SELECT s.id, s.created_at, s.last_seen_at, s.expires_at, u.id AS user_id, u.merchant_id, u.email, u.name, u.role,
       u.disabled_at
FROM sessions AS s JOIN users AS u ON u.id = s.user_id
WHERE s.token_hash = $1;

-- name: see_session(id, now)
-- It is used.
UPDATE sessions SET last_seen_at = $2 WHERE id = $1;

-- name: list_sessions(user_id, now, seen_after, limit)
-- Where a person is signed in, the newest first.
SELECT id, address, user_agent, created_at, last_seen_at, expires_at
FROM sessions
WHERE user_id = $1 AND expires_at > $2 AND last_seen_at > $3
ORDER BY id DESC
LIMIT $4;

-- name: end_session(user_id, id)
-- One of a person's sessions ends.
DELETE FROM sessions WHERE user_id = $1 AND id = $2;

-- name: end_session_of_token(token_hash)
-- The session that somebody had who signs in again.
DELETE FROM sessions WHERE token_hash = $1;

-- name: end_sessions(user_id, but)
-- All of a person's sessions end but this one.
DELETE FROM sessions WHERE user_id = $1 AND id <> $2;

-- name: forget_sessions(now, limit)
-- What is over anyway.
DELETE FROM sessions WHERE id IN (
    SELECT id FROM sessions WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED
);

-- name: begin_failures(keys, now)
-- So that there is a row to lock for each key (distinct), in their order.
INSERT INTO login_failures (key, failures, last_failed_at)
SELECT key, 0, $2 FROM unnest($1::text[]) AS k (key) ORDER BY key
ON CONFLICT (key) DO NOTHING;

-- name: lock_failures(keys)
-- What went wrong under each key.
SELECT key, failures, last_failed_at FROM login_failures WHERE key = ANY($1::text[]) ORDER BY key FOR NO KEY UPDATE;

-- name: set_failures(keys, failures, last_failed_ats)
-- What has gone wrong under each locked key by now, and when last.
UPDATE login_failures AS f SET failures = g.failures, last_failed_at = g.last_failed_at
FROM unnest($1::text[], $2::int[], $3::timestamptz[]) AS g (key, failures, last_failed_at)
WHERE f.key = g.key;

-- name: forget_failures(before, limit)
-- What nobody holds against anybody any more.
DELETE FROM login_failures WHERE key IN (
    SELECT key FROM login_failures WHERE last_failed_at < $1 ORDER BY last_failed_at LIMIT $2 FOR UPDATE SKIP LOCKED
);

-- name: insert_action(id, merchant_id, user_id, user_email, action, object_id, address, request_id, now)
-- Somebody is about to do something.
INSERT INTO trail (id, merchant_id, user_id, user_email, action, object_id, address, request_id, at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- name: end_action(id, status)
-- How it ended.
UPDATE trail SET status = $2 WHERE id = $1;

-- name: list_trail(merchant_id, before, limit)
-- What a merchant's people did, the newest first, before this id.
SELECT id, user_id, user_email, action, object_id, status, address, request_id, at
FROM trail
WHERE merchant_id = $1 AND id < $2
ORDER BY id DESC
LIMIT $3;

-- name: list_trail_of_user(merchant_id, user_id, before, limit)
-- The same of one person.
SELECT id, user_id, user_email, action, object_id, status, address, request_id, at
FROM trail
WHERE merchant_id = $1 AND user_id = $2 AND id < $3
ORDER BY id DESC
LIMIT $4;
