-- What all tenants have together of one kind is asked often; what happened in an hour, of every tenant, is most of the table.
CREATE INDEX count_total_kind ON count_total (kind, status);
