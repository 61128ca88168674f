"""Every column that names a member, or holds what somebody wrote, says what an erasure does with it, and why."""

from chatproject.member_data import MemberData, Policy


def test_there_are_three_things_that_can_become_of_a_column() -> None:
    said = MemberData.keep("a law"), MemberData.anonymise("others' talk"), MemberData.delete("theirs alone")
    assert [one.policy for one in said] == [Policy.KEEP, Policy.ANONYMISE, Policy.DELETE]
    assert [one.why for one in said] == ["a law", "others' talk", "theirs alone"]
