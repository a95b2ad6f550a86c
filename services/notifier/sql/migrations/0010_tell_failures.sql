-- Why a delivery that failed is not tried again.
ALTER TABLE delivery
    ADD COLUMN failure_reason text CHECK (failure_reason IN ('exhausted', 'gone', 'endpoint_disabled', 'endpoint_deleted'));
UPDATE delivery
SET failure_reason = CASE WHEN error = 'endpoint disabled' THEN 'endpoint_disabled'
                          WHEN error = 'endpoint deleted' THEN 'endpoint_deleted'
                          WHEN response_code = 410 THEN 'gone'
                          ELSE 'exhausted' END
WHERE status = 'failed';

-- What every attempt writes and somebody may read some day is kept as it comes: taking it to pieces cost as much as all the rest
-- of the row.
ALTER TABLE attempt ALTER COLUMN phases DROP DEFAULT;
ALTER TABLE attempt
    ALTER COLUMN request_headers TYPE json USING request_headers::text::json,
    ALTER COLUMN response_headers TYPE json USING response_headers::text::json,
    ALTER COLUMN phases TYPE json USING phases::text::json;
