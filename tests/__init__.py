"""What crosses services: tests over real HTTP, real Kafka and real Postgres. Small counts in `make test`, full ones in
`make prove`."""
