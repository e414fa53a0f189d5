"""What people write: templates around the phrases of a topic."""

import random

from jobs.demo.topics import Topic

OPENINGS = (
    "Has anybody compared {one} with {two} lately?",
    "Three evenings with {one}, and I would do it again.",
    "A short note about {one} & what I learned on the way.",
    "What do you read about {one}? My notes on {two} are old.",
    "Everybody praises {one}, but {two} did more for me.",
    "Stuck with {one}: it worked last week and today it does not.",
    "My summary of a year of {one}, with pictures.",
    "Is {one} worth the trouble for a beginner?",
    "From what I have seen, {one} is easier once {two} is out of the way.",
    "A question about {one} that I could not find an answer to.",
)
SMALL_TALK = (
    "Good morning. The coffee machine is broken again 🙃",
    "Rain since five o'clock. I shall stay in.",
    "Does anybody else count the days until the weekend?",
    "The train was on time today <3",
)
REPLIES = (
    "Thanks, that helped.",
    "I tried it yesterday & it works.",
    "For {one} I would start smaller.",
    "Not sure. With {one} it went wrong twice.",
    "This is the best explanation of {one} so far.",
    "Could you say more about the second step?",
    "Agreed, and the same holds for {one}.",
    "We had this before; look for {one}.",
)
TITLES = (
    "How do I begin with {one}?",
    "{one} or {two}: which one first?",
    "Why does {one} fail after a week?",
    "What is a good way to explain {one}?",
    "Trouble with {one}",
)
SMALL_TALK_SHARE = 0.1


def opening(rng: random.Random, topic: Topic) -> str:
    """The text of a post that answers nobody; one in ten is about nothing."""
    if rng.random() < SMALL_TALK_SHARE:
        return rng.choice(SMALL_TALK)
    return about(rng, topic)


def about(rng: random.Random, topic: Topic) -> str:
    """The text of a post that is certainly about the topic."""
    return _filled(rng, rng.choice(OPENINGS), topic)


def title(rng: random.Random, topic: Topic) -> str:
    """A subject line or the title of a question."""
    words = _filled(rng, rng.choice(TITLES), topic)
    return words[0].upper() + words[1:]


def reply(rng: random.Random, topic: Topic) -> str:
    """The text of an answer, a reply or a comment."""
    return _filled(rng, rng.choice(REPLIES), topic)


def _filled(rng: random.Random, template: str, topic: Topic) -> str:
    return template.format(one=rng.choice(topic.phrases), two=rng.choice(topic.phrases))
