"""Tests of the notifier on a real Postgres, real receivers, and a real Kafka where topics matter."""
