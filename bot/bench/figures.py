"""What was measured, line by line, each beside its reference and its target."""

from statistics import median

from bot.bench.measuring import Found
from bot.bench.report import Figure

LONGEST = 1000.0  # ms


def figures(found: Found) -> list[Figure]:
    """Speed, then the process, then safety. Targets are ratios: single figures move."""
    return [*_speed(found), *_latency(found), *_process(found), *_safety(found)]


def _speed(found: Found) -> list[Figure]:
    return [
        _rates(found, "turns/s : signed durable insert", "turn", "signed", (0.55, 0.80)),
        _rates(found, "turns/s : durable insert", "turn", "insert"),
        _rates(
            found, "receipts/s : signed durable insert", "receipt", "signed receipt", (0.7, 0.9)
        ),
    ]


def _rates(
    found: Found, name: str, bot: str, beside: str, target: tuple[float, float] | None = None
) -> Figure:
    """The ratio is the median of the rounds' ratios: a round's two loads saw the same machine."""
    pairs = zip(found.loads[bot], found.loads[beside], strict=True)
    floor, aim = target or (None, None)
    return Figure(
        name=name,
        bot=found.rate(bot),
        beside=found.rate(beside),
        ratio=median(mine.rate / other.rate for mine, other in pairs),
        floor=floor,
        aim=aim,
    )


def _latency(found: Found) -> list[Figure]:
    return [
        _quantile(found, "turn p50", 0.5),
        _quantile(found, "turn p99", 0.99, (2.0, 1.3)),
        Figure(
            name="turn, the longest",
            unit="ms",
            bot=max(done.quantile(1) for done in found.loads["turn"]),
            floor=LONGEST,
            aim=LONGEST,
            lower_is_better=True,
        ),
    ]


def _quantile(
    found: Found, name: str, share: float, target: tuple[float, float] | None = None
) -> Figure:
    bot, beside = found.quantile("turn", share), found.quantile("signed", share)
    floor, aim = target or (None, None)
    return Figure(
        name=name,
        unit="ms",
        bot=bot,
        beside=beside,
        ratio=bot / beside,
        floor=floor,
        aim=aim,
        lower_is_better=True,
    )


def _process(found: Found) -> list[Figure]:
    start = {name: median(seconds) for name, seconds in found.starts.items()}
    return [
        Figure(
            name="start to ready : bare Flask",
            unit="s",
            bot=start["bot"],
            beside=start["bare"],
            ratio=start["bot"] / start["bare"],
            floor=4,
            aim=3,
            lower_is_better=True,
        ),
        Figure(
            name="memory : bare Flask",
            unit="MiB",
            bot=found.memory["bot"],
            beside=found.memory["bare"],
            ratio=found.memory["bot"] / found.memory["bare"],
            floor=2.7,
            aim=2.1,
            lower_is_better=True,
        ),
    ]


def _safety(found: Found) -> list[Figure]:
    """The only lines that decide the exit code."""
    counts = {
        "answers that were not 2xx": found.refused,
        "acknowledged, then lost (kill -9 in mid-load)": found.kept.lost,
        "acknowledged without an effect": found.kept.idle,
        "kept or applied twice (retries, doubles)": found.kept.doubled,
    }
    return [
        Figure(name=name, bot=count, floor=0, aim=0, lower_is_better=True)
        for name, count in counts.items()
    ]
