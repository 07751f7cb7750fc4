"""The desk of a soak in a process of its own, which counts what it holds: python -m benchmarks.soak_desk '{...}'.

It is wired and hosted as `trading-bot run` does it. It writes a line of JSON a second, until it is told to stop.
"""

import json
import os
import sys
from collections.abc import Mapping
from contextlib import ExitStack, closing
from pathlib import Path

from benchmarks.soak_holdings import SAMPLES, Checkouts, Sampler, held
from benchmarks.soak_judgement import DELAY
from benchmarks.soak_parts import adapters_of, names, settings_of
from benchmarks.soak_stores import SqliteBooks, valkey_values
from bot.cli.common import until_told_to_stop
from bot.cli.hosting import host_of
from bot.logs.setup import log_to_stderr
from bot.settings import SlackSettings
from engine.adapters.redis import connect
from engine.adapters.valkey import EmbeddedValkey
from engine.bootstrap import desk_on


def main() -> int:
    """Run the desk until told to stop."""
    given = json.loads(sys.argv[1])
    folder, checkouts, stopping = Path(given["folder"]), Checkouts(), until_told_to_stop()
    log_to_stderr("info", "json")
    with ExitStack() as stack:
        server = EmbeddedValkey(folder / "valkey")
        stack.callback(server.stop)
        url = server.start()
        settings = settings_of(folder, given["speed"], names(given["symbols"]), url)
        valkey = connect(url)
        stack.callback(valkey.close)
        adapters = adapters_of(settings, stack, valkey, given["seed"])
        desk = stack.enter_context(closing(desk_on(settings, adapters, stack)))
        host, http = host_of(desk, SlackSettings.read(), host="127.0.0.1", port=0)
        books = SqliteBooks(folder)

        def values() -> Mapping[str, float]:
            late = {f"{DELAY}{job}, s": seconds for job, seconds in desk.scheduler.delays().items()}
            log = {"log, kB": os.fstat(sys.stderr.fileno()).st_size / 1024}
            return {**held(checkouts), **log, **valkey_values(valkey), **late, **books.values()}

        with Sampler(folder / SAMPLES, desk.adapters.clock, values).sampling():
            host.run(stopping, lambda: print(http.url, flush=True))  # noqa: T201 (the parent reads it)
    return 0


if __name__ == "__main__":
    sys.exit(main())
