"""Finds and checks every flow in conversations/, and refuses to go on with a faulty one."""

import importlib.util
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from bot.engine import check
from bot.engine.flow import Ask, Audience, Flow
from bot.errors import FlowError

ROOT = Path(__file__).resolve().parent.parent
CONVERSATIONS = ROOT / "conversations"


@dataclass(frozen=True, eq=False)
class Library:
    """Every flow that may be played, by name."""

    flows: Mapping[str, Flow]

    def flow(self, name: str) -> Flow:
        """The flow of that name; `FlowError` when there is none."""
        if name not in self.flows:
            raise FlowError(f"there is no conversation '{name}': {', '.join(self.flows)}")
        return self.flows[name]


def load_library(folder: Path | None = None) -> Library:
    """Read and check every conversation; `FlowError` lists every problem of every file.

    The project's own are read once in a process.
    """
    return _load(folder) if folder else _shipped()


def _load(folder: Path) -> Library:
    flows, found = _read_all(folder)
    if found:
        raise FlowError(*found)
    return Library(flows=MappingProxyType(flows))


@cache
def _shipped() -> Library:
    return _load(CONVERSATIONS)


def problems(folder: Path | None = None) -> list[str]:
    """One plain sentence per fault in any conversation; empty when all are sound."""
    return _read_all(folder or CONVERSATIONS)[1]


def warnings(folder: Path | None = None) -> list[str]:
    """Advice about the wording of any conversation, none of which stops it."""
    flows = _read_all(folder or CONVERSATIONS)[0]
    return [sentence for flow in flows.values() for sentence in check.warnings(flow)]


def read_flow(path: Path) -> Flow:
    """The one flow that a file holds; `FlowError` when it cannot be read or holds another number.

    The file is run by its path, so that the same code reads any folder.
    """
    spec = importlib.util.spec_from_file_location(f"conversations.{path.stem}", path)
    if spec is None or spec.loader is None:
        raise FlowError(f"{path.stem}: is not a Python file")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except (SyntaxError, NameError, TypeError, AttributeError, ImportError, ValueError) as error:
        raise FlowError(f"{path.stem}: cannot be read: {error}") from error
    found = {name: value for name, value in vars(module).items() if isinstance(value, Flow)}
    if list(found) != ["flow"]:
        raise FlowError(f"{path.stem}: must hold exactly one flow, called `flow`")
    return found["flow"]


def _read_all(folder: Path) -> tuple[dict[str, Flow], list[str]]:
    flows: dict[str, Flow] = {}
    found: list[str] = []
    for path in sorted(folder.glob("[!_]*.py")):
        try:
            flow = read_flow(path)
        except FlowError as error:
            found += error.problems
            continue
        if flow.name != path.stem:
            found.append(f"{path.stem}: the flow in this file is called '{flow.name}'")
        found += check.problems(flow)
        flows[flow.name] = flow
    found += [sentence for flow in flows.values() for sentence in _openings(flow, flows)]
    if not flows and not found:
        found.append(f"there is no conversation in the folder '{folder.name}'")
    return flows, found


def _openings(flow: Flow, flows: Mapping[str, Flow]) -> Iterator[str]:
    """What is wrong with the other conversations that choices of this one open."""
    for step in flow.steps:
        for option in step.options if isinstance(step, Ask) else ():
            if option.opens is not None:
                yield from _opening(flow, f"{flow.name}.{step.key}", option.opens, flows)


def _opening(flow: Flow, name: str, opens: str, flows: Mapping[str, Flow]) -> Iterator[str]:
    other = flows.get(opens)
    if other is None:
        yield f"{name}: opens '{opens}', which does not exist"
    elif other is flow:
        yield f"{name}: opens its own conversation: say where to go instead"
    elif not other.spoken:
        yield f"{name}: opens '{opens}', which is never played"
    elif other.audience not in (Audience.EVERYONE, flow.audience):
        yield f"{name}: opens '{opens}', which is written to a {other.audience.value} only"
