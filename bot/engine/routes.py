"""Where a flow can go: steps that nothing leads to, circles, and steps that never come to an end.

Pure. A condition may turn out either way, so both ways count as possible.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping

from bot.engine.flow import END, Answer, Ask, Flow, Step

Ways = Mapping[str, frozenset[str]]


def route_problems(flow: Flow) -> list[str]:
    """One sentence per step that cannot be reached, goes round, or cannot end."""
    if not flow.spoken or not flow.steps:
        return []
    ways = _ways(flow, _onward)
    reached = _reach(ways, [flow.steps[0].key])
    back = _turned(ways)
    ending = _reach(back, [END])
    circles = _circles(_ways(flow, _without_waiting))
    return [
        f"{flow.name}.{step.key}: {sentence}"
        for step in flow.steps
        for sentence in _sentences(step.key, reached=reached, ending=ending, circles=circles)
    ]


def _sentences(
    key: str, *, reached: frozenset[str], ending: frozenset[str], circles: frozenset[str]
) -> Iterator[str]:
    if key not in reached:
        yield "cannot be reached: nothing leads to it"
    elif key in circles:
        yield "goes round in a circle that waits for no answer"
    elif key not in ending:
        yield "never comes to an end"


def _ways(flow: Flow, rule: Callable[[Flow, Step], Iterable[str]]) -> Ways:
    """Step → the steps that may come next by that rule. A target that does not exist ends here:
    it is a problem of its own.
    """
    known = {step.key for step in flow.steps}
    return {
        step.key: frozenset(key if key in known else END for key in rule(flow, step))
        for step in flow.steps
    }


def _onward(flow: Flow, step: Step) -> Iterator[str]:
    onward = step.goto or flow.after(step.key)
    if step.when is not None:
        yield flow.after(step.key)
    if not isinstance(step, Ask):
        yield onward
        return
    yield from (END if option.opens else option.goto or onward for option in step.options)
    if step.otherwise is not None:
        yield step.otherwise
    if step.optional or step.answer is not Answer.OPTIONS:
        yield onward


def _without_waiting(flow: Flow, step: Step) -> Iterator[str]:
    if step.when is not None:
        yield flow.after(step.key)
    if not isinstance(step, Ask):
        yield step.goto or flow.after(step.key)


def _reach(ways: Ways, start: Iterable[str]) -> frozenset[str]:
    seen: set[str] = set()
    waiting = list(start)
    while waiting:
        key = waiting.pop()
        if key not in seen:
            seen.add(key)
            waiting.extend(ways.get(key, ()))
    return frozenset(seen)


def _turned(ways: Ways) -> Ways:
    """The same ways, walked backwards."""
    ends = {end for ends in ways.values() for end in ends}
    return {end: frozenset(key for key, to in ways.items() if end in to) for end in ends}


def _circles(ways: Ways) -> frozenset[str]:
    return frozenset(key for key in ways if key in _reach(ways, ways[key]))
