"""Who is on call as things stand, and whether the bot may start anything with anybody at all."""

from datetime import datetime

from sqlmodel import Session

from bot.actions.house import House
from bot.programme.oncall import Rota, ready
from bot.store.rota import load_rota


def rota_now(db: Session, house: House, *, now: datetime) -> Rota:
    """The rota with whoever is on it from now on, and how each can be called."""
    return load_rota(db, zone=house.zone, ways=house.ways, now=now)


def may_start_anything(db: Session, house: House, *, now: datetime) -> bool:
    """Fail closed: nobody is asked how she is while nobody would hear a cry for help.

    What people write is taken and answered all the same, and alerts are raised.
    """
    return ready(rota_now(db, house, now=now), now)
