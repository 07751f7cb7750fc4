"""The history of the schema.

To change it, change the table in its file (tables.py, or account_, desk_ or news_tables.py) and add the next revision
to versions/; a test holds them together.
"""

from functools import cache

from alembic.command import upgrade as run_upgrade
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from engine.errors import StoreUnavailable


def upgrade(connection: Connection, to: str = "head") -> None:
    """Bring the schema up to a revision within the connection's transaction.

    Raises StoreUnavailable for a database that a newer version has changed: what it keeps may mean something else.
    """
    revision, newest = current(connection), known()[0]
    if revision not in {None, *known()}:
        raise StoreUnavailable(
            f"the database is of a newer version of the bot (revision {revision}, this one knows {newest}): "
            "run that version, or put back the backup from before the upgrade"
        )
    if revision == newest:
        return
    config = _config()
    config.attributes["connection"] = connection
    run_upgrade(config, to)


def current(connection: Connection) -> str | None:
    """Return the revision of a database, None when it is empty; changes nothing."""
    return MigrationContext.configure(connection).get_current_revision()


@cache
def known() -> tuple[str, ...]:
    """Return every revision, the newest first."""
    return tuple(script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "engine.adapters.sql:migrations")
    return config
