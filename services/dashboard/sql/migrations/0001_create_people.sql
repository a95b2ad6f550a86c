-- Merchants as the news tells of them.
CREATE TABLE merchants (
    id    text COLLATE "C" PRIMARY KEY,
    name  text NOT NULL,
    email text NOT NULL
);

-- People, each of one merchant. `email` in lower case. `password_hash`: argon2id with its parameters.
CREATE TABLE users (
    id            text COLLATE "C" PRIMARY KEY,
    merchant_id   text COLLATE "C" NOT NULL,
    email         text COLLATE "C" NOT NULL UNIQUE,
    name          text NOT NULL,
    role          text NOT NULL,
    password_hash text NOT NULL,
    disabled_at   timestamptz,
    created_at    timestamptz NOT NULL
);
CREATE INDEX users_merchant ON users (merchant_id, id);

-- Who is signed in where. Only a hash of what the cookie says is kept: who reads this table is nobody.
CREATE TABLE sessions (
    id           text COLLATE "C" PRIMARY KEY,
    user_id      text COLLATE "C" NOT NULL REFERENCES users (id),
    token_hash   bytea NOT NULL UNIQUE,
    address      text NOT NULL,
    user_agent   text NOT NULL,
    created_at   timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL
) WITH (fillfactor = 80);
CREATE INDEX sessions_user ON sessions (user_id, id);
CREATE INDEX sessions_expires_at ON sessions (expires_at);

-- Failures to sign in, by address, by email, and by both together.
CREATE TABLE login_failures (
    key            text COLLATE "C" PRIMARY KEY,
    failures       int NOT NULL,
    last_failed_at timestamptz NOT NULL
) WITH (fillfactor = 70);
CREATE INDEX login_failures_last_failed_at ON login_failures (last_failed_at);

-- Who did what. Written before it is done, so that nothing is done that stands nowhere; `status` NULL: nobody heard
-- how it ended.
CREATE TABLE trail (
    id          text COLLATE "C" NOT NULL,
    merchant_id text COLLATE "C" NOT NULL,
    user_id     text COLLATE "C" NOT NULL,
    user_email  text NOT NULL,
    action      text NOT NULL,
    object_id   text,
    status      int,
    address     text NOT NULL,
    request_id  text NOT NULL,
    at          timestamptz NOT NULL,
    PRIMARY KEY (id)
) PARTITION BY RANGE (id);
CREATE TABLE trail_default PARTITION OF trail DEFAULT;
CREATE INDEX trail_merchant ON trail (merchant_id, id);
CREATE INDEX trail_user ON trail (merchant_id, user_id, id);
