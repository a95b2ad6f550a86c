-- The roles and the schema of one service, run once per service by deploy/provision.py. Repeatable.
-- <schema>_owner owns the schema and migrates it; <schema> reads and writes rows in it, and nothing anywhere else.

DO $do$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{{schema}}_owner') THEN
        CREATE ROLE "{{schema}}_owner";
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{{schema}}') THEN
        CREATE ROLE "{{schema}}";
    END IF;
    -- By name, since every database made from a template of ours is provisioned by the same file.
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO "{{schema}}", "{{schema}}_owner"', current_database());
END
$do$;

ALTER ROLE "{{schema}}_owner" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD '{{owner_password}}';
ALTER ROLE "{{schema}}" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD '{{password}}';
ALTER ROLE "{{schema}}_owner" SET search_path = "{{schema}}";
ALTER ROLE "{{schema}}" SET search_path = "{{schema}}";

REVOKE ALL ON SCHEMA public FROM PUBLIC;
CREATE SCHEMA IF NOT EXISTS "{{schema}}" AUTHORIZATION "{{schema}}_owner";
GRANT USAGE ON SCHEMA "{{schema}}" TO "{{schema}}";

ALTER DEFAULT PRIVILEGES FOR ROLE "{{schema}}_owner" IN SCHEMA "{{schema}}"
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO "{{schema}}";
ALTER DEFAULT PRIVILEGES FOR ROLE "{{schema}}_owner" IN SCHEMA "{{schema}}"
    GRANT USAGE ON SEQUENCES TO "{{schema}}";
