"""`manage.py make_vapid_keys`: the private key alone on standard output, so that it can go into a file."""

from io import StringIO

from django.core.management import call_command

from chatproject.push_settings import public_key_of


def make() -> tuple[str, str]:
    output, beside = StringIO(), StringIO()
    call_command("make_vapid_keys", stdout=output, stderr=beside)
    return output.getvalue(), beside.getvalue()


def test_it_prints_a_key_and_says_which_public_one_belongs_to_it() -> None:
    printed, beside = make()
    assert printed.endswith("\n")
    assert public_key_of(printed.strip()) in beside
    assert printed.strip() not in beside
    assert make()[0] != printed
