"""The simulated Twilio: its REST API, its webhooks, its tricks, its phones."""
