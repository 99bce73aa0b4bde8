"""An answer's head waits for its body, and for nothing else."""

import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from tests.web.conftest import Api

ASK = "{} /healthz HTTP/1.1\r\nHost: shop\r\n{}\r\n"


@pytest.fixture
def line(api: Api) -> Iterator[socket.socket]:
    where = urlsplit(api.address)
    with socket.create_connection((where.hostname, where.port), timeout=10) as connection:
        yield connection


def test_head_and_body_come_at_once(line: socket.socket):
    line.sendall(ASK.format("GET", "").encode())
    head, _, body = line.recv(65_536).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 ")
    assert f"content-length: {len(body)}".encode() in head
    assert body


def test_a_head_without_a_body_is_sent_nevertheless(line: socket.socket):
    line.sendall(ASK.format("HEAD", "").encode())
    assert line.recv(65_536).endswith(b"\r\n\r\n")


def test_each_of_two_questions_has_its_answer(line: socket.socket):
    line.sendall((ASK.format("HEAD", "") + ASK.format("GET", "Connection: close\r\n")).encode())
    answer = b""
    while part := line.recv(65_536):
        answer += part
    assert answer.count(b"HTTP/1.1 200 ") == 2
    assert answer.endswith(b"}")
