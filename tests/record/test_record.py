"""The record goes on where it was interrupted, tells what broke, and refuses what it cannot do."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.faults.__main__ import conclusion, promises
from tests.faults.campaign import Campaign as Kills
from tests.faults.judgement import Judgement
from tests.record.__main__ import main
from tests.record.campaigns import CAMPAIGNS, Campaign, Command
from tests.record.journal import Journal, Piece, RecordRefused
from tests.record.page import ZEROS, page
from tests.record.run import counted, run, version


def campaign(name: str, code: str = "", whole: int = 10, piece: int = 4) -> Campaign:
    """Make a campaign whose pieces say what they did, and then run some code that knows `seed`."""
    return Campaign(
        name=name,
        unit="kills",
        whole=whole,
        piece=piece,
        command=lambda seed, size: Command(
            arguments=(
                sys.executable,
                "-c",
                f"seed = {seed}\nprint('sqlite, seed {seed}, 1 s: kills {size:,}, orders doubled 0')\n{code}",
            )
        ),
        counts=True,
    )


def record(tmp_path: Path, *campaigns: Campaign, percent: int = 100, name: str = "v1") -> tuple[int, list[str]]:
    said = list[str]()
    journal = Journal(file=tmp_path / "build" / "record.jsonl")
    code = run(
        campaigns,
        campaigns,
        journal,
        code_version=name,
        seed=7,
        percent=percent,
        page_at=tmp_path / "record.md",
        say=said.append,
    )
    return code, said


def test_every_piece_is_run_once_with_a_seed_of_its_own_and_the_page_says_the_sum(tmp_path: Path) -> None:
    code, said = record(tmp_path, campaign("a"))
    assert code == 0
    assert [line.split(", ")[1].split(":")[0] for line in said] == ["seed 7", "seed 8", "seed 9"]
    told = (tmp_path / "record.md").read_text(encoding="utf-8")
    assert "| `a`: kills | 10 | 10 | 10 | 3 |" in told
    assert "orders doubled 0, " in told
    assert "What happened: kills 10." in told


def test_an_interrupted_record_goes_on_where_it_stopped_and_says_so(tmp_path: Path) -> None:
    record(tmp_path, campaign("a"), percent=40)
    file = tmp_path / "build" / "record.jsonl"
    file.write_text(file.read_text(encoding="utf-8") + '{"version": "v1", "campai', encoding="utf-8")  # cut off
    _, said = record(tmp_path, campaign("a"))
    assert said[0] == f"going on: 1 pieces are kept in {file}"
    assert [line.split(":")[0] for line in said[1:]] == ["a, seed 8", "a, seed 9"]
    assert record(tmp_path, campaign("a"))[1][1:] == []


def test_what_broke_ends_its_campaign_counts_for_nothing_and_is_played_again_first(tmp_path: Path) -> None:
    code, said = record(tmp_path, campaign("a", "raise SystemExit(seed == 8)"), campaign("b"))
    assert (code, [line.split(":")[0] for line in said[:3]]) == (1, ["a, seed 7", "a, seed 8", "b, seed 7"])
    code, said = record(tmp_path, campaign("a"))
    assert (code, [line.split(":")[0] for line in said[1:]]) == (1, ["a, seed 8", "a, seed 9"])
    told = (tmp_path / "record.md").read_text(encoding="utf-8")
    row = next(line for line in told.splitlines() if "`a`: kills |" in line)
    assert row.startswith("| `a`: kills | 10 | 10 | 14 | 4 |")
    assert row.endswith("| seed 8 at v1 |")


def test_what_broke_before_it_died_is_not_taken_for_unjudged(tmp_path: Path) -> None:
    dies = Command(arguments=(sys.executable, "-c", "print('150 kills, 2 breaches')\nraise RuntimeError('no rest')"))
    _, said = record(tmp_path, replace(campaign("a"), command=lambda _seed, _size: dies))
    assert [line.split(": ")[-1] for line in said] == ["BROKEN"]


def test_a_piece_that_ended_before_it_was_judged_counts_for_nothing_and_stays_in_sight(tmp_path: Path) -> None:
    dies = Command(arguments=(sys.executable, "-c", "raise RuntimeError('it never came to rest')"))
    code, said = record(tmp_path, replace(campaign("a"), command=lambda _seed, _size: dies))
    assert code == 1
    assert [line.split(": ")[-1] for line in said] == ["ended before it was judged"]
    told = (tmp_path / "record.md").read_text(encoding="utf-8")
    assert "| `a`: kills | 0 | 10 | 0 | 1 |" in told
    assert "none; ended before it was judged: seed 7 at v1 |" in told


def test_a_campaign_that_was_not_run_is_not_said_to_have_held() -> None:
    assert "| `a`: kills | 0 | 10 | 0 | 0 |  |  | not run |" in page([campaign("a")], [])


def test_the_counts_are_read_where_breaches_are_told_as_well() -> None:
    found = Judgement(doubled=["AAPL: 12 shares were sold, 10 bought"])
    found.seen["kills"] = 50
    said = "\n".join(conclusion(Kills(kills=50, seed=1, database="sqlite"), found, 9.0))
    assert (counted(said)["kills"], counted(said)["orders doubled"]) == (50, 1)


def test_the_page_begins_with_how_much_is_done_and_how_much_broke(tmp_path: Path) -> None:
    for code in ("raise SystemExit(seed == 8)", ""):
        record(tmp_path, campaign("a", code))
    pieces = Journal(file=tmp_path / "build" / "record.jsonl").read()
    told = page([campaign("a"), campaign("b")], pieces)
    assert f"1 of 2 campaigns are done as a whole. Of {len(pieces)} pieces 1 broke a promise." in told


def test_what_had_to_be_zero_stands_by_itself() -> None:
    assert tuple(promises(Judgement())) == ZEROS
    seen = Piece(version="v1", campaign="a", seed=1, size=5, seconds=1, code=1, counts={"kills": 5, "trades lost": 2})
    told = page([campaign("a")], [seen])
    assert "what had to be 0: orders doubled 0, trades lost 2," in told
    assert "What happened: kills 5.\n" in told


def test_the_page_says_what_was_behind_a_piece_that_broke() -> None:
    broke = Piece(version="v1", campaign="a", seed=1, size=5, seconds=1, code=1, note="The clock stood still.")
    assert page([campaign("a")], [broke]).endswith("\n\n**`a`, seed 1 at v1**: The clock stood still.\n")


def test_the_page_says_how_much_ran_with_which_code(tmp_path: Path) -> None:
    record(tmp_path, campaign("a"), percent=40)
    record(tmp_path, campaign("a"), name="v2")
    assert "| v1 (4), v2 (6) | none |" in (tmp_path / "record.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("line", ["nonsense", "[]", "{}", '{"version": "v1"}'])
def test_a_file_that_is_no_record_is_refused_by_its_line(tmp_path: Path, line: str) -> None:
    file = tmp_path / "record.jsonl"
    file.write_text(line + "\n", encoding="utf-8")
    with pytest.raises(RecordRefused, match=r"RESULTS: line 1 of .*record.jsonl is no piece of a record"):
        Journal(file=file).read()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--size", "0"), "SIZE is 0; expected 1 to 100 percent of the record"),
        (("--size", "101"), "SIZE is 101; expected 1 to 100 percent of the record"),
        (("--seed", "-1"), "SEED is -1; expected 0 or more"),
        (("--only", "kils"), "ONLY: no campaign is called kils; there are kills-sqlite,"),
        (("--size", "many"), "argument --size: invalid int value: 'many'"),
    ],
)
def test_what_is_given_wrong_is_refused_by_its_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], given: tuple[str, str], said: str
) -> None:
    places = ("--results", str(tmp_path / "record.jsonl"))
    try:
        code: object = main([*places, *given])
    except SystemExit as ended:  # as argparse ends it
        code = ended.code
    assert code == 2
    assert said in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_the_counts_of_a_campaign_are_those_of_its_last_line() -> None:
    said = (
        "50 kills, 0 breaches\npostgresql, seed 3, 250 s: kills 1,250, lost notices only in Slack 90, orders doubled 0"
    )
    assert counted(said) == {"kills": 1250, "lost notices only in Slack": 90, "orders doubled": 0}


def test_each_campaign_has_a_name_of_its_own_and_pieces_that_are_not_longer_than_it() -> None:
    names = [each.name for each in CAMPAIGNS]
    assert len(set(names)) == len(names)
    assert all(0 < each.piece <= each.whole for each in CAMPAIGNS)
    assert version()
    assert replace(CAMPAIGNS[0], whole=50).size(1) == 1


def test_a_piece_is_read_as_it_was_kept(tmp_path: Path) -> None:
    piece = Piece(version="v1", campaign="a", seed=7, size=3, seconds=1.5, code=0, counts={"kills": 3})
    journal = Journal(file=tmp_path / "new" / "record.jsonl")
    journal.add(piece)
    assert journal.read() == [piece]
