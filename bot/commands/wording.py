"""Commands for authors and translators: check, try and translate what the bot says and hears."""

import sys
from io import TextIOWrapper
from pathlib import Path
from typing import TextIO

import click


@click.command()
def check() -> None:
    """Name every problem of every conversation, in plain English."""
    from bot.library import problems, warnings

    found = problems()
    for sentence in found:
        click.echo(sentence)
    for sentence in warnings():
        click.echo(f"advice: {sentence}", err=True)
    if found:
        sys.exit(1)
    click.echo("Every conversation is sound.")


@click.command()
@click.argument("flow")
@click.option("--language", default="en", show_default=True, help="A tag of languages.toml.")
@click.option("--discreet", is_flag=True, help="As for someone whose phone others read.")
@click.option("--save", type=click.Path(path_type=Path), help="Keep it as a transcript, in a file.")
def chat(flow: str, language: str, discreet: bool, save: Path | None) -> None:
    """Talk to the conversation FLOW here, as on a phone.

    Nothing is stored and nothing is sent.
    """
    from bot.chat import chat as talk

    talk(flow, language=language, discreet=discreet, save=save)


@click.command()
@click.option(
    "--measure",
    type=click.File(encoding="utf-8"),
    help="Messages marked by people: how much harm among them is heard.",
)
def understand(measure: TextIO | None) -> None:
    """Say what the bot understands: JSON lines in, JSON lines out.

    \b
    in   {"id": 1, "language": "ar", "ask": "rating", "text": "٣"}
    out  {"id": 1, "reading": "number", "value": 3}

    `ask` is one of yes_no, rating, number, options (with "options": [...]), duration, date (with
    "now") and any (no question is open). It uses exactly the code that a message meets.
    With --measure FILE, a file as `bot/measured.py` describes it, it prints a table instead.
    """
    from bot.measured import measure as measured
    from bot.measured import table
    from bot.vocabulary import load_vocabulary, understand_json

    vocabulary = load_vocabulary()
    if measure is not None:
        print(table(measured(vocabulary, measure)), end="")
        return
    for line in TextIOWrapper(sys.stdin.buffer, encoding="utf-8", errors="replace"):
        if line.strip():
            print(understand_json(vocabulary, line), flush=True)


@click.command()
@click.option("--check", "only_check", is_flag=True, help="Change nothing; exit 1 if any is stale.")
def texts(only_check: bool) -> None:
    """Bring the translators' files up to date.

    That is locales/messages.pot and each language's messages.po, after a change in conversations/.
    A translation stays with its place in a conversation. A reworded text keeps its translation,
    marked fuzzy; a new one starts empty. Then send the .po files to translators.
    """
    from bot.library import load_library
    from bot.texts import update

    report = update(load_library(), check=only_check)
    for file in report.files:
        counts = f"{len(file.new)} new, {len(file.reworded)} reworded, {len(file.gone)} gone"
        click.echo(f"{file.file}: {counts if file.changed else 'up to date'}")
    if only_check and report.stale:
        click.echo("Run `python3 -m bot texts`, then have the new texts translated.", err=True)
        sys.exit(1)


@click.group(invoke_without_command=True)
@click.pass_context
def languages(ctx: click.Context) -> None:
    """List the languages: reviewed or draft, and how complete."""
    if ctx.invoked_subcommand is None:
        list_languages()


def list_languages() -> None:
    from bot.catalogues import load_catalogues
    from bot.library import load_library

    catalogues = load_catalogues(load_library())
    for tag, language in catalogues.all_languages.items():
        state = catalogues.states[tag]
        done = f"{state.total - len(state.missing)} of {state.total} texts"
        offered = "offered" if state.complete else "not offered"
        names = f"{language.english_name} ({language.own_name})"
        reviewers = f" by {' and '.join(language.reviewed_by)}" if language.reviewed_by else ""
        click.echo(f"{tag}  {names}: {language.status}{reviewers}, {done}, {offered}")
        for sentence in state.problems:
            click.echo(f"    {sentence}")


@languages.command()
def reach() -> None:
    """Print how a person is reached outside WhatsApp's window, language by language.

    As a table in Markdown: docs/reach.md is what it printed last.
    """
    from bot.catalogues import load_catalogues
    from bot.library import load_library
    from bot.reach import reach as page

    library = load_library()
    click.echo(page(library, load_catalogues(library)), nl=False)


@languages.command("add")
@click.argument("tag")
@click.option("--babel", help="The locale that names its days and months, if that is another.")
def add_language(tag: str, babel: str | None) -> None:
    """Start a language as a draft, with an empty .po to translate.

    TAG is its short name, such as so or fa-AF.
    """
    from bot.library import load_library
    from bot.texts import add

    path = add(tag, load_library(), babel=babel)
    click.echo(f"Translate {path}, and write words.toml beside it: what the bot hears in {tag}.")
