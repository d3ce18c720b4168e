"""The pages of the staff, and the addresses of machines. All of them stand in this one list."""

from bot.web import (
    account,
    alerts,
    cohorts,
    conversations,
    health,
    impact,
    languages,
    pairs,
    people,
    places,
    second_step,
    signin,
    strangers,
    trainings,
    webhooks,
    weeks,
)

PAGES = (
    webhooks.page,
    health.page,
    signin.page,
    second_step.page,
    account.page,
    weeks.page,
    people.page,
    pairs.page,
    strangers.page,
    alerts.page,
    conversations.page,
    languages.page,
    impact.page,
    cohorts.page,
    places.page,
    trainings.page,
)
