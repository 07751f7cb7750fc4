"""The history of the schema.

To change it, change tables.py and add the next revision to versions/; a test holds the two together.
"""

from alembic.command import upgrade as run_upgrade
from alembic.config import Config
from sqlalchemy import Connection


def upgrade(connection: Connection) -> None:
    """Bring the schema up to date within the connection's transaction."""
    config = Config()
    config.set_main_option("script_location", "engine.adapters.sql:migrations")
    config.attributes["connection"] = connection
    run_upgrade(config, "head")
