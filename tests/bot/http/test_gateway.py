from pathlib import Path

import pytest

from bot.http.gateway import gateway

HEAD = "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n"
DEFAULT = "eth0\t00000000\t010012AC\t0003\t0\t0\t0\t00000000\t0\t0\t0\n"
OWN = "eth0\t000012AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0\n"


@pytest.mark.parametrize(
    ("routes", "found"),
    [
        (HEAD + DEFAULT + OWN, "172.18.0.1"),
        (HEAD + OWN + DEFAULT, "172.18.0.1"),
        (HEAD + OWN, ""),
        (HEAD, ""),
        ("", ""),
    ],
)
def test_the_gateway_is_that_of_the_default_route(tmp_path: Path, routes: str, found: str) -> None:
    (tmp_path / "route").write_text(routes, encoding="ascii")
    assert gateway(tmp_path / "route") == found


def test_where_the_system_has_no_list_of_routes_nobody_is_the_gateway(tmp_path: Path) -> None:
    assert gateway(tmp_path / "nowhere") == ""
