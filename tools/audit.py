"""`make audit`: what the lock file brings along, under which licences, and what is known to be wrong with it.

It writes the bill of materials (CycloneDX) beside that. A source that gives no answer is named as such: then nothing is
known, which is not the same as nothing being wrong.
"""

import argparse
import json
import re
import sys
import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Any, Final
from urllib.request import Request, urlopen

ROOT: Final = Path(__file__).parents[1]
LOCK: Final = ROOT / "requirements.lock"
BILL: Final = ROOT / "build" / "sbom.cdx.json"
VULNERABILITIES: Final = "https://api.osv.dev/v1/querybatch"
SECONDS: Final = 20.0
"""How long that source may take to answer."""
AT_ONCE: Final = 500
"""Packages that one question asks about; the source takes 1,000."""
PINNED: Final = re.compile(r"(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^]]*\])?==(?P<version>[^\s;\\]+)")
HASH: Final = re.compile(r"--hash=sha256:([0-9a-f]{64})")
SHORTEST_TEXT: Final = 80
"""Characters from which on a licence's name is its whole text, put where the name belongs."""
COPYLEFT: Final = re.compile(r"\b(A?GPL|GNU (Affero )?General Public)", re.IGNORECASE)
"""Licences that ask for more than a notice of who gives the program away."""
UNKNOWN: Final = "unknown"


@dataclass(frozen=True, kw_only=True, slots=True)
class Package:
    """A package of the lock: its name, version, the SHA-256 of each of its files, and its licence."""

    name: str
    version: str
    hashes: tuple[str, ...]
    licence: str = UNKNOWN
    is_installed: bool = False

    @property
    def purl(self) -> str:
        """Its package URL."""
        return f"pkg:pypi/{re.sub(r'[-_.]+', '-', self.name).lower()}@{self.version}"


class NoAnswer(Exception):
    """A source did not answer, or not so that it can be understood; the text says how."""


def packages_of(lock: str) -> tuple[Package, ...]:
    """Return the packages of a lock file's text; raises ValueError where it has none."""
    found: list[Package] = []
    for block in re.split(r"\n(?=\S)", lock):
        pinned = PINNED.match(block)
        if pinned:
            found.append(Package(name=pinned["name"], version=pinned["version"], hashes=tuple(HASH.findall(block))))
    if not found:
        raise ValueError("no package is pinned in it")
    return tuple(found)


def licensed(package: Package) -> Package:
    """Return a package with the licence that its installed distribution states, if it is that version."""
    try:
        found = distribution(package.name)
    except PackageNotFoundError:
        return package
    if found.version != package.version:
        return package
    return Package(
        name=package.name,
        version=package.version,
        hashes=package.hashes,
        licence=_stated(found) or UNKNOWN,
        is_installed=True,
    )


def _stated(found: Distribution) -> str:
    told = found.metadata
    if expression := told.get_all("License-Expression"):
        return str(expression[0])
    names = [line.rpartition(" :: ")[2] for line in told.get_all("Classifier") or () if line.startswith("License ::")]
    names = [name for name in names if name != "OSI Approved"]
    text = " ".join(map(str, told.get_all("License") or ())).strip()
    return " and ".join(names) or (text if len(text) < SHORTEST_TEXT and "\n" not in text else "")


def bill_of_materials(packages: Sequence[Package], version: str) -> dict[str, Any]:
    """Return the bill of materials in CycloneDX 1.6, the same for the same lock."""
    content = "\n".join(f"{package.purl} {' '.join(package.hashes)}" for package in packages)
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, content)}",
        "version": 1,
        "metadata": {
            "component": {"type": "application", "bom-ref": "trading-bot", "name": "trading-bot", "version": version}
        },
        "components": [_component(package) for package in packages],
    }


def _component(package: Package) -> dict[str, Any]:
    known = {} if package.licence == UNKNOWN else {"licenses": [{"license": {"name": package.licence}}]}
    return {
        "type": "library",
        "bom-ref": package.purl,
        "name": package.name,
        "version": package.version,
        "purl": package.purl,
        "hashes": [{"alg": "SHA-256", "content": each} for each in package.hashes],
        **known,
    }


def vulnerabilities(packages: Sequence[Package], url: str = VULNERABILITIES) -> Mapping[str, tuple[str, ...]]:
    """Return the ids of what is known to be wrong, by package URL; raises NoAnswer unless all of it was answered."""
    found: dict[str, tuple[str, ...]] = {}
    for start in range(0, len(packages), AT_ONCE):
        some = packages[start : start + AT_ONCE]
        answers = _asked(url, {"queries": [{"package": {"purl": package.purl}} for package in some]})
        if len(answers) != len(some):
            raise NoAnswer(f"{len(answers)} answers for {len(some)} packages")
        for package, answer in zip(some, answers, strict=True):
            if ids := _ids(answer):
                found[package.purl] = ids
    return found


def _asked(url: str, question: Mapping[str, Any]) -> Sequence[Any]:
    asked = Request(  # noqa: S310 (a constant, or a test's own server)
        url, data=json.dumps(question).encode(), headers={"Content-Type": "application/json"}
    )
    try:
        with urlopen(asked, timeout=SECONDS) as answer:  # noqa: S310
            results = json.load(answer)["results"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NoAnswer(f"{type(error).__name__}: {error}") from error
    if not isinstance(results, list):
        raise NoAnswer("no list of results")
    return results


def _ids(answer: Any) -> tuple[str, ...]:
    if not isinstance(answer, dict) or answer.get("next_page_token"):
        raise NoAnswer("a result that is none, or not whole")
    try:
        return tuple(str(each["id"]) for each in answer.get("vulns") or ())
    except (KeyError, TypeError) as error:
        raise NoAnswer("a result without an id") from error


def licence_lines(packages: Sequence[Package]) -> Iterator[str]:
    """Say how many packages stand under each licence, and name those that somebody must look at."""
    by_licence = defaultdict[str, list[str]](list)
    for package in packages:
        if package.is_installed:
            by_licence[package.licence].append(package.name)
    for licence, names in sorted(by_licence.items(), key=lambda each: -len(each[1])):
        marked = f" <- look: {', '.join(names)}" if licence == UNKNOWN or COPYLEFT.search(licence) else ""
        yield f"  {len(names):4}  {licence}{marked}"
    if missing := [package.name for package in packages if not package.is_installed]:
        yield f"  {len(missing):4}  NO ANSWER: not installed on this system, so nothing is known: {', '.join(missing)}"


def main() -> int:
    """Print all of it, write the bill of materials, and return 1 where something is known to be wrong."""
    options = argparse.ArgumentParser(prog="make audit", description=__doc__)
    options.add_argument("--lock", type=Path, default=LOCK)
    options.add_argument("--bill", type=Path, default=BILL, help="where the bill of materials is written")
    options.add_argument("--url", default=VULNERABILITIES, help="the source of known vulnerabilities")
    options.add_argument("--strict", action="store_true", help="end with 2 where that source gave no answer")
    given = options.parse_args()
    packages = tuple(map(licensed, packages_of(given.lock.read_text(encoding="utf-8"))))
    bill = bill_of_materials(packages, distribution("trading-bot").version)
    given.bill.parent.mkdir(parents=True, exist_ok=True)
    given.bill.write_text(json.dumps(bill, indent=1) + "\n", encoding="utf-8")
    _say(f"Bill of materials: {len(packages)} packages of {given.lock.name}, CycloneDX 1.6, {given.bill}")
    _say("Licences, as the installed packages state them:")
    for line in licence_lines(packages):
        _say(line)
    return _tell_vulnerabilities(packages, given.url, is_strict=given.strict)


def _tell_vulnerabilities(packages: Sequence[Package], url: str, *, is_strict: bool) -> int:
    try:
        found = vulnerabilities(packages, url)
    except NoAnswer as why:
        _say(f"Known vulnerabilities: NO ANSWER from {url} ({why}).")
        _say(f"  Whether any of the {len(packages)} packages has one is not known; ask again where the network is.")
        return 2 if is_strict else 0
    _say(f"Known vulnerabilities, says {url}: {len(found)} of {len(packages)} packages have any.")
    for purl, ids in found.items():
        _say(f"  {purl}: {', '.join(ids)}")
    return 1 if found else 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main())
