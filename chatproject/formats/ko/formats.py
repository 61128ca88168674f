"""Korean: "오후" stands before the time, which Django's own format for moments has behind it."""

DATETIME_FORMAT = "Y년 n월 j일 A g:i"
