"""The documents lead somewhere: their links, the paths and targets that they name, and what each must say."""

import ast
import re
from pathlib import Path

import pytest

from tests.support.additions import ADDITIONS

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted(
    file
    for pattern in ("*.md", "docs/**/*.md", "tests/**/*.md", "engine/**/*.md", ".github/**/*.md")
    for file in ROOT.glob(pattern)
)
DECISIONS = sorted(ROOT.glob("docs/decisions/[0-9]*.md"))
LINK = re.compile(r"!?\[[^\]]*\]\(([^()\s]+)\)")
PATH = re.compile(r"[\w./-]+/[\w.-]+\.(?:py|md|ftl|json|toml|yml|css|js)\b")
MODULE = re.compile(r"(?<![\w./-])\w+\.py\b")
MODULES = {
    file.name for room in ("bot", "engine", "tests", "tools", "benchmarks") for file in ROOT.glob(f"{room}/**/*.py")
}
PACKAGES = sorted(file for room in ("bot", "engine", "tests", "tools") for file in ROOT.glob(f"{room}/**/__init__.py"))
CLASS = re.compile(r"^class (\w+)", re.MULTILINE)
PORT = re.compile(r"\b[Tt]he port ([A-Z]\w+)")
TO_ADD = {"engine/adapters/sandbox.py", "pullback.py"}
"""Files that a document names for somebody to make."""
MADE = ("build/", "DATA_DIR/", "data/")
"""Folders of what a desk or a target writes."""
ELSEWHERE = {"alpaca_mcp_server/specs/trading-api.json", "schemas/manifest.schema.2.0.0.json"}
"""Files of other projects, whose copies the tests use."""
HOME_MADE = ("the books", "told to try again", "mended")
"""Words of our own for the database, for a refusal and for a repair."""


def name_of(file: Path) -> str:
    return str(file.relative_to(ROOT))


def text_of(file: Path) -> str:
    return file.read_text(encoding="utf-8")


def prose_of(file: Path) -> str:
    """Return a document without its fenced code."""
    return re.sub(r"^( *)```.*?^\1```$", "", text_of(file), flags=re.MULTILINE | re.DOTALL)


def anchors_of(file: Path) -> set[str]:
    """Return the anchors that a reader's browser makes of a document's headings."""
    headings = re.findall(r"^#+ (.+)$", prose_of(file), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def dead_links(file: Path) -> list[str]:
    """Return the relative links of a document that lead nowhere."""
    dead = []
    for link in LINK.findall(prose_of(file)):
        if "://" in link or link.startswith("mailto:"):
            continue
        path, _, anchor = link.partition("#")
        target = (file.parent / path) if path else file
        if not target.exists() or (anchor and anchor not in anchors_of(target)):
            dead.append(link)
    return dead


def code_of(file: Path) -> list[str]:
    """Return what a document sets as code, in a line or fenced."""
    text = text_of(file)
    fenced = re.findall(r"^ *```.*?\n(.*?)^ *```$", text, re.MULTILINE | re.DOTALL)
    return [*fenced, *re.findall(r"`([^`\n]+)`", prose_of(file))]


def lost_paths(file: Path) -> list[str]:
    """Return the files that a document names and that do not exist, seen from the top, the packages or its folder."""
    bases = (ROOT, ROOT / "engine", ROOT / "bot", file.parent)
    named = {
        path for code in code_of(file) for path in PATH.findall(code) if not path.startswith(("/", "~", ".", *MADE))
    }
    modules = {name for code in code_of(file) for name in MODULE.findall(code)}
    return sorted(modules - MODULES - TO_ADD) + sorted(
        path for path in named - TO_ADD - ELSEWHERE if not any((base / path).exists() for base in bases)
    )


def unknown_targets(file: Path, makefile: str) -> list[str]:
    """Return the targets of make that a document names and the Makefile does not have."""
    targets = set(re.findall(r"^([a-z.][\w./-]*):", makefile, re.MULTILINE)) | {".venv/.ready"}
    named = {name for code in code_of(file) for name in re.findall(r"^ *make ([a-z.][\w./-]*)", code, re.MULTILINE)}
    return sorted(named - targets)


@pytest.mark.parametrize("file", DOCUMENTS, ids=name_of)
def test_every_relative_link_leads_to_a_file_and_a_heading(file: Path) -> None:
    assert dead_links(file) == []


@pytest.mark.parametrize("file", DOCUMENTS, ids=name_of)
def test_every_file_that_is_named_exists(file: Path) -> None:
    assert lost_paths(file) == []


@pytest.mark.parametrize("file", PACKAGES, ids=name_of)
def test_every_module_that_a_package_names_stands_in_it_or_beside_it(file: Path) -> None:
    named = MODULE.findall(ast.get_docstring(ast.parse(text_of(file))) or "")
    assert [name for name in named if not any((each / name).exists() for each in (file.parent, file.parents[1]))] == []


def test_every_port_that_an_adapter_names_exists() -> None:
    ports = {name for file in ROOT.glob("engine/**/*.py") for name in CLASS.findall(text_of(file))}
    adapters = sorted(ROOT.glob("engine/adapters/**/*.py"))
    named = {(name_of(file), port) for file in adapters for port in PORT.findall(text_of(file))}
    assert sorted((file, port) for file, port in named if port not in ports) == []


@pytest.mark.parametrize("file", DOCUMENTS, ids=name_of)
def test_every_target_that_is_named_is_in_the_makefile(file: Path) -> None:
    assert unknown_targets(file, text_of(ROOT / "Makefile")) == []


@pytest.mark.parametrize("file", DOCUMENTS, ids=name_of)
def test_no_single_test_file_is_named_but_the_two_about_the_architecture(file: Path) -> None:
    named = {name for code in code_of(file) for name in re.findall(r"\btest_\w+\.py\b", code)}
    assert named <= {"test_additions.py", "test_architecture.py"}


@pytest.mark.parametrize("file", DOCUMENTS, ids=name_of)
def test_the_documents_have_the_fields_words(file: Path) -> None:
    words = " ".join(text_of(file).lower().split())
    assert [phrase for phrase in HOME_MADE if phrase in words] == []


@pytest.mark.parametrize("file", DECISIONS, ids=name_of)
def test_a_decision_has_a_number_a_date_and_a_status(file: Path) -> None:
    number = int(file.name[:4])
    title, blank, date, status, *_ = text_of(file).split("\n")
    assert title.startswith(f"# {number}. ")
    assert not blank
    assert re.fullmatch(r"Date: \d{4}-\d\d-\d\d", date)
    found = re.fullmatch(r"Status: (?:accepted|superseded by (\d{4}))", status)
    assert found
    assert found[1] is None or [*ROOT.glob(f"docs/decisions/{found[1]}-*.md")]


def test_decisions_are_numbered_without_a_gap() -> None:
    assert [int(file.name[:4]) for file in DECISIONS] == list(range(1, len(DECISIONS) + 1))


def test_the_index_names_every_decision_with_its_date_and_status() -> None:
    index = text_of(ROOT / "docs/decisions/README.md")
    for file in DECISIONS:
        date, status = (line.split(": ", 1)[1] for line in text_of(file).split("\n")[2:4])
        assert re.search(
            rf"^\| \[{file.name[:4]}\]\({re.escape(file.name)}\) \| .+ \| {date} \| {status} \|$", index, re.MULTILINE
        )


def test_the_index_names_every_document() -> None:
    named = set(LINK.findall(text_of(ROOT / "docs/README.md")))
    documents = {file.name for file in ROOT.glob("docs/*.md")} - {"README.md"}
    folders = {f"{file.parent.name}/README.md" for file in ROOT.glob("docs/*/README.md")}
    assert documents | folders <= named


@pytest.mark.parametrize("kind", ADDITIONS)
def test_the_page_for_contributors_names_the_files_of_each_addition(kind: str) -> None:
    paragraphs = re.split(r"^#+ ", text_of(ROOT / "CONTRIBUTING.md"), flags=re.MULTILINE)
    [paragraph] = [each for each in paragraphs if re.match(rf"An? {kind}\n", each)]
    addition = ADDITIONS[kind]
    assert {name for name in addition.changed - addition.files.keys() if f"`{name}`" not in paragraph} == set()


def test_a_link_a_path_and_a_target_that_lead_nowhere_are_found(tmp_path: Path) -> None:
    file = tmp_path / "page.md"
    file.write_text(
        "# One heading\n[a](gone.md) [b](#one-heading) [c](#another) [d](https://example.com)\n"
        "`engine/jobs.py` `engine/engine.py` `risk/rules.py` `rules.py` `parts.py`\n"
        "`make test` `make nothing`\n```\nmake neither\n```\n",
        encoding="utf-8",
    )
    assert dead_links(file) == ["gone.md", "#another"]
    assert lost_paths(file) == ["parts.py", "engine/engine.py"]
    assert unknown_targets(file, text_of(ROOT / "Makefile")) == ["neither", "nothing"]
