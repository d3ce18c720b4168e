"""The only SQL. Knows no Flask, no Twilio and no conversation rules."""
