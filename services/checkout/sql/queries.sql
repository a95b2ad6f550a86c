-- name: name_merchants(ids, names)
-- Merchants by id (distinct), in their order: two consumers never wait for each other in a circle.
INSERT INTO merchant (id, name)
SELECT m.id, m.name
FROM unnest($1::text[], $2::text[]) AS m (id, name)
ORDER BY m.id
ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name;
