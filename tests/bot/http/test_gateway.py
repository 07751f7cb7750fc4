from pathlib import Path

import pytest

from bot.http.gateway import driver_of, trusted_machine

HEAD = "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n"
DEFAULT = "eth0\t00000000\t010012AC\t0003\t0\t0\t0\t00000000\t0\t0\t0\n"
OWN = "eth0\t000012AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0\n"


def trusted(folder: Path, routes: str, driver: str = "veth") -> str:
    """Return whom a system trusts that has these routes, and eth0 by such a driver."""
    (folder / "route").write_text(routes, encoding="ascii")
    return trusted_machine(folder / "route", lambda name: driver if name == "eth0" else "")


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
def test_the_machine_of_a_container_is_the_gateway_of_its_default_route(
    tmp_path: Path, routes: str, found: str
) -> None:
    assert trusted(tmp_path, routes) == found


@pytest.mark.parametrize(
    "driver", ["virtio_net", "e1000e", "iwlwifi", "802.1Q VLAN Support", "macvlan", "ipvlan", "tun", ""]
)
def test_a_router_of_the_machines_own_network_is_not_trusted(tmp_path: Path, driver: str) -> None:
    assert trusted(tmp_path, HEAD + DEFAULT, driver) == ""


def test_where_the_system_has_no_list_of_routes_nobody_is_trusted(tmp_path: Path) -> None:
    assert trusted_machine(tmp_path / "nowhere", lambda _name: "veth") == ""


@pytest.mark.parametrize("interface", ["lo", "nowhere0", "a name that is too long for an interface"])
def test_an_interface_without_a_driver_and_one_that_is_not_there_have_none(interface: str) -> None:
    assert driver_of(interface) == ""
