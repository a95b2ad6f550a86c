"""The stack without containers: Postgres, Kafka and every service under one small supervisor."""
