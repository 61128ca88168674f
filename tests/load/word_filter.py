"""What the word filter costs a message, in CPU. usage: python -m tests.load.word_filter [RULES]

Messages are of usual length (`korean`: 27 characters in the mean), rules of three syllables by chance, so that
hardly one is hit, as is usual; then all messages with a hit each. It needs no server and no database.
"""

import random
import sys
import time
from collections.abc import Sequence
from itertools import islice

from messaging.moderation.matching import Matcher
from messaging.moderation.normalising import Text
from messaging.moderation.patterns import Pattern
from tests.load.korean import SYLLABLES, messages

RULES, MESSAGES, ROUNDS = 5_000, 4_000, 5
MOST_US = 30.0  # that the filter may cost a message


def rules(count: int) -> dict[str, Pattern]:
    dice, found = random.Random(3), dict[str, Pattern]()
    while len(found) < count:
        word = "".join(dice.choices(SYLLABLES, k=3))
        found[word] = Pattern(word)
    return found


def us_per_message(matcher: Matcher[str], texts: Sequence[str], rounds: int = ROUNDS) -> float:
    """The least of some rounds: others want the processor too."""
    times = []
    for _ in range(rounds):
        began = time.process_time()
        for text in texts:
            matcher.find(Text(text))
        times.append((time.process_time() - began) / len(texts) * 1e6)
    return min(times)


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else RULES
    patterns = rules(count)
    began = time.process_time()
    matcher = Matcher(patterns)
    print(f"{count} rules: made in {(time.process_time() - began) * 1e3:.0f} ms")
    texts, dice = list(islice(messages(3), MESSAGES)), random.Random(5)
    print(f"a message without a hit: {us_per_message(matcher, texts):.1f} µs of CPU")
    caught = [f"{text} {dice.choice(list(patterns))}" for text in texts]
    print(f"a message with one: {us_per_message(matcher, caught):.1f} µs")


if __name__ == "__main__":
    main()
