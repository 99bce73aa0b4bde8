"""Where webhooks may go: what is public, what is not, and what looks public and is not."""

import pytest

from purvey.domain.webhook_urls import UrlRules

RULES = UrlRules()

PUBLIC = ["93.184.216.34", "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
NOT_PUBLIC = [
    "0.0.0.0",
    "10.0.0.1",
    "100.64.0.1",
    "127.0.0.1",
    "127.8.9.10",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.8",
    "192.168.1.1",
    "198.18.0.1",
    "203.0.113.7",
    "224.0.0.1",
    "239.255.255.250",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:a9fe:a9fe",
    "::7f00:1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::808:808",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
]


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_allowed(address: str):
    assert RULES.allows(address)


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_an_address_of_a_private_or_special_network_is_refused(address: str):
    assert not RULES.allows(address)


def test_a_setting_allows_one_network_and_no_other():
    rules = UrlRules.parse("10.1.0.0/16, ::1", plain_http=False)
    assert rules.allows("10.1.2.3")
    assert rules.allows("::ffff:10.1.2.3")
    assert rules.allows("::1")
    assert not rules.allows("10.2.0.1")
    assert not rules.allows("127.0.0.1")


@pytest.mark.parametrize("networks", ["private", "10.0.0.1/8", "10.0.0.0/33"])
def test_a_network_that_is_none_is_refused(networks: str):
    with pytest.raises(ValueError, match=r"."):
        UrlRules.parse(networks, plain_http=False)


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com",
        "https://example.com/hooks?key=1",
        "https://example.com:8443/hooks",
        "https://8.8.8.8/hooks",
        "https://[2606:4700::1111]/hooks",
        "https://xn--bcher-kva.example/",
    ],
)
def test_a_good_url_passes(url: str):
    assert RULES.problem_with(url) is None


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("", "whole URL"),
        ("example.com/hooks", "whole URL"),
        ("ftp://example.com", "whole URL"),
        ("https:///hooks", "whole URL"),
        ("http://example.com", "webhook_plain_http"),
        ("https://ann:secret@example.com", "user"),
        ("https://example.com/#here", "#fragment"),
        ("https://example.com/a b", "blanks"),
        ("https://bücher.example/", "ASCII"),
        ("https://example.com/\n", "ASCII"),
        ("https://example.com/" + "x" * 500, "500"),
        ("https://example.com:22/", "Port 22"),
        ("https://example.com:0/", "Port 0"),
        ("https://example.com:99999/", "no URL"),
        ("https://127.0.0.1/", "not a public address"),
        ("https://[::1]/", "not a public address"),
        ("https://[::ffff:10.0.0.1]/", "not a public address"),
        ("https://[fe80::1%25eth0]/", "not a public address"),
        ("https://[x]/", "no URL"),
    ],
)
def test_a_bad_url_is_refused_with_what_is_wrong(url: str, words: str):
    assert words in (RULES.problem_with(url) or "nothing")


def test_plain_http_needs_its_setting():
    assert UrlRules(plain_http=True).problem_with("http://example.com:8080/") is None
