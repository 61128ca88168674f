"""What is read off a page, whatever bytes it is made of."""

import json
import subprocess
import sys

import pytest

from messaging.previews import page_program
from messaging.previews.page_program import decode, read

OPEN_GRAPH = """<!doctype html><html><head><title>창의 제목</title>
<meta property="og:title" content="고민을 나누는 법 &amp; 듣는 법">
<meta property="og:description" content="함께 &lt;읽어요&gt;">
<meta property="og:site_name" content="마음 신문"><meta property="og:image" content="/picture.png">
<meta name="description" content="다른 말"></head><body><p>본문</p></body></html>"""


def test_a_page_is_taken_at_what_it_says_for_previews_first() -> None:
    assert read(OPEN_GRAPH.encode(), "utf-8") == {
        "title": "고민을 나누는 법 & 듣는 법",
        "description": "함께 <읽어요>",
        "site": "마음 신문",
        "image": "/picture.png",
    }


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ("<title>제목</title><meta name=description content=설명>", {"title": "제목", "description": "설명"}),
        ("<meta name=twitter:title content=하나><title>둘</title>", {"title": "하나"}),
        ("<meta property=og:title content=' '><title>둘</title>", {"title": "둘"}),
        ("<meta property=og:title content=하나><meta property=og:title content=둘>", {"title": "하나"}),
        ("<svg><title>그림</title></svg><title>제목</title><title>또</title>", {"title": "제목"}),
        ("<script>'<title>글</title>'</script><!-- <title>주석</title> --><TITLE>제목</TITLE>", {"title": "제목"}),
        ("<meta><meta name><meta property=og:title><title", {}),
        ("\0\x01\x02", {}),
        ("", {}),
        ("<title>" + "가" * 5_000, {"title": "가" * 1_000}),
    ],
)
def test_what_is_missing_or_broken_is_left_out(page: str, said: dict[str, str]) -> None:
    assert read(page.encode(), "") == said


@pytest.mark.parametrize(
    ("page", "charset"),
    [
        ("똠방각하".encode("cp949"), "euc-kr"),  # browsers take the one for the other
        ("<meta charset=euc-kr>똠방각하".encode("cp949"), ""),
        ("<meta http-equiv=content-type content='text/html; charset=ks_c_5601-1987'>똠방각하".encode("cp949"), ""),
        ("오래된 게시판의 똠방각하".encode("cp949"), ""),  # says nothing
        ("<meta charset=euc-kr>똠방각하".encode(), "utf-8"),  # what the answer says counts
        ("<meta charset=utf-16>똠방각하".encode(), ""),
        ("똠방각하".encode("utf-8-sig"), "euc-kr"),
        ("똠방각하".encode("utf-16"), ""),
        ("똠방각하".encode(), "rot13"),
        ("똠방각하".encode(), "zlib_codec"),
        ("똠방각하 가".encode()[:-1], ""),  # cut within a letter
    ],
)
def test_a_page_is_read_in_the_charset_that_it_is_in(page: bytes, charset: str) -> None:
    assert "똠방각하" in decode(page, charset)


@pytest.mark.parametrize("piece", ["<a b='", "<!--", "</"])
def test_a_page_that_keeps_the_parser_at_work_is_given_up_with_what_was_found(piece: str) -> None:
    page = "\n<title>제목</title>" + piece * (page_program.PAGE_MAX_BYTES // len(piece))

    done = _run(page.encode())

    assert (done.returncode, json.loads(done.stdout)) == (0, {"title": "제목"})


@pytest.mark.parametrize("reading", ["1 in iter(int, 1)", "' ' * (1 << 30)", "open('/etc/passwd')"])
def test_the_process_has_little_time_and_memory_and_no_files(reading: str) -> None:
    code = "import sys; sys.path.insert(0, sys.argv[1]); import page_program as p; p.CPU_MAX_S = 1; "
    code += f"p.read = lambda *_: {reading}; p.main()"
    command = [sys.executable, "-I", "-S", "-c", code, page_program.__file__.rpartition("/")[0]]

    done = subprocess.run(command, input=b"\nhi", capture_output=True, check=False, timeout=60)

    assert done.returncode != 0, done.stdout


def _run(request: bytes) -> "subprocess.CompletedProcess[bytes]":
    command = [sys.executable, "-I", "-S", page_program.__file__]
    return subprocess.run(command, input=request, capture_output=True, check=False, timeout=60)
