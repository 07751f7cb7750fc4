"""`make audit` on a lock file, and on a source of vulnerabilities that answers, or does not."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from tools.audit import LOCK, NoAnswer, Package, bill_of_materials, licence_lines, packages_of, vulnerabilities

ONE, TWO = "a" * 64, "b" * 64
TEXT = f"""\
# a comment
typer==0.16.0 \\
    --hash=sha256:{ONE} \\
    --hash=sha256:{TWO}
    # via trading-bot
colorama==0.4.6 ; sys_platform == 'win32' \\
    --hash=sha256:{TWO}
psycopg[binary]==3.2.9
"""
NOWHERE = "http://127.0.0.1:9"


@contextmanager
def a_source(answer: bytes, status: int = 200) -> Iterator[tuple[str, list[Mapping[str, Any]]]]:
    """Answer every question alike; yield the address, and what was asked."""
    asked: list[Mapping[str, Any]] = []

    class Source(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Source) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/", asked
        finally:
            server.shutdown()
            thread.join()


def test_every_package_of_a_lock_is_read_with_its_hashes() -> None:
    assert packages_of(TEXT) == (
        Package(name="typer", version="0.16.0", hashes=(ONE, TWO)),
        Package(name="colorama", version="0.4.6", hashes=(TWO,)),
        Package(name="psycopg", version="3.2.9", hashes=()),
    )
    with pytest.raises(ValueError, match="no package"):
        packages_of("")


def test_every_package_of_our_own_lock_has_a_hash() -> None:
    packages = packages_of(LOCK.read_text(encoding="utf-8"))
    assert len(packages) == LOCK.read_text(encoding="utf-8").count("==") - sum(
        line.count("==") - 1 for line in LOCK.read_text(encoding="utf-8").splitlines() if line.count("==") > 1
    )
    assert all(package.hashes for package in packages)


def test_the_bill_of_materials_names_every_package_and_is_the_same_for_the_same_lock() -> None:
    bill = bill_of_materials(packages_of(TEXT), "0.1.0")
    assert (bill["bomFormat"], bill["specVersion"], bill["version"]) == ("CycloneDX", "1.6", 1)
    assert [each["purl"] for each in bill["components"]] == [
        "pkg:pypi/typer@0.16.0",
        "pkg:pypi/colorama@0.4.6",
        "pkg:pypi/psycopg@3.2.9",
    ]
    assert bill["components"][0]["hashes"] == [{"alg": "SHA-256", "content": each} for each in (ONE, TWO)]
    assert bill == bill_of_materials(packages_of(TEXT), "0.1.0")
    assert bill["serialNumber"] != bill_of_materials(packages_of(TEXT)[:2], "0.1.0")["serialNumber"]


def test_licences_that_somebody_must_look_at_are_named() -> None:
    packages = [
        Package(name="a", version="1", hashes=(), licence="MIT", is_installed=True),
        Package(name="b", version="1", hashes=(), licence="GNU Affero General Public License v3", is_installed=True),
        Package(name="c", version="1", hashes=(), is_installed=True),
        Package(name="d", version="1", hashes=()),
    ]
    lines = "\n".join(licence_lines(packages))
    assert "1  MIT\n" in lines
    assert "General Public License v3 <- look: b" in lines
    assert "unknown <- look: c" in lines
    assert "NO ANSWER: not installed on this system, so nothing is known: d" in lines


def test_known_vulnerabilities_are_told_by_package() -> None:
    results = [{"vulns": [{"id": "GHSA-1"}, {"id": "PYSEC-2"}]}, {}, {"vulns": []}]
    with a_source(json.dumps({"results": results}).encode()) as (url, asked):
        found = vulnerabilities(packages_of(TEXT), url)
    assert found == {"pkg:pypi/typer@0.16.0": ("GHSA-1", "PYSEC-2")}
    assert [each["package"]["purl"] for each in asked[0]["queries"]][2] == "pkg:pypi/psycopg@3.2.9"


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (b"{}", 200),
        (b"<html>sign in</html>", 200),
        (b'{"results": []}', 200),
        (b'{"results": 3}', 200),
        (b'{"results": [{}, {}, 3]}', 200),
        (b'{"results": [{}, {}, {"vulns": [{}]}]}', 200),
        (b'{"results": [{}, {}, {"next_page_token": "x"}]}', 200),
        (b'{"results": [{}, {}, {}]}', 503),
    ],
)
def test_what_is_no_whole_answer_is_no_answer(answer: bytes, status: int) -> None:
    with a_source(answer, status) as (url, _), pytest.raises(NoAnswer):
        vulnerabilities(packages_of(TEXT), url)


@pytest.mark.parametrize(("options", "code"), [((), 0), (("--strict",), 2)])
def test_a_source_that_cannot_be_reached_is_said_plainly(tmp_path: Path, options: tuple[str, ...], code: int) -> None:
    bill = tmp_path / "made" / "bill.json"
    command = [sys.executable, "-m", "tools.audit", "--url", NOWHERE, "--bill", str(bill), *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)  # noqa: S603 (our own)
    assert done.returncode == code, done.stderr
    assert f"Known vulnerabilities: NO ANSWER from {NOWHERE}" in done.stdout
    assert "is not known" in done.stdout
    assert len(json.loads(bill.read_text())["components"]) == len(packages_of(LOCK.read_text(encoding="utf-8")))


def test_a_known_vulnerability_ends_it_with_1(tmp_path: Path) -> None:
    (tmp_path / "lock").write_text(TEXT)
    results = [{"vulns": [{"id": "GHSA-1"}]}, {}, {}]
    with a_source(json.dumps({"results": results}).encode()) as (url, _):
        command = [sys.executable, "-m", "tools.audit", "--url", url, "--lock", str(tmp_path / "lock")]
        command += ["--bill", str(tmp_path / "bill.json")]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)  # noqa: S603 (our own)
    assert done.returncode == 1, done.stderr
    assert "pkg:pypi/typer@0.16.0: GHSA-1" in done.stdout
