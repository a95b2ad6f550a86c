-- The log of attempts is kept for a while, in partitions of a month. Those of quarters to come are empty: they make room.
DO $do$
DECLARE
    partition regclass;
    holds_rows bool;
BEGIN
    FOR partition IN
        SELECT inhrelid FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'attempt'::regclass AND pg_get_expr(c.relpartbound, c.oid) <> 'DEFAULT'
    LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %s)', partition) INTO holds_rows;
        IF NOT holds_rows THEN
            EXECUTE format('DROP TABLE %s', partition);
        END IF;
    END LOOP;
END
$do$;

-- Answers may be longer than what is kept of them.
ALTER TABLE attempt ADD COLUMN response_truncated bool NOT NULL DEFAULT false;

-- One row: the attempts of deliveries with lower ids have been dropped, at least in part.
CREATE TABLE attempt_log_start (delivery_id text COLLATE "C" NOT NULL);
INSERT INTO attempt_log_start VALUES ('');
REVOKE INSERT, UPDATE, DELETE ON attempt_log_start FROM notifier;

-- The smallest id of a delivery made at an instant, as contracts/ids.py has it.
CREATE FUNCTION delivery_id_floor(at timestamptz) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT 'whd_' || string_agg(
        substr('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz',
               (floor(extract(epoch FROM at) * 1000)::bigint / (62::numeric ^ place)::bigint % 62)::int + 1, 1),
        '' ORDER BY place DESC) || '000000000'
    FROM generate_series(0, 6) AS place
$$;

-- Drops the oldest partition of the log that holds nothing younger than so many days, whatever is asked for at least 7, and
-- a bounded number of such rows from the default partition. It runs with its owner's rights: the service's own role may
-- drop nothing else. It waits for the table's lock no longer than the attempts that queue up behind it can bear.
CREATE FUNCTION drop_old_attempts(days int, most int, OUT dropped text, OUT deleted bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT SET lock_timeout = '100ms' AS $$
DECLARE
    cutoff timestamptz := now() - make_interval(days => greatest(days, 7));
    bound text COLLATE "C" := delivery_id_floor(cutoff);
    dropped_to text COLLATE "C";
BEGIN
    SELECT p.name, p.upper INTO dropped, dropped_to
    FROM (
        SELECT c.oid::regclass::text AS name,
               substring(pg_get_expr(c.relpartbound, c.oid) FROM $re$ TO \('([^']+)'\)$re$) COLLATE "C" AS upper
        FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'attempt'::regclass
    ) AS p
    WHERE p.upper <= bound
    ORDER BY p.upper
    LIMIT 1;
    IF dropped IS NOT NULL THEN
        EXECUTE format('DROP TABLE %s', dropped);
        UPDATE attempt_log_start SET delivery_id = greatest(delivery_id, dropped_to);
    END IF;
    DELETE FROM attempt_default
    WHERE (delivery_id, run, number) IN (
        SELECT a.delivery_id, a.run, a.number FROM attempt_default AS a
        WHERE a.delivery_id < bound AND a.at < cutoff
        ORDER BY a.delivery_id LIMIT most
    );
    GET DIAGNOSTICS deleted = ROW_COUNT;
    IF deleted > 0 THEN
        UPDATE attempt_log_start SET delivery_id = greatest(delivery_id, bound);
    END IF;
END
$$;
REVOKE EXECUTE ON FUNCTION drop_old_attempts(int, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION drop_old_attempts(int, int) TO notifier;
