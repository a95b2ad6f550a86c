"""How a service runs: HTTP, Kafka, Postgres, settings, logs, metrics. Knows no payment word."""
