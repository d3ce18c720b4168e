"""The pages of the staff, and the addresses of machines. All of them stand in this one list."""

from bot.web import (
    alerts,
    conversations,
    health,
    languages,
    people,
    signin,
    strangers,
    webhooks,
    weeks,
)

PAGES = (
    webhooks.page,
    health.page,
    signin.page,
    weeks.page,
    people.page,
    strangers.page,
    alerts.page,
    conversations.page,
    languages.page,
)
