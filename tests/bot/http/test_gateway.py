from pathlib import Path

import pytest

from bot.http.gateway import trusted_machine

HEAD = "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n"
DEFAULT = "eth0\t00000000\t010012AC\t0003\t0\t0\t0\t00000000\t0\t0\t0\n"
OWN = "eth0\t000012AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0\n"
PAIR = "INTERFACE=eth0\nIFINDEX=2\n"


def machine(folder: Path, routes: str, *, iflink: str = "41", uevent: str = PAIR) -> str:
    """Return whom a system trusts that has these routes, and as eth0 such an interface."""
    (folder / "route").write_text(routes, encoding="ascii")
    (eth0 := folder / "net" / "eth0").mkdir(parents=True)
    for name, content in {"ifindex": "2\n", "iflink": f"{iflink}\n", "uevent": uevent}.items():
        (eth0 / name).write_text(content, encoding="ascii")
    return trusted_machine(folder / "route", folder / "net")


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
    assert machine(tmp_path, routes) == found


@pytest.mark.parametrize(
    ("iflink", "uevent"),
    [
        ("2", PAIR),
        ("2", f"DEVTYPE=wlan\n{PAIR}"),
        ("41", f"DEVTYPE=vlan\n{PAIR}"),
        ("41", f"DEVTYPE=macvlan\n{PAIR}"),
        ("41", f"{PAIR}DEVTYPE=ipvlan\n"),
    ],
    ids=["a network card", "a wireless card", "a VLAN", "a container with a macvlan", "a container with an ipvlan"],
)
def test_a_router_of_the_machines_own_network_is_not_trusted(tmp_path: Path, iflink: str, uevent: str) -> None:
    assert machine(tmp_path, HEAD + DEFAULT, iflink=iflink, uevent=uevent) == ""


def test_where_the_system_has_no_list_of_routes_or_interfaces_nobody_is_trusted(tmp_path: Path) -> None:
    assert trusted_machine(tmp_path / "nowhere", tmp_path) == ""
    (tmp_path / "route").write_text(HEAD + DEFAULT, encoding="ascii")
    assert trusted_machine(tmp_path / "route", tmp_path / "nowhere") == ""
