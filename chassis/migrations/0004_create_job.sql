-- Work that falls due: a small table, apart from the rows it is about, so that claiming it touches none of their indexes.
-- due_at: when a worker may take it; a claim moves it to the end of the lease. NULL: parked, nobody takes it.
CREATE TABLE job (
    id        text COLLATE "C" PRIMARY KEY,
    due_at    timestamptz,
    leased_by text COLLATE "C",
    tries     int NOT NULL DEFAULT 0
) WITH (
    fillfactor = 70,
    autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000, autovacuum_vacuum_cost_delay = 0
);
CREATE INDEX job_due_at ON job (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX job_leased_by ON job (leased_by) WHERE leased_by IS NOT NULL;

-- How many jobs have ended, one row per slot: no two processes write the same row, and no count scans history.
CREATE TABLE job_total (
    slot      text COLLATE "C" PRIMARY KEY,
    completed bigint NOT NULL,
    failed    bigint NOT NULL
) WITH (fillfactor = 50);
