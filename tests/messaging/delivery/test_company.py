"""Who is alone, and what is kept for whoever comes. The clock is a number."""

from messaging.delivery.company import COMPANY_S, UNHEARD_MAX, Company


def test_a_process_that_starts_is_not_alone_until_the_others_had_their_time() -> None:
    company = Company[str](100.0)
    assert company.is_here(100.0 + COMPANY_S)
    assert not company.is_here(100.1 + COMPANY_S)


def test_whoever_was_heard_lately_is_here() -> None:
    company = Company[str](0.0)
    assert company.meet(50.0) == []
    assert company.is_here(50.0 + COMPANY_S)
    assert not company.is_here(50.1 + COMPANY_S)


def test_who_comes_is_told_once_what_was_said_of_late() -> None:
    company = Company[str](0.0)
    for second, word in enumerate(["too old", "old", "late", "later"], start=100):
        company.keep(word, float(second))
    assert company.meet(101.0 + COMPANY_S) == ["old", "late", "later"]
    assert company.meet(101.0 + COMPANY_S) == []


def test_nothing_is_kept_longer_nor_more_than_is_of_use() -> None:
    company = Company[int](0.0)
    for number in range(UNHEARD_MAX + 5):
        company.keep(number, 100.0)
    assert company.meet(100.0)[0] == 5
    company.keep(1, 200.0)
    company.keep(2, 200.1 + COMPANY_S)
    assert list(company._unheard) == [(200.1 + COMPANY_S, 2)]
