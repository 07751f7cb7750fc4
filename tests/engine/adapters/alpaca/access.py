from dataclasses import replace

from engine.adapters.alpaca.client import AlpacaAccess
from engine.adapters.alpaca.rate_limiter import RateLimiter
from tests.support.fakes.alpaca.server import FakeAlpaca


def access_to(fake: FakeAlpaca, **changes: object) -> AlpacaAccess:
    """Reach the fake, with a budget that no test uses up and time-outs that no test feels."""
    access = AlpacaAccess(
        key=fake.key,
        secret=fake.secret,
        budget=RateLimiter(10_000),
        trading_url=fake.trading_url,
        data_url=fake.data_url,
        stream_url=fake.stream_url,
        timeouts=(2.0, 5.0),
    )
    return replace(access, **changes)  # type: ignore[arg-type]  # the fields of Access
