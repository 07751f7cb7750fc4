from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from slack_sdk import WebClient

from bot.local_slack.people import Person
from bot.local_slack.server import LocalSlack
from tests.bot.local_slack.workspaces import DESK, SECRET, error_of

PICTURE = b"\x89PNG and so on"


def upload(client: WebClient) -> str:
    done = client.files_upload_v2(
        channel=DESK, filename="chart.png", content=PICTURE, title="Chart", alt_txt="Going up", initial_comment="Look"
    )
    return str(done["file"]["id"])


def test_a_picture_reaches_the_channel(slack: LocalSlack, client: WebClient, ann: Person) -> None:
    file_id = upload(client)
    (message,) = ann.messages(DESK)
    (shown,) = message["files"]
    assert message["text"] == "Look"
    assert (shown["title"], shown["alt_txt"], shown["mimetype"]) == ("Chart", "Going up", "image/png")
    with urlopen(slack.url + shown["url"]) as response:  # noqa: S310 - loopback
        assert (response.read(), response.headers["Content-Type"]) == (PICTURE, "image/png")
    assert client.files_info(file=file_id)["file"]["size"] == len(PICTURE)


def test_blocks_can_show_an_uploaded_picture_only(client: WebClient) -> None:
    def shown(file_id: str) -> list[dict[str, object]]:
        return [{"type": "image", "slack_file": {"id": file_id}, "alt_text": "Going up"}]

    file_id = upload(client)
    assert client.chat_postMessage(channel=DESK, text="x", blocks=shown(file_id))["ok"]
    assert error_of(lambda: client.chat_postMessage(channel=DESK, text="x", blocks=shown("F9"))) == "invalid_blocks"


def test_the_content_must_be_as_long_as_announced(client: WebClient) -> None:
    address = client.files_getUploadURLExternal(filename="a.png", length=3)["upload_url"]
    with pytest.raises(HTTPError) as refused:
        urlopen(Request(address, b"more than three"))  # noqa: S310 - loopback
    with refused.value:
        assert (refused.value.code, refused.value.read()) == (400, b"length_mismatch")


def test_a_file_without_content_cannot_be_completed(client: WebClient) -> None:
    file_id = client.files_getUploadURLExternal(filename="a.png", length=3)["file_id"]
    word = error_of(lambda: client.files_completeUploadExternal(files=[{"id": file_id}], channel_id=DESK))
    assert word == "file_not_found"


@pytest.mark.parametrize(
    ("method", "arguments"),
    [
        ("files.getUploadURLExternal", {"filename": "a.png", "length": "-1"}),
        ("files.getUploadURLExternal", {"length": "3"}),
        ("files.completeUploadExternal", {"files": "[]"}),
    ],
)
def test_an_upload_needs_all_its_arguments(reader: WebClient, method: str, arguments: dict[str, str]) -> None:
    assert error_of(lambda: reader.api_call(method, params=arguments)) == "invalid_arguments"


def test_an_upload_of_nothing_is_a_missing_argument(reader: WebClient) -> None:
    refused = error_of(lambda: reader.files_getUploadURLExternal(filename="a.png", length=0))
    assert refused == "missing_argument"


def test_a_file_is_taken_as_a_part_of_a_form_too(client: WebClient) -> None:
    announced = client.files_getUploadURLExternal(filename="chart.png", length=len(PICTURE))
    with urlopen(Request(announced["upload_url"], *form(PICTURE))) as response:  # noqa: S310 - loopback
        assert response.status == 200
    client.files_completeUploadExternal(files=[{"id": announced["file_id"], "title": "Chart"}], channel_id=DESK)
    assert client.files_info(file=announced["file_id"])["file"]["size"] == len(PICTURE)


@pytest.mark.parametrize("parts", [0, 2])
def test_a_form_must_hold_one_file(client: WebClient, parts: int) -> None:
    address = client.files_getUploadURLExternal(filename="chart.png", length=len(PICTURE))["upload_url"]
    with pytest.raises(HTTPError) as refused:
        urlopen(Request(address, *form(*[PICTURE] * parts)))  # noqa: S310 - loopback
    with refused.value:
        assert refused.value.read() == b"no_file_data"


def test_a_file_goes_to_every_channel_that_is_named(client: WebClient, ann: Person) -> None:
    announced = client.files_getUploadURLExternal(filename="chart.png", length=len(PICTURE))
    urlopen(Request(announced["upload_url"], PICTURE)).close()  # noqa: S310 - loopback
    client.files_completeUploadExternal(files=[{"id": announced["file_id"]}], channels=[DESK, SECRET])
    assert [len(ann.messages(channel)) for channel in (DESK, SECRET)] == [1, 1]


def form(*contents: bytes) -> tuple[bytes, dict[str, str]]:
    """Return the body and the headers of a form with files."""
    head = b'--edge\r\nContent-Disposition: form-data; name="file"; filename="chart.png"\r\n\r\n'
    body = b"".join(head + content + b"\r\n" for content in contents) + b"--edge--\r\n"
    return body, {"Content-Type": "multipart/form-data; boundary=edge"}
