"""What was used, day by day, and what is left: for the admin's pages and the shell. Reads only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from typing import Literal

from django.db.models import Avg, Count, DateTimeField, ExpressionWrapper, F, Q, Sum
from django.db.models.functions import TruncDate

from assistant.models import AssistantRun, Scope, Usage
from chatproject.days import start_of

CHART_DAYS = 30
CHART_HEIGHT, BAR_WIDTH, BAR_GAP = 100, 16, 4


@dataclass(frozen=True, slots=True)
class DayOfUse:
    """Calls and tokens are those of answers, drafts and summaries together; the rest is about answers in rooms."""

    day: date
    calls: int = 0
    tokens: int = 0
    answers: int = 0
    not_answered: int = 0
    retries: int = 0
    first_word_ms: int | None = None  # on average


def daily_use(*, days: int, today: date) -> list[DayOfUse]:
    """The latest `days` days, the oldest first; a day without any use is there too."""
    first = today - timedelta(days=days - 1)
    lines = Usage.objects.filter(scope=Scope.EVERYWHERE, day__range=(first, today))
    used = {day: (calls, tokens) for day, calls, tokens in lines.values_list("day", "calls", "tokens")}
    done = Q(state=AssistantRun.State.DONE)
    ended = AssistantRun.objects.exclude(state__in=AssistantRun.UNDER_WAY)
    runs = (
        ended.filter(created_at__gte=start_of(first))
        .annotate(day=_day_of("created_at", today=today))
        .values_list("day")
        .annotate(
            done=Count("pk", filter=done),
            not_done=Count("pk", filter=~done),
            retried=Sum("retries"),
            waited_ms=Avg("first_word_ms"),
        )
    )
    answers = {day: figures for day, *figures in runs}
    return [
        _day_of_use(day, used.get(day, (0, 0)), answers.get(day, (0, 0, 0, None)))
        for day in (first + timedelta(days=number) for number in range(days))
    ]


def _day_of(column: str, *, today: date) -> TruncDate:
    """Its day here. By adding what the clocks are ahead of UTC today: MySQL knows zones only where somebody loaded
    their tables, and Seoul's clocks are not changed."""
    ahead = start_of(today).utcoffset()
    return TruncDate(ExpressionWrapper(F(column) + ahead, output_field=DateTimeField()), tzinfo=UTC)


def _day_of_use(day: date, used: tuple[int, int], answers: Sequence[float | None]) -> DayOfUse:
    done, not_done, retries, first_word_ms = answers
    return DayOfUse(
        day,
        *used,
        answers=int(done or 0),
        not_answered=int(not_done or 0),
        retries=int(retries or 0),
        first_word_ms=None if first_word_ms is None else round(first_word_ms),
    )


@dataclass(frozen=True, slots=True)
class Bar:
    """A day in a chart, in the chart's own units: from its upper left corner."""

    day: date
    tokens: int
    x: int
    y: int
    height: int


def bars(days: Sequence[DayOfUse]) -> list[Bar]:
    """The tokens of these days, the tallest as high as the chart; a day with any use can be seen."""
    most = max((day.tokens for day in days), default=0) or 1
    heights = [-(-day.tokens * CHART_HEIGHT // most) for day in days]
    return [
        Bar(day.day, day.tokens, number * (BAR_WIDTH + BAR_GAP), CHART_HEIGHT - height, height)
        for number, (day, height) in enumerate(zip(days, heights, strict=True))
    ]


def most_used(what: Literal["calls", "tokens"], *, scope: Scope, today: date) -> Usage | None:
    """Today's line of the scope with the most of these; of `everywhere` there is one only."""
    return Usage.objects.filter(scope=scope, day=today).order_by(f"-{what}").first()
