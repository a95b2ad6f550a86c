"""Kafka's data folder: made with whatever id chance brings."""

import shutil
import uuid
from pathlib import Path

import pytest

from deploy.embedded import jars
from deploy.embedded.kafka import Kafka
from deploy.testing import new_config


def test_an_id_of_a_cluster_may_begin_with_a_dash(kafka: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """One in 64 does. `kafka` is asked for because its start has fetched the jars."""
    monkeypatch.setattr(uuid, "uuid4", lambda: uuid.UUID(bytes=b"\xf8" + bytes(15)))
    config = new_config()
    try:
        Kafka(config, jars.class_path(config.cache_dir)).prepare()
        assert "cluster.id=-AAAA" in Path(config.state_dir / "kafka/data/meta.properties").read_text()
    finally:
        shutil.rmtree(config.state_dir)
