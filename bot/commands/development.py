"""Commands for whoever changes the bot: the tests and the benchmark."""

import sys

import click

PASS_ON = {"ignore_unknown_options": True, "allow_interspersed_args": False}


@click.command(context_settings=PASS_ON)
@click.option("--all", "everything", is_flag=True, help="Also run the slow tests.")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def test(everything: bool, arguments: tuple[str, ...]) -> None:
    """Check everything: ruff, mypy, the tests on both databases.

    With ARGUMENTS, only pytest runs, with them (on SQLite, unless --db postgresql or --db both is
    among them): python3 -m bot test tests/engine -k arabic. `test bench` is `bench`.

    PostgreSQL is TEST_DATABASE_URL, else one that is installed here and started for these tests.
    Without any, the tests on PostgreSQL are skipped, and the first lines say so.
    """
    from bot.testing import check_everything, run_pytest

    if arguments[:1] == ("bench",):
        bench.main(list(arguments[1:]), prog_name="python3 -m bot bench")
    elif arguments:
        sys.exit(run_pytest(arguments, everything=everything))
    else:
        sys.exit(check_everything(everything=everything))


@click.command(context_settings=PASS_ON)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def bench(arguments: tuple[str, ...]) -> None:
    """Measure speed and memory on this machine.

    With --kills 200 --sends 600 only this: senders are killed in the middle of sending while the
    simulated Twilio misbehaves, and what was lost or doubled is counted.
    """
    from bot.bench import main as measure

    measure(arguments)
