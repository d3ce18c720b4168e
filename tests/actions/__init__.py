"""Each action with a real database, and Twilio where one is called."""
